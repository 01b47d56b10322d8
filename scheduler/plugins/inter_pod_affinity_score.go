package plugins

import (
	"math"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// affinityScoreState holds the weight of each domain, by topology key and value.
type affinityScoreState struct {
	preferred, anti []ownTerm
	namespaceLabels map[string]string
	weights         map[topologyPair]int64
	keys            []string // topology keys with a weight, in order of first appearance
}

// PreScore weighs every domain by the preferred terms of the pod and of the pods that are there.
// Source: kubernetes v1.37.2 interpodaffinity/scoring.go PreScore.
func (pl *interPodAffinity) PreScore(_ any, pod *framework.PodInfo, _ []*framework.NodeInfo) (any, *framework.Status) {
	own := len(pod.Terms.Preferred)+len(pod.Terms.AntiPreferred) > 0
	if pl.ignoreExisting && !own {
		return nil, pl.skip
	}
	s := &affinityScoreState{
		preferred:       ownWeightedTerms(pod.Terms.Preferred, pod.Pod, pl.objects),
		anti:            ownWeightedTerms(pod.Terms.AntiPreferred, pod.Pod, pl.objects),
		namespaceLabels: pl.namespaceLabels(pod.Pod.Namespace), weights: map[topologyPair]int64{},
	}
	// Without terms of its own only pods with affinity can say anything about the pod.
	nodes := pl.snapshot.WithPodAffinity
	if own {
		nodes = pl.snapshot.Nodes
	}
	for _, node := range nodes {
		pods := node.WithPodAffinity
		if own {
			pods = node.Pods
		}
		for _, existing := range pods {
			pl.weigh(s, pod.Pod, existing, node.Node)
		}
	}
	if len(s.keys) == 0 {
		return nil, pl.skip
	}
	return s, nil
}

// weigh counts what an existing pod says for or against its domains.
// Source: kubernetes v1.37.2 interpodaffinity/scoring.go processExistingPod.
func (pl *interPodAffinity) weigh(s *affinityScoreState, pod *model.Pod, existing *framework.PodInfo, node *model.Node) {
	for i := range s.preferred {
		if t := &s.preferred[i]; t.selects(existing.Pod) {
			s.add(node, t.topologyKey, t.weight)
		}
	}
	for i := range s.anti {
		if t := &s.anti[i]; t.selects(existing.Pod) {
			s.add(node, t.topologyKey, -t.weight)
		}
	}
	a := &existing.Terms
	if pl.hardWeight > 0 {
		for i := range a.Required {
			if t := &a.Required[i]; termSelects(t, existing.Pod, pod, s.namespaceLabels) {
				s.add(node, t.TopologyKey, pl.hardWeight)
			}
		}
	}
	for i := range a.Preferred {
		if t := &a.Preferred[i]; termSelects(&t.Term, existing.Pod, pod, s.namespaceLabels) {
			s.add(node, t.Term.TopologyKey, int64(t.Weight))
		}
	}
	for i := range a.AntiPreferred {
		if t := &a.AntiPreferred[i]; termSelects(&t.Term, existing.Pod, pod, s.namespaceLabels) {
			s.add(node, t.Term.TopologyKey, -int64(t.Weight))
		}
	}
}

func (s *affinityScoreState) add(node *model.Node, key string, weight int64) {
	value, ok := node.Labels[key]
	if !ok {
		return
	}
	if !slices.Contains(s.keys, key) {
		s.keys = append(s.keys, key)
	}
	s.weights[topologyPair{key, value}] += weight
}

// Score sums the weights of the node's domains; it may be negative.
func (*interPodAffinity) Score(state any, _ *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	s, ok := state.(*affinityScoreState)
	if !ok {
		return 0, missingState(InterPodAffinity, "failed to read", "PreScore")
	}
	var score int64
	for _, key := range s.keys {
		if value, ok := node.Node.Labels[key]; ok {
			score += s.weights[topologyPair{key, value}]
		}
	}
	return score, nil
}

// NormalizeScore stretches the scores over 0–100, in floating point as upstream; equal scores give 0.
// Source: kubernetes v1.37.2 interpodaffinity/scoring.go NormalizeScore.
func (*interPodAffinity) NormalizeScore(_ any, _ *framework.PodInfo, _ []*framework.NodeInfo, scores []int64) *framework.Status {
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, score := range scores {
		least, most = min(least, score), max(most, score)
	}
	for i := range scores {
		stretched := 0.0
		if most > least {
			stretched = framework.MaxNodeScore * (float64(scores[i]-least) / float64(most-least))
		}
		scores[i] = int64(stretched)
	}
	return nil
}
