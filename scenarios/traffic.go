package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/traffic"
)

// trafficBlock is requests to a Service.
type trafficBlock struct {
	Service string        `yaml:"service" doc:"Name of a Service, with its namespace before a slash if that is not default."`
	Port    portName      `yaml:"port" doc:"Name or number of a port of the Service. Default: its first."`
	Load    *loadBlock    `yaml:"load" doc:"Requests a second: a number, a list of points, or the fields of a curve."`
	From    *clientsBlock `yaml:"from" doc:"Where the clients are: cluster (on all nodes alike), outside (they come in by all nodes alike, or by those to which a load balancer sends them), or a zone, a node, or labels of nodes. Default: outside for a Service of type NodePort or LoadBalancer, else cluster."`
}

type loadBlock struct {
	made traffic.Curve

	Value  *amount          `yaml:"value" doc:"A rate that stays; in place of points."`
	Points []loadPointBlock `yaml:"points" doc:"Rates by time since the start of the run, in order; in place of value."`
	File   string           `yaml:"file" doc:"A CSV file of points, seconds,rps on each line, relative to the scenario; in place of points. The rate of its last line stays."`
	Ramp   bool             `yaml:"ramp" doc:"From one line of file to the next the rate goes in a straight line, in place of a step. Default false."`
	Times  *float64         `yaml:"times" doc:"A factor for all rates. Default 1."`
	Daily  []loadDailyBlock `yaml:"daily" doc:"Factors by time of day, in order, each holding until the next. They may have ramps where the points have none."`
}

type loadPointBlock struct {
	From  time.Duration `yaml:"from" doc:"Time since the start of the run. Default 0s."`
	Value amount        `yaml:"value" doc:"The rate from then on."`
	Ramp  bool          `yaml:"ramp" doc:"It is reached in a straight line from the point before. Default false."`
}

type loadDailyBlock struct {
	At    time.Duration `yaml:"at" doc:"Time since midnight, under 24h."`
	Times float64       `yaml:"times" doc:"The factor from then on."`
	Ramp  bool          `yaml:"ramp" doc:"It is reached in a straight line from the factor before. Default false."`
}

type clientsBlock struct {
	where traffic.Where

	Zone   string            `yaml:"zone" doc:"Nodes of this zone (topology.kubernetes.io/zone)."`
	Node   string            `yaml:"node" doc:"The node of this name."`
	Labels map[string]string `yaml:"labels" doc:"Nodes that have these labels."`
}

type kubeProxyBlock struct {
	WatchLatency  *durationDist  `yaml:"watchLatency" doc:"Time from a write until the kube-proxies know of it, a value or distribution. Default {lognormal: {median: 2ms, p99: 12ms}}."`
	MinSyncPeriod *time.Duration `yaml:"minSyncPeriod" doc:"How long after one sync of its rules a kube-proxy begins the next at the earliest. Default 1s."`
}

// compileTraffic is the traffic of the run; nil when the scenario gives none.
func (r *reader) compileTraffic() *traffic.Config {
	if len(r.doc.Traffic) == 0 {
		return nil
	}
	c := &traffic.Config{Proxy: traffic.Proxy{WatchLatency: controllers.DefaultWatchLatency, MinSyncPeriod: traffic.DefaultMinSyncPeriod}}
	if l := r.doc.KubeProxy.WatchLatency; l != nil {
		c.Proxy.WatchLatency = l.Dist
	}
	if p := r.doc.KubeProxy.MinSyncPeriod; p != nil {
		c.Proxy.MinSyncPeriod = *p
	}
	for i := range r.doc.Traffic {
		place := trafficPlace{r.entryOf("traffic", i)}
		c.Entries = append(c.Entries, place.entry(&r.doc.Traffic[i]))
	}
	return c
}

// trafficPlace is an entry of traffic in the scenario.
type trafficPlace struct{ entryPlace }

