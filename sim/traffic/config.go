package traffic

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Config is the traffic of a run.
type Config struct {
	// Entries in the order of the file. Several may be about one Service.
	Entries []Entry
	// Proxy says how the kube-proxies work.
	Proxy Proxy
}

// Entry is traffic to a Service.
type Entry struct {
	Namespace, Service string
	// Port is the name or the number of a port of the Service; "": its first.
	Port string
	Load Curve
	From Clients
}

// Clients say where those are who send requests: on nodes, or outside the cluster. They are spread evenly over
// the nodes that are meant and run, from where, or by way of which, their requests go to an endpoint.
type Clients struct {
	Where Where
	// Node is the name of a node, Selector takes nodes by their labels; "" and nil: all. They mean something
	// only where Where is Inside.
	Node     string
	Selector *model.Selector
}

// Where is where clients are.
type Where uint8

// Clients are outside the cluster when the Service has a way in from there, and else inside (ByType); or that is
// said.
const (
	ByType Where = iota
	Inside
	Outside
)

// matches says whether clients of the entry may be on a node, or come by way of it.
func (c *Clients) matches(n *model.Node) bool {
	return (c.Node == "" || c.Node == n.Name) && (c.Selector == nil || c.Selector.Matches(n.Labels))
}

// Proxy says how the kube-proxies work.
type Proxy struct {
	// WatchLatency is the time from a write until they know of it, in seconds; nil: none.
	WatchLatency sim.Dist
	// MinSyncPeriod is how long after one sync of the rules the next begins at the earliest; a change that
	// finds none so recent is taken over at once.
	MinSyncPeriod time.Duration
}

// DefaultMinSyncPeriod is that of a kube-proxy that nobody has configured.
// Source: kubernetes v1.37.2 pkg/proxy/apis/config/v1alpha1/defaults.go SetDefaults_KubeProxyConfiguration.
const DefaultMinSyncPeriod = time.Second
