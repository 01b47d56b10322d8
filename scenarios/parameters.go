package scenarios

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// parameters lists every effective parameter of a run as text, in a fixed order.
func (r *reader) parameters(c *world.Config) []record.Parameter {
	var l parameterList
	l.add("seed", strconv.FormatUint(c.Seed, 10))
	l.add("start", c.Start.Format(time.RFC3339Nano))
	l.add("duration", spanOr(c.Duration, "none"))
	l.add("until", map[bool]string{true: "idle", false: spanOr(c.Duration, "none")}[c.UntilIdle])
	l.add("sample", spanOr(c.Sample, "change"))
	l.add("unmodelled", map[bool]string{true: "ignore", false: "refuse"}[r.ignoreUnmodelled()])
	l.add("cluster.terminatedPods", strconv.Itoa(c.TerminatedPods))
	l.add("cluster.watchLatency", distOr(c.WatchLatency, "0s"))
	if t := r.trace; t != nil {
		l.add("cluster.trace.format", t.Format)
		l.add("cluster.trace.replay", t.Replay)
		l.add("cluster.trace.gpu", t.GPU)
	}
	l.add("scheduler.tieBreak", c.Scheduler.TieBreak)
	l.add("scheduler.decisionLatency", distOr(c.Scheduler.DecisionLatency, "0s"))
	l.add("scheduler.bindLatency", distOr(c.Scheduler.BindLatency, "0s"))
	if c.Scheduler.PatchLatency != nil {
		l.add("scheduler.patchLatency", distText(c.Scheduler.PatchLatency))
	}
	l.images(c.Images)
	l.kubelet(c.Kubelet, "kubelet")
	l.eviction(c.Eviction, "kubelet")
	l.kubelets(c)
	l.controlPlane(&c.ControlPlane)
	l.traffic(r.root, c.Traffic)
	l.metrics(r.root, c.Metrics)
	l.scheduler(c.Scheduler.Config)
	for i := range c.Behaviours {
		l.behaviour(&c.Behaviours[i])
		l.written(r.root, c.Behaviours[i].Place)
	}
	return l
}

// configPrefix begins the parameters that a policy decides.
const configPrefix = "scheduler.config."

// replaceParameters returns the parameters for a config that differs in its seed and scheduler configuration.
func replaceParameters(old []record.Parameter, c *world.Config) []record.Parameter {
	var l parameterList
	placed := false
	for _, p := range old {
		switch {
		case p.Name == "seed":
			l.add("seed", strconv.FormatUint(c.Seed, 10))
		case !strings.HasPrefix(p.Name, configPrefix):
			l = append(l, p)
		case !placed:
			placed = true
			l.scheduler(c.Scheduler.Config)
		}
	}
	return l
}

// parameterList collects parameters.
type parameterList []record.Parameter

func (l *parameterList) add(name, value string) {
	*l = append(*l, record.Parameter{Name: name, Value: value})
}

// scheduler adds what the scheduler's configuration comes to, defaults included.
func (l *parameterList) scheduler(c *config.Configuration) {
	l.add(configPrefix+"percentageOfNodesToScore", number32(c.PercentageOfNodesToScore))
	l.add(configPrefix+"podInitialBackoffSeconds", number64(c.PodInitialBackoffSeconds))
	l.add(configPrefix+"podMaxBackoffSeconds", number64(c.PodMaxBackoffSeconds))
	for i := range c.Profiles {
		p := &c.Profiles[i]
		prefix := fmt.Sprintf("%sprofiles[%d].", configPrefix, i)
		if p.SchedulerName != nil {
			l.add(prefix+"schedulerName", *p.SchedulerName)
		}
		if p.PercentageOfNodesToScore != nil {
			l.add(prefix+"percentageOfNodesToScore", number32(p.PercentageOfNodesToScore))
		}
		l.plugins(prefix+"plugins.", p.Plugins)
		for _, pc := range p.PluginConfig {
			l.add(prefix+"pluginConfig."+pc.Name, argsText(pc.Args))
		}
	}
}

// plugins adds the plugin sets that are not empty: names with their weights, -name for a disabled one.
func (l *parameterList) plugins(prefix string, p *config.Plugins) {
	for _, set := range pluginSets(p) {
		var words []string
		for _, e := range set.set.Enabled {
			word := e.Name
			if e.Weight != nil && *e.Weight != 0 {
				word += "=" + strconv.Itoa(int(*e.Weight))
			}
			words = append(words, word)
		}
		for _, d := range set.set.Disabled {
			words = append(words, "-"+d.Name)
		}
		if len(words) > 0 {
			l.add(prefix+set.name, strings.Join(words, " "))
		}
	}
}

