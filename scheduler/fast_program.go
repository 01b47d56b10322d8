package scheduler

import (
	"towtank.dev/towtank/scheduler/cache"
	"towtank.dev/towtank/scheduler/framework"
)

// program is a profile sorted by what its plugins depend on: how the fast runtime works for it.
type program struct {
	profile *profile
	number  int64
	// usable says that the profile has no plugin of which nothing is known.
	usable bool
	// object holds the plugins whose answers hang on the node's object, node those that also look at the
	// pods on the node.
	object, node layer
	// idlers tell which pods concern none of the remaining plugins; live must skip the pod in PreFilter.
	idlers []idleEntry
	live   []preFilterEntry
	// spread and affinity go by domains; nil when the profile does not have them in the usual places.
	spread        spreader
	affinity      affine
	domainFilters []layeredFilter
	volumes       volumeProgram

	spreadFilters, affinityFilters bool
	spreadWeight, affinityWeight   int32 // 0: does not score

	// states are those that Reserve and what follows get: what the idle plugins say they need.
	states []any
}

// idleEntry is a plugin that can say that a pod does not concern it.
type idleEntry struct {
	framework.Idler
	slot int
}

// layer is a set of plugins with one kind of dependence.
type layer struct {
	keyed     []framework.Keyed
	preFilter []preFilterEntry
	filters   []layeredFilter
	preScore  []preScoreEntry
	scorers   []layeredScorer
	// volumes says that it is that of the plugins for volumes, which may have states to score by.
	volumes bool
}

// layeredFilter is a filter with its place among all filters: the first to object has the say.
type layeredFilter struct {
	filterEntry
	order uint32
	rows  framework.RowFilter // nil when it has no such form
}

// layeredScorer is a scorer with what is known of its normalising.
type layeredScorer struct {
	slot       int
	weight     int32
	normalized framework.DefaultNormalized // nil: raw scores are added as they are
	rows       framework.RowScorer         // nil when it has no such form
	framework.ScorePlugin
}

// maxFastWeight bounds the sum of weights: totals fit into 31 bits.
const maxFastWeight = 1 << 20

// newProgram sorts the plugins of a profile.
func newProgram(p *profile, number int) *program {
	pr := &program{profile: p, number: int64(number), states: make([]any, len(p.all))}
	pr.volumes.layer.volumes = true
	pr.usable = len(p.filter) > 0 && len(p.score) > 0
	layers := make([]*layer, len(p.all))
	for slot, pl := range p.all {
		layers[slot] = pr.place(pl, p, slot)
	}
	var weights int64
	for i, e := range p.filter {
		if l := layers[e.slot]; l != nil {
			rows, _ := e.FilterPlugin.(framework.RowFilter)
			l.filters = append(l.filters, layeredFilter{e, uint32(i), rows})
		}
	}
	for _, e := range p.score {
		weights += max(e.weight, 0)
		pr.usable = pr.usable && e.weight >= 0 && weights < maxFastWeight
		if l := layers[e.slot]; l != nil {
			s := layeredScorer{slot: e.slot, weight: int32(e.weight), ScorePlugin: e.ScorePlugin}
			s.normalized, _ = e.ScorePlugin.(framework.DefaultNormalized)
			if s.normalized == nil {
				s.rows, _ = e.ScorePlugin.(framework.RowScorer)
			}
			l.scorers = append(l.scorers, s)
		}
	}
	for _, e := range p.preFilter {
		if l := layers[e.slot]; l != nil {
			l.preFilter = append(l.preFilter, e)
		}
	}
	for _, e := range p.preScore {
		if l := layers[e.slot]; l != nil {
			l.preScore = append(l.preScore, e)
		}
	}
	return pr
}

// place finds the layer of a plugin; nil for one that has to be idle, or is none of the runtime's
// business because it neither filters nor scores.
func (pr *program) place(pl framework.Plugin, p *profile, slot int) *layer {
	filters, scores := false, false
	for _, e := range p.filter {
		filters = filters || e.slot == slot
	}
	normalizes := false
	for _, e := range p.score {
		scores = scores || e.slot == slot
		normalizes = normalizes || e.slot == slot && e.normalizer != nil
	}
	_, known := pl.(framework.DefaultNormalized)
	if keyed, ok := pl.(framework.Keyed); ok && (known || !normalizes) && !reserves(pl) {
		if l := pr.layerOf(pl, filters, scores, known && normalizes); l != nil {
			l.keyed = append(l.keyed, keyed)
			return l
		}
	}
	if pr.takeVolumes(pl, p, slot) {
		switch pl.(type) {
		case volumeBinder, volumeZoner:
			return &pr.volumes.layer
		}
		return nil
	}
	pr.remain(pl, p, slot, filters, scores)
	return nil
}

