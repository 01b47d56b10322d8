package plugins

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// SpreadForm is what PodTopologySpread does for a pod, for runtimes that count pods by domain
// themselves.
type SpreadForm struct {
	Hard, Soft []SpreadConstraint
	// RequireAll says that nodes lacking the key of any soft constraint are not scored.
	RequireAll bool
}

// SpreadConstraint is a constraint of a SpreadForm.
type SpreadConstraint struct {
	TopologyKey string
	// Selector takes the pods that count, in the pod's namespace and not terminating; without
	// requirements it takes none.
	Selector   *model.Selector
	MaxSkew    int64
	MinDomains int
	// Self says that the pod itself counts.
	Self bool

	c *spreadConstraint
}

// SpreadForm derives the form; false when a constraint cannot be used.
func (pl *podTopologySpread) SpreadForm(pod *framework.PodInfo) (SpreadForm, bool) {
	hard, err := pl.constraints(pod.Pod, model.DoNotSchedule)
	if err != nil {
		return SpreadForm{}, false
	}
	soft, err := pl.constraints(pod.Pod, model.ScheduleAnyway)
	if err != nil {
		return SpreadForm{}, false
	}
	return SpreadForm{exported(hard, pod.Pod), exported(soft, pod.Pod), len(pod.SpreadTerms) > 0 || !pl.system}, true
}

func exported(constraints []spreadConstraint, pod *model.Pod) []SpreadConstraint {
	var out []SpreadConstraint
	for i := range constraints {
		c := &constraints[i]
		out = append(out, SpreadConstraint{c.topologyKey, c.selector, c.maxSkew, c.minDomains, c.selector.Matches(pod.Labels), c})
	}
	return out
}

// Includes says whether the node's pods count.
func (c *SpreadConstraint) Includes(spec *framework.SpecInfo, node *model.Node) bool {
	return c.c.includes(spec.PodSpec, node)
}

// AppendInclusion appends what Includes reads of the spec; nothing when every node is included.
func (c *SpreadConstraint) AppendInclusion(key []byte, spec *framework.SpecInfo) []byte {
	if c.c.honorAffinity && (spec.NodeSelector != nil || spec.Affinity != nil && spec.Affinity.NodeRequired != nil) {
		key = (*nodeAffinity)(nil).AppendKey(append(key, 'a'), spec)
	}
	if c.c.honorTaints {
		key = (*taintToleration)(nil).AppendKey(append(key, 't'), spec)
	}
	return key
}

// AppendSelector appends the content of a selector.
func AppendSelector(key []byte, s *model.Selector) []byte {
	key = appendBool(key, s != nil)
	if s == nil {
		return key
	}
	return appendRequirements(key, s.Requirements)
}

// AppendText appends a text so that it tells its own end.
func AppendText(key []byte, text string) []byte { return appendString(key, text) }

// AppendRequests appends requests so that they tell their own end.
func AppendRequests(key []byte, r *framework.Requests) []byte { return appendRequests(key, r) }

// AppendNumber appends a number so that it tells its own end.
func AppendNumber(key []byte, number int64) []byte { return appendInt(key, number) }