// behaviour adds one behaviour: what it matches, and what it says.
func (l *parameterList) behaviour(b *behaviour.Behaviour) {
	l.add(b.Place+".match", matchText(&b.Match))
	for _, f := range []struct {
		name string
		dist sim.Dist
	}{{"startup", b.Startup}, {"ready", b.Ready}} {
		if f.dist != nil {
			l.add(b.Place+"."+f.name, distText(f.dist))
		}
	}
	if b.Run != nil {
		l.add(b.Place+".run", map[bool]string{true: "forever", false: distOr(b.Run.Dist, "")}[b.Run.Forever])
	}
	if b.Exit != nil {
		l.add(b.Place+".exit", exitText(b.Exit))
	}
	if s := b.Stop; s != nil {
		text := map[bool]string{true: "ignore", false: distOr(s.Dist, "0s")}[s.Ignore]
		if s.HasExit {
			text += fmt.Sprintf(", exit %d", s.Exit)
		}
		l.add(b.Place+".stop", text)
	}
}

// writtenFields are the fields of a behaviour that are listed as they are written.
var writtenFields = []string{"reason", "restarts", "postStart", "preStop", "answers", "ports", "until", "pull", "usage"}

// written adds the fields of the behaviour at a place as they are written there.
func (l *parameterList) written(root *yaml.Node, place string) {
	if root == nil {
		return
	}
	n := decode.Walk(root, place)
	for _, name := range writtenFields {
		if value := decode.Get(n, name); value != nil {
			l.add(place+"."+name, jsonText(decode.Plain(value)))
		}
	}
}

// exitText writes an exit code, or a distribution of them.
func exitText(d sim.Dist) string {
	if code, ok := d.(sim.Constant); ok {
		return strconv.Itoa(int(code))
	}
	return d.String()
}

func matchText(m *behaviour.Match) string {
	text := jsonText(struct {
		Namespace   string            `json:"namespace,omitempty"`
		Labels      map[string]string `json:"labels,omitempty"`
		Annotations map[string]string `json:"annotations,omitempty"`
		OwnerKind   string            `json:"ownerKind,omitempty"`
		OwnerName   string            `json:"ownerName,omitempty"`
		Pod         string            `json:"pod,omitempty"`
		Container   string            `json:"container,omitempty"`
	}{m.Namespace, m.Labels, m.Annotations, m.OwnerKind, m.OwnerName, m.Pod, m.Container})
	return text
}

// jsonText writes plain values; maps come with sorted keys.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return string(text)
}

// argsText writes the arguments of a plugin with the names that they have in files.
func argsText(args any) string {
	text, err := yaml.Marshal(args)
	var plain any
	if err == nil {
		err = yaml.Unmarshal(text, &plain)
	}
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return jsonText(pruned(plain))
}

// pruned leaves out what is not set.
func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value = pruned(value); value == nil || value == "" {
				delete(v, key)
			} else {
				v[key] = value
			}
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i := range v {
			v[i] = pruned(v[i])
		}
	}
	return v
}

func spanOr(d time.Duration, none string) string {
	if d == 0 {
		return none
	}
	return d.String()
}

func distOr(d sim.Dist, none string) string {
	if d == nil {
		return none
	}
	return distText(d)
}

func number32(n *int32) string {
	if n == nil {
		return "0"
	}
	return strconv.Itoa(int(*n))
}

func number64(n *int64) string {
	if n == nil {
		return "0"
	}
	return strconv.FormatInt(*n, 10)
}

// namedSet is a plugin set with the name of its extension point.
type namedSet struct {
	name string
	set  *config.PluginSet
}

func pluginSets(p *config.Plugins) []namedSet {
	if p == nil {
		return nil
	}
	return []namedSet{
		{"preEnqueue", &p.PreEnqueue}, {"queueSort", &p.QueueSort}, {"preFilter", &p.PreFilter}, {"filter", &p.Filter},
		{"postFilter", &p.PostFilter}, {"preScore", &p.PreScore}, {"score", &p.Score}, {"reserve", &p.Reserve},
		{"permit", &p.Permit}, {"preBind", &p.PreBind}, {"bind", &p.Bind}, {"postBind", &p.PostBind},
		{"multiPoint", &p.MultiPoint}, {"placementGenerate", &p.PlacementGenerate}, {"placementScore", &p.PlacementScore},
		{"podGroupPostFilter", &p.PodGroupPostFilter},
	}
}