// layerOf is the layer that a plugin's dependence allows, nil for none. What is normalised must hang
// on the node's object.
func (pr *program) layerOf(pl framework.Plugin, filters, scores, normalizes bool) *layer {
	d, ok := pl.(framework.Dependent)
	if !ok {
		return nil
	}
	least := framework.OnNodeObject
	if filters {
		least = min(least, d.FilterDependence())
	}
	if scores {
		s := d.ScoreDependence()
		if _, listed := pl.(framework.Listed); listed && s == framework.OnCluster {
			s = framework.OnNodeObject
		}
		least = min(least, s)
	}
	switch {
	case least == framework.OnNodeObject:
		return &pr.object
	case least == framework.OnNode && !normalizes:
		return &pr.node
	}
	return nil
}

// remain takes in a plugin of which no answers can be kept: the pod must not concern it.
func (pr *program) remain(pl framework.Plugin, p *profile, slot int, filters, scores bool) {
	prepares := false
	for _, e := range p.preFilter {
		prepares = prepares || e.slot == slot
	}
	for _, e := range p.preScore {
		scores = scores || e.slot == slot
	}
	if !filters && !scores && !prepares {
		return
	}
	if pr.domains(pl, p, slot) {
		return
	}
	if idler, ok := pl.(framework.Idler); ok {
		pr.idlers = append(pr.idlers, idleEntry{idler, slot})
		return
	}
	if scores || !prepares || reserves(pl) {
		pr.usable = false
		return
	}
	for _, e := range p.preFilter {
		if e.slot == slot {
			pr.live = append(pr.live, e)
		}
	}
}

// domains takes in a plugin that goes by domains, if it prepares for all that it does.
func (pr *program) domains(pl framework.Plugin, p *profile, slot int) bool {
	spread, isSpread := pl.(spreader)
	affinity, isAffine := pl.(affine)
	if !isSpread && !isAffine {
		return false
	}
	prepares, preScores, weight := false, false, int64(0)
	var filter []layeredFilter
	for _, e := range p.preFilter {
		prepares = prepares || e.slot == slot
	}
	for _, e := range p.preScore {
		preScores = preScores || e.slot == slot
	}
	for i, e := range p.filter {
		if e.slot == slot {
			filter = append(filter, layeredFilter{e, uint32(i), nil})
		}
	}
	for _, e := range p.score {
		if e.slot == slot {
			weight = e.weight
		}
	}
	if len(filter) > 0 && !prepares || weight > 0 && !preScores || weight < 0 || weight > maxFastWeight {
		return false
	}
	pr.domainFilters = append(pr.domainFilters, filter...)
	if isSpread {
		pr.spread, pr.spreadFilters, pr.spreadWeight = spread, len(filter) > 0, int32(weight)
	} else {
		pr.affinity, pr.affinityFilters, pr.affinityWeight = affinity, len(filter) > 0, int32(weight)
	}
	return true
}

// idle says whether the plugins that go by domains have nothing to do for the pod, when so many pods on
// nodes have affinity.
func (pr *program) idle(pod *framework.PodInfo, affine int) bool {
	if pr.spread != nil {
		if _, idle := pr.spread.Idle(pod); !idle {
			return false
		}
	}
	return pr.affinity == nil || affine == 0 && !pod.HasPodAffinity && pod.Terms.Invalid == ""
}

// reserves says whether the plugin gets its state back once a node is chosen.
func reserves(pl framework.Plugin) bool {
	switch pl.(type) {
	case framework.ReservePlugin, framework.PermitPlugin, framework.PreBindPlugin:
		return true
	}
	return false
}

// concerns says whether the pod concerns a plugin of which no answers are kept.
func (pr *program) concerns(pod *framework.PodInfo, c *cache.Cache) bool {
	for i := range pr.idlers {
		state, idle := pr.idlers[i].Idle(pod)
		if !idle {
			return true
		}
		pr.states[pr.idlers[i].slot] = state
	}
	if len(pr.live) > 0 {
		c.RefreshAffinity()
	}
	for i := range pr.live {
		if _, _, status := pr.live[i].PreFilter(pod, c.Snapshot()); !status.Skipped() {
			return true
		}
	}
	return false
}
