package framework

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// MaxNodeScore is the most a plugin may give a node after normalising; MinNodeScore the least.
const (
	MinNodeScore = 0
	MaxNodeScore = 100
)

// Plugin is anything with a name under which it is configured. A plugin implements those of the
// interfaces below at which it has something to say.
type Plugin interface {
	Name() string
}

// PreEnqueuePlugin may keep a pod out of the active queue: any status but Success gates it.
type PreEnqueuePlugin interface {
	Plugin
	PreEnqueue(pod *model.Pod) *Status
}

// QueueSortPlugin orders the active queue. Times are when the pods came (back) to the queue.
type QueueSortPlugin interface {
	Plugin
	Less(a *model.Pod, aTime sim.Time, b *model.Pod, bTime sim.Time) bool
}

// PreFilterPlugin looks at a pod once before nodes are filtered.
//
// The state it returns comes back as the first argument of Filter, PreScore, Reserve, Permit and
// PreBind of the same plugin in the same cycle. A non-nil subset names the only nodes worth looking at.
// Skip takes the plugin out of Filter for this pod; a rejection or Error ends the cycle.
type PreFilterPlugin interface {
	Plugin
	PreFilter(pod *PodInfo, snapshot *Snapshot) (state any, subset *NodeNames, status *Status)
}

// PreFilterExtensions is implemented by PreFilter plugins whose state depends on the pods on nodes.
// It keeps the state true while pods are added and removed on trial (nominated pods, preemption).
type PreFilterExtensions interface {
	// CloneState returns a copy that can be changed without touching the original.
	CloneState(state any) any
	AddPod(state any, pod, added *PodInfo, node *NodeInfo) *Status
	RemovePod(state any, pod, removed *PodInfo, node *NodeInfo) *Status
}

// FilterPlugin says whether a pod can run on a node.
type FilterPlugin interface {
	Plugin
	Filter(state any, pod *PodInfo, node *NodeInfo) *Status
}

// PostFilterPlugin is asked when no node is feasible; the first that succeeds ends the round.
type PostFilterPlugin interface {
	Plugin
	PostFilter(pod *PodInfo, trial Trial) (*PostFilterResult, *Status)
}

// PostFilterResult is what a PostFilter plugin proposes.
type PostFilterResult struct {
	// NominatedNode is the node the pod is nominated to; "" clears the nomination.
	NominatedNode string
	// Victims are pods to be evicted so that the pod fits there, the most important first.
	Victims []*model.Pod
	// Candidates are all nodes that were found, Best those that nothing but chance decides between; for
	// explanations.
	Candidates, Best []Candidate
}

// Trial lets a PostFilter plugin ask what-if questions about the cycle that failed.
type Trial interface {
	Snapshot() *Snapshot
	// Status is the node's verdict of the failed cycle.
	Status(node *NodeInfo) *Status
	// State is what a plugin's PreFilter returned, nil when it returned nothing or was not run.
	State(plugin string) any
	// Begin makes a private copy of the node and of all PreFilter states.
	Begin(node *NodeInfo) TrialNode
}

// TrialNode is a node on which pods can be added and removed without consequence.
type TrialNode interface {
	Node() *NodeInfo
	Add(pod *PodInfo) *Status
	Remove(pod *PodInfo) *Status
	// Filter runs all filters, with nominated pods counted as the scheduling cycle counts them.
	Filter() *Status
}

// TrialEnder is implemented by trial nodes whose memory serves the next one. A plugin that ends a trial
// node keeps nothing of it.
type TrialEnder interface{ End() }

// PreScorePlugin looks at the feasible nodes once before they are scored. preFilter is the state the
// plugin returned from PreFilter (nil when it has none); the state returned here comes back in Score
// and NormalizeScore. Skip takes the plugin out of scoring for this pod.
type PreScorePlugin interface {
	Plugin
	PreScore(preFilter any, pod *PodInfo, nodes []*NodeInfo) (state any, status *Status)
}

// ScorePlugin ranks a feasible node; without normalising the score lies within 0–100.
type ScorePlugin interface {
	Plugin
	Score(state any, pod *PodInfo, node *NodeInfo) (int64, *Status)
}

// UnpreparedScorer is implemented by Score plugins that score otherwise in a profile which does not
// have them at PreScore.
type UnpreparedScorer interface {
	ScoreUnprepared(pod *PodInfo, node *NodeInfo) (int64, *Status)
}

// NormalizeScorePlugin brings the raw scores of all feasible nodes into 0–100, in place.
type NormalizeScorePlugin interface {
	ScorePlugin
	NormalizeScore(state any, pod *PodInfo, nodes []*NodeInfo, scores []int64) *Status
}

// ReservePlugin keeps account of what a placed pod holds. Unreserve is called for every reserve plugin
// when a later step fails, in reverse order, and must not fail.
type ReservePlugin interface {
	Plugin
	Reserve(state any, pod *PodInfo, node *NodeInfo) *Status
	Unreserve(state any, pod *PodInfo, node *NodeInfo)
}

// PermitPlugin may deny a placed pod, or let it wait for at most the timeout.
type PermitPlugin interface {
	Plugin
	Permit(state any, pod *PodInfo, node *NodeInfo) (status *Status, timeout time.Duration)
}

// PreBindPlugin prepares a binding. PreBindPreFlight says beforehand, without side effects, whether
// there is anything to prepare (Skip: nothing).
type PreBindPlugin interface {
	Plugin
	PreBindPreFlight(state any, pod *PodInfo, node *NodeInfo) *Status
	PreBind(state any, pod *PodInfo, node *NodeInfo) *Status
}

// PreBindWriter is implemented by PreBind plugins for which objects are to be written before the pod is
// bound.
type PreBindWriter interface {
	PreBindPlugin
	// PreBindWrites are those objects as they should be, with the resource versions they were read at.
	PreBindWrites(state any) []model.Object
	// PreBindDone says whether what was written has taken effect, as far as has been heard; a status says
	// that it will not. It is to be asked once a second for PreBindTimeout at most.
	PreBindDone(state any, node string) (bool, *Status)
	PreBindTimeout() time.Duration
}

// BindPlugin decides who writes the binding: the first that does not return Skip has bound the pod.
// The write itself is the caller's: a scheduler is a pure state machine.
type BindPlugin interface {
	Plugin
	Bind(state any, pod *PodInfo, node *NodeInfo) *Status
}

// PostBindPlugin is told of every successful binding.
type PostBindPlugin interface {
	Plugin
	PostBind(state any, pod *PodInfo, node *NodeInfo)
}
