package plugins

import (
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// spreadScoreState holds for each soft constraint the number of matching pods per domain and the weight
// of its topology. Domains of single hosts are counted on the node itself.
type spreadScoreState struct {
	constraints []spreadConstraint
	counts      []map[string]int64
	weights     []float64
	ignored     map[int]bool // nodes that lack a topology key, by index
}

// PreScore counts the pods of the domains that feasible nodes are in.
// Source: kubernetes v1.37.2 podtopologyspread/scoring.go PreScore, initPreScoreState.
func (pl *podTopologySpread) PreScore(_ any, pod *framework.PodInfo, nodes []*framework.NodeInfo) (any, *framework.Status) {
	constraints, err := pl.constraints(pod.Pod, model.ScheduleAnyway)
	if err != nil {
		return nil, framework.NewStatus(PodTopologySpread, framework.Error, "calculating preScoreState: "+err.Error())
	}
	if len(constraints) == 0 {
		return nil, pl.skip
	}
	// Nodes may lack a zone label under the system's defaults: they still spread over hosts.
	requireAll := len(pod.SpreadTerms) > 0 || !pl.system
	s := &spreadScoreState{constraints: constraints, counts: make([]map[string]int64, len(constraints)), ignored: map[int]bool{}}
	s.findDomains(nodes, requireAll)
	for _, node := range pl.snapshot.Nodes {
		if requireAll && !hasTopologyKeys(node.Node.Labels, constraints) {
			continue
		}
		for i := range constraints {
			c := &constraints[i]
			value := node.Node.Labels[c.topologyKey]
			if _, candidate := s.counts[i][value]; candidate && c.includes(pod.PodSpec, node.Node) {
				s.counts[i][value] += int64(c.count(node.Pods, pod.Pod.Namespace))
			}
		}
	}
	return s, nil
}

// findDomains notes the domains of the feasible nodes and derives the weight of each topology from
// their number: the logarithm keeps small topologies from being drowned by large ones.
func (s *spreadScoreState) findDomains(nodes []*framework.NodeInfo, requireAll bool) {
	for i := range s.counts {
		s.counts[i] = map[string]int64{}
	}
	for _, node := range nodes {
		if requireAll && !hasTopologyKeys(node.Node.Labels, s.constraints) {
			s.ignored[node.Index] = true
			continue
		}
		for i := range s.constraints {
			if key := s.constraints[i].topologyKey; key != model.LabelHostname {
				s.counts[i][node.Node.Labels[key]] = 0
			}
		}
	}
	s.weights = make([]float64, len(s.constraints))
	for i := range s.constraints {
		size := len(s.counts[i])
		if s.constraints[i].topologyKey == model.LabelHostname {
			size = len(nodes) - len(s.ignored)
		}
		s.weights[i] = math.Log(float64(size + 2))
	}
}

// Score sums the weighted counts of the node's domains: fewer is better, which NormalizeScore turns round.
func (*podTopologySpread) Score(state any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	s, ok := state.(*spreadScoreState)
	if !ok {
		return 0, missingState(PodTopologySpread, "error reading", "PreScore")
	}
	if s.ignored[node.Index] {
		return 0, nil
	}
	var score float64
	for i := range s.constraints {
		c := &s.constraints[i]
		value, ok := node.Node.Labels[c.topologyKey]
		if !ok {
			continue
		}
		var count int64
		if c.topologyKey == model.LabelHostname {
			count = int64(c.count(node.Pods, pod.Pod.Namespace))
		} else {
			count = s.counts[i][value]
		}
		score += spreadScore(count, c.maxSkew, s.weights[i])
	}
	return int64(math.Round(score)), nil
}

// spreadScore is one constraint's share. The skew is added, not divided by.
// Source: kubernetes v1.37.2 podtopologyspread/scoring.go scoreForCount.
func spreadScore(count, maxSkew int64, weight float64) float64 {
	return float64(float64(count)*weight) + float64(maxSkew-1)
}

// ignoredScore is upstream's mark of ignored nodes, which a maxSkew of 0 can bring about too.
const ignoredScore = -1

// NormalizeScore gives the emptiest domain the most; nodes that lack a topology key get nothing.
func (*podTopologySpread) NormalizeScore(state any, _ *framework.PodInfo, nodes []*framework.NodeInfo, scores []int64) *framework.Status {
	s := state.(*spreadScoreState)
	least, most := int64(math.MaxInt64), int64(0)
	for i, node := range nodes {
		if !s.ignored[node.Index] {
			least, most = min(least, scores[i]), max(most, scores[i])
		}
	}
	for i, node := range nodes {
		switch {
		case s.ignored[node.Index] || scores[i] == ignoredScore:
			scores[i] = 0
		case most == 0:
			scores[i] = framework.MaxNodeScore
		default:
			scores[i] = framework.MaxNodeScore * (most + least - scores[i]) / most
		}
	}
	return nil
}