func (p *trafficPlace) entry(b *trafficBlock) traffic.Entry {
	e := traffic.Entry{Namespace: "default", Service: b.Service, Port: string(b.Port)}
	if namespace, name, has := strings.Cut(b.Service, "/"); has {
		e.Namespace, e.Service = namespace, name
	}
	if b.Load != nil {
		e.Load = b.Load.made
		e.Load.Clock = p.start.Sub(p.start.Truncate(day))
	} else if decode.Get(p.node, "load") == nil {
		p.wrong("load", "missing, want requests a second, e.g. load: 100")
	}
	if b.From != nil {
		e.From = b.From.clients()
		p.checkClients(b.From, &e.From)
	}
	switch {
	case b.Service == "":
		p.wrong("service", "missing, want the name of a Service")
	case e.Namespace == "" || e.Service == "" || strings.Contains(e.Service, "/"):
		p.wrong("service", "%q is not a name, want namespace/name", b.Service)
	default:
		p.checkService(&e)
	}
	return e
}

// checkService refuses traffic that could not come to a Service.
func (p *trafficPlace) checkService(e *traffic.Entry) {
	s := p.service(e.Namespace, e.Service)
	switch {
	case s == nil:
		p.wrong("service", "there is no Service %s/%s%s", e.Namespace, e.Service, p.meantService(e))
		return
	case s.Type == "ExternalName":
		p.wrong("service", "%s/%s has type ExternalName: what is sent to it does not come to pods", e.Namespace, e.Service)
		return
	case s.ClusterIP == "None":
		p.wrong("service", "%s/%s is headless: its clients choose among the pods themselves, by DNS, which is not simulated", e.Namespace, e.Service)
		return
	case e.From.Where == traffic.Outside && s.Type != "NodePort" && s.Type != "LoadBalancer":
		p.wrong("from", "%s/%s has type %s: there is no way to it from outside, want type NodePort or LoadBalancer, or from: cluster", e.Namespace, e.Service, s.Type)
	}
	var ports []string
	for _, port := range s.Ports {
		if e.Port == "" || e.Port == port.Name || e.Port == strconv.Itoa(int(port.Port)) {
			return
		}
		ports = append(ports, strings.TrimSpace(fmt.Sprintf("%d %s", port.Port, port.Name)))
	}
	p.wrong("port", "%s/%s has no port %s, want one of: %s", e.Namespace, e.Service, e.Port, strings.Join(ports, ", "))
}

// service is a Service that is there at the start or comes in the timeline, nil when there is none.
func (r *reader) service(namespace, name string) *model.Service {
	for s := range r.services {
		if s.Namespace == namespace && s.Name == name {
			return s
		}
	}
	return nil
}

// services yields the Services of the scenario.
func (r *reader) services(yield func(*model.Service) bool) {
	for _, list := range [2][]object{r.objects, r.created} {
		for i := range list {
			if s, ok := list[i].Object.(*model.Service); ok && !yield(s) {
				return
			}
		}
	}
}

// meantService suggests the name that was likely meant.
func (p *trafficPlace) meantService(e *traffic.Entry) string {
	var names []string
	for s := range p.services {
		names = append(names, s.Namespace+"/"+s.Name)
	}
	slices.Sort(names)
	if near := decode.Nearest(e.Namespace+"/"+e.Service, names); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}

// checkClients refuses clients that no node is meant by.
func (p *trafficPlace) checkClients(b *clientsBlock, c *traffic.Clients) {
	if c.Node == "" && c.Selector == nil {
		return
	}
	for _, list := range [2][]object{p.objects, p.created} {
		for i := range list {
			n, ok := list[i].Object.(*model.Node)
			if ok && (c.Node == "" || c.Node == n.Name) && (c.Selector == nil || c.Selector.Matches(n.Labels)) {
				return
			}
		}
	}
	p.wrong("from", "no node is meant by %s: there would be no clients", b.text())
}

// traffic adds what comes to Services, as it is written.
func (l *parameterList) traffic(root *yaml.Node, c *traffic.Config) {
	if c == nil {
		return
	}
	l.add("kubeProxy.watchLatency", distOr(c.Proxy.WatchLatency, "0s"))
	l.add("kubeProxy.minSyncPeriod", c.Proxy.MinSyncPeriod.String())
	for i := range c.Entries {
		path := decode.Index("traffic", i)
		l.add(path+".service", c.Entries[i].Namespace+"/"+c.Entries[i].Service)
		for _, name := range []string{"port", "load", "from"} {
			if value := decode.Get(decode.Walk(root, path), name); value != nil {
				l.add(path+"."+name, jsonText(decode.Plain(value)))
			}
		}
	}
}
