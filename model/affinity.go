package model

// Affinity is where a pod wants to be, relative to nodes and to other pods.
type Affinity struct {
	NodeRequired  *NodeSelector // nil when absent
	NodePreferred []PreferredNodeTerm

	PodRequired      []PodAffinityTerm
	PodPreferred     []WeightedPodAffinityTerm
	PodAntiRequired  []PodAffinityTerm
	PodAntiPreferred []WeightedPodAffinityTerm
}

// PreferredNodeTerm adds Weight (1–100) to the score of nodes that match the term.
type PreferredNodeTerm struct {
	Weight int32
	Term   NodeSelectorTerm
}

// PodAffinityTerm selects pods and the topology in which they count.
type PodAffinityTerm struct {
	// Selector already holds what matchLabelKeys and mismatchLabelKeys add at pod creation.
	Selector *Selector
	// Namespaces as written; both empty and NamespaceSelector nil means the pod's own namespace.
	Namespaces        []string
	NamespaceSelector *Selector
	TopologyKey       string
	MatchLabelKeys    []string
	MismatchLabelKeys []string
	// Invalid carries the parse error of a selector that the scheduler cannot use ("" when it can).
	Invalid string
}

// WeightedPodAffinityTerm is a term with a weight of 1–100.
type WeightedPodAffinityTerm struct {
	Weight int32
	Term   PodAffinityTerm
}

// WhenUnsatisfiable says whether a spread constraint filters or only scores.
type WhenUnsatisfiable string

// The two ways to treat a spread constraint.
const (
	DoNotSchedule  WhenUnsatisfiable = "DoNotSchedule"
	ScheduleAnyway WhenUnsatisfiable = "ScheduleAnyway"
)

// TopologySpreadConstraint spreads matching pods over the domains of a topology.
type TopologySpreadConstraint struct {
	MaxSkew           int32
	TopologyKey       string
	WhenUnsatisfiable WhenUnsatisfiable
	// Selector already holds what matchLabelKeys adds at pod creation; nil matches nothing.
	Selector       *Selector
	MinDomains     *int32 // nil counts as 1
	MatchLabelKeys []string
	// HonorAffinity and HonorTaints are nodeAffinityPolicy (default Honor) and nodeTaintsPolicy (default Ignore).
	HonorAffinity bool
	HonorTaints   bool
	// Invalid carries the parse error of a selector that the scheduler cannot use ("" when it can).
	Invalid string
}
