package plugins

import (
	"maps"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// Reasons of InterPodAffinity.
const (
	reasonExistingAnti = "node(s) didn't satisfy existing pods anti-affinity rules"
	reasonPodAffinity  = "node(s) didn't match pod affinity rules"
	reasonPodAnti      = "node(s) didn't match pod anti-affinity rules"
)

// interPodAffinity draws pods to the topology domains of others and keeps them out of them. The feature
// gate InterPodAffinityHostnameFastPath (alpha, off) changes no decision and is not built.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/interpodaffinity.
type interPodAffinity struct {
	snapshot *framework.Snapshot
	objects  framework.Objects
	// hardWeight is what a required affinity term of an existing pod counts in scoring.
	hardWeight int64
	// ignoreExisting leaves the preferred terms of existing pods out for pods that have none.
	ignoreExisting bool

	skip, unmet, unwanted, unwelcome *framework.Status
}

var (
	_ framework.PreFilterPlugin      = (*interPodAffinity)(nil)
	_ framework.PreFilterExtensions  = (*interPodAffinity)(nil)
	_ framework.FilterPlugin         = (*interPodAffinity)(nil)
	_ framework.PreScorePlugin       = (*interPodAffinity)(nil)
	_ framework.NormalizeScorePlugin = (*interPodAffinity)(nil)
	_ framework.Dependent            = (*interPodAffinity)(nil)
	_ framework.EnqueueExtensions    = (*interPodAffinity)(nil)
)

func newInterPodAffinity(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
	a := args.(*InterPodAffinityArgs)
	return &interPodAffinity{
		snapshot: h.Snapshot, objects: h.Objects,
		hardWeight: int64(*a.HardPodAffinityWeight), ignoreExisting: a.IgnorePreferredTermsOfExistingPods,
		skip:      framework.NewStatus(InterPodAffinity, framework.Skip),
		unmet:     framework.NewStatus(InterPodAffinity, framework.UnschedulableAndUnresolvable, reasonPodAffinity),
		unwanted:  framework.NewStatus(InterPodAffinity, framework.Unschedulable, reasonPodAnti),
		unwelcome: framework.NewStatus(InterPodAffinity, framework.Unschedulable, reasonExistingAnti),
	}, nil
}

// Name is InterPodAffinity.
func (*interPodAffinity) Name() string { return InterPodAffinity }

// FilterDependence is the domains of the node: the pods in them that match.
func (*interPodAffinity) FilterDependence() framework.Dependence { return framework.OnDomains }

// ScoreDependence is the domains of the node: the weights of the pods in them.
func (*interPodAffinity) ScoreDependence() framework.Dependence { return framework.OnDomains }

// topologyPair is a domain: one value of one topology key.
type topologyPair struct{ key, value string }

// pairCounts counts matches per domain; an entry that comes to zero goes.
type pairCounts map[topologyPair]int64

func (m pairCounts) add(node *model.Node, key string, by int64) {
	value, ok := node.Labels[key]
	if !ok {
		return
	}
	pair := topologyPair{key, value}
	if m[pair] += by; m[pair] == 0 {
		delete(m, pair)
	}
}

// affinityFilterState is what filtering needs to know of the pods in all domains.
type affinityFilterState struct {
	affinity, anti []ownTerm
	// namespaceLabels are those of the pod's own namespace: terms of existing pods may select it by them.
	namespaceLabels map[string]string
	// self: the pod matches all its own affinity terms.
	self bool

	matchingAffinity pairCounts // pods that match all of the pod's affinity terms, by domain of each term
	matchingAnti     pairCounts // matches of the pod's anti-affinity terms
	existingAnti     pairCounts // matches of existing pods' anti-affinity terms with the pod
}

// PreFilter counts all matches, in both directions.
func (pl *interPodAffinity) PreFilter(pod *framework.PodInfo, snapshot *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	if why := pod.Terms.Invalid; why != "" {
		return nil, nil, framework.NewStatus(InterPodAffinity, framework.UnschedulableAndUnresolvable, "parsing pod: "+why)
	}
	s := &affinityFilterState{
		affinity:         ownTerms(pod.Terms.Required, pod.Pod, pl.objects),
		anti:             ownTerms(pod.Terms.AntiRequired, pod.Pod, pl.objects),
		namespaceLabels:  pl.namespaceLabels(pod.Pod.Namespace),
		matchingAffinity: pairCounts{}, matchingAnti: pairCounts{}, existingAnti: pairCounts{},
	}
	s.self = selectedByAll(s.affinity, pod.Pod)
	for _, node := range snapshot.WithRequiredAnti {
		for _, existing := range node.WithRequiredAnti {
			s.countExisting(pod.Pod, existing, node.Node, 1)
		}
	}
	if len(s.affinity)+len(s.anti) > 0 {
		for _, node := range snapshot.Nodes {
			for _, existing := range node.Pods {
				s.countOwn(existing.Pod, node.Node, 1)
			}
		}
	} else if len(s.existingAnti) == 0 {
		return nil, nil, pl.skip
	}
	return s, nil, nil
}

func (pl *interPodAffinity) namespaceLabels(name string) map[string]string {
	if namespace := pl.objects.Namespace(name); namespace != nil {
		return namespace.Labels
	}
	return nil
}

// countExisting counts the anti-affinity terms of an existing pod that select the pod.
func (s *affinityFilterState) countExisting(pod *model.Pod, existing *framework.PodInfo, node *model.Node, by int64) {
	terms := existing.Terms.AntiRequired
	for i := range terms {
		if termSelects(&terms[i], existing.Pod, pod, s.namespaceLabels) {
			s.existingAnti.add(node, terms[i].TopologyKey, by)
		}
	}
}

// countOwn counts the pod's own terms that select an existing pod: affinity terms only together.
func (s *affinityFilterState) countOwn(existing *model.Pod, node *model.Node, by int64) {
	if selectedByAll(s.affinity, existing) {
		for i := range s.affinity {
			s.matchingAffinity.add(node, s.affinity[i].topologyKey, by)
		}
	}
	for i := range s.anti {
		if s.anti[i].selects(existing) {
			s.matchingAnti.add(node, s.anti[i].topologyKey, by)
		}
	}
}

// CloneState copies what AddPod and RemovePod change.
func (*interPodAffinity) CloneState(state any) any {
	c := *state.(*affinityFilterState)
	c.matchingAffinity = maps.Clone(c.matchingAffinity)
	c.matchingAnti = maps.Clone(c.matchingAnti)
	c.existingAnti = maps.Clone(c.existingAnti)
	return &c
}

// AddPod counts a pod in, in both directions.
func (*interPodAffinity) AddPod(state any, pod, added *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	s := state.(*affinityFilterState)
	s.countExisting(pod.Pod, added, node.Node, 1)
	s.countOwn(added.Pod, node.Node, 1)
	return nil
}

// RemovePod counts a pod out, in both directions.
func (*interPodAffinity) RemovePod(state any, pod, removed *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	s := state.(*affinityFilterState)
	s.countExisting(pod.Pod, removed, node.Node, -1)
	s.countOwn(removed.Pod, node.Node, -1)
	return nil
}

// Filter checks affinity, then the pod's anti-affinity, then that of the pods which are there.
func (pl *interPodAffinity) Filter(state any, _ *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	s, ok := state.(*affinityFilterState)
	if !ok {
		return missingState(InterPodAffinity, "error reading", "PreFilter")
	}
	labels := node.Node.Labels
	switch {
	case !s.allowsAffinity(labels):
		return pl.unmet
	case s.conflictsAnti(labels):
		return pl.unwanted
	case s.conflictsExisting(labels):
		return pl.unwelcome
	}
	return nil
}

// allowsAffinity says whether every term finds a pod in the node's domain. Where nothing in the cluster
// matches, a pod that matches its own terms may be the first, on any node that has the keys.
// Source: kubernetes v1.37.2 interpodaffinity/filtering.go nodeTopologyMatchesAffinity, satisfiesSelfAffinityCheck.
func (s *affinityFilterState) allowsAffinity(labels map[string]string) bool {
	found := true
	for i := range s.affinity {
		key := s.affinity[i].topologyKey
		value, ok := labels[key]
		if !ok {
			return false
		}
		if s.matchingAffinity[topologyPair{key, value}] <= 0 {
			found = false
		}
	}
	return found || len(s.matchingAffinity) == 0 && s.self
}

func (s *affinityFilterState) conflictsAnti(labels map[string]string) bool {
	if len(s.matchingAnti) == 0 {
		return false
	}
	for i := range s.anti {
		key := s.anti[i].topologyKey
		if value, ok := labels[key]; ok && s.matchingAnti[topologyPair{key, value}] > 0 {
			return true
		}
	}
	return false
}

func (s *affinityFilterState) conflictsExisting(labels map[string]string) bool {
	if len(s.existingAnti) == 0 {
		return false
	}
	for key, value := range labels {
		if s.existingAnti[topologyPair{key, value}] > 0 {
			return true
		}
	}
	return false
}
