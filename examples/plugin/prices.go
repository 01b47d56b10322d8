package main

import (
	"strconv"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// Prices is the plugin as a build knows it.
var Prices = plugins.Entry{Name: "Prices", Doc: "prefers nodes with a low label example.com/price and rejects those above a limit",
	NewArgs: func() framework.Args { return &PricesArgs{} },
	New: func(args framework.Args, _ *framework.Handle) (framework.Plugin, error) {
		reason := framework.NewStatus("Prices", framework.UnschedulableAndUnresolvable, "node(s) were too expensive")
		return &prices{*args.(*PricesArgs), reason}, nil
	}}

// PricesArgs are the arguments in pluginConfig: the most that a node may cost (default 100), and the
// priority from which on a pod may have any node (default none).
type PricesArgs struct {
	framework.TypeMeta `yaml:",inline"`
	Limit              int64  `yaml:"limit"`
	ExemptPriority     *int32 `yaml:"exemptPriority"`
}

func (a *PricesArgs) SetDefaults() {
	if a.Limit == 0 {
		a.Limit = 100
	}
}

func (a *PricesArgs) Validate(path string) []error {
	if a.Limit < 0 {
		return []error{framework.Invalid(path+".limit", a.Limit, "must be greater than 0")}
	}
	return nil
}

type prices struct {
	PricesArgs
	tooExpensive *framework.Status
}

func (*prices) Name() string { return "Prices" }

// price is what a node costs; one without the label costs nothing.
func price(n *framework.NodeInfo) int64 {
	price, _ := strconv.ParseInt(n.Node.Labels["example.com/price"], 10, 64)
	return max(price, 0)
}

func (p *prices) exempt(pod *framework.SpecInfo) bool {
	return p.ExemptPriority != nil && pod.Priority >= *p.ExemptPriority
}

func (p *prices) Filter(_ any, pod *framework.PodInfo, n *framework.NodeInfo) *framework.Status {
	if price(n) > p.Limit && !p.exempt(pod.SpecInfo) {
		return p.tooExpensive
	}
	return nil
}

func (p *prices) Score(_ any, _ *framework.PodInfo, n *framework.NodeInfo) (int64, *framework.Status) {
	return framework.MaxNodeScore * max(p.Limit-price(n), 0) / p.Limit, nil
}

// EventsToRegister says what may help a pod that was rejected: another node, or another price.
func (*prices) EventsToRegister() []framework.EventWithHint {
	return []framework.EventWithHint{{Event: framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeLabel}}}
}

// Answers hang on the node's labels and on whether the pod is exempt: said, they are kept.
func (*prices) FilterDependence() framework.Dependence { return framework.OnNodeObject }
func (*prices) ScoreDependence() framework.Dependence  { return framework.OnNodeObject }
func (p *prices) AppendKey(key []byte, pod *framework.SpecInfo) []byte {
	return strconv.AppendBool(key, p.exempt(pod))
}
