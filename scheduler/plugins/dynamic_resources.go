package plugins

import "towtank.dev/towtank/scheduler/framework"

// dynamicResources does nothing for pods without resource claims, and there are no others here. What it
// does to them shows: after a cycle that ended before its PreFilter it fails, and nothing that follows
// it makes room for the pod.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go PreFilter, PostFilter.
type dynamicResources struct{ skip, nothing, stateless *framework.Status }

var (
	_ framework.PreFilterPlugin   = (*dynamicResources)(nil)
	_ framework.FilterPlugin      = (*dynamicResources)(nil)
	_ framework.ScorePlugin       = (*dynamicResources)(nil)
	_ framework.PostFilterPlugin  = (*dynamicResources)(nil)
	_ framework.EnqueueExtensions = (*dynamicResources)(nil)
)

func newDynamicResources(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &dynamicResources{
		skip:      framework.NewStatus(DynamicResources, framework.Skip),
		nothing:   framework.NewStatus(DynamicResources, framework.Unschedulable),
		stateless: framework.NewStatus(DynamicResources, framework.Error, "not found"),
	}, nil
}

// Name is DynamicResources.
func (*dynamicResources) Name() string { return DynamicResources }

// noResourceClaims is the state of every cycle that gets as far as this plugin.
type noResourceClaims struct{}

// PreFilter skips all pods, and leaves a state.
func (pl *dynamicResources) PreFilter(*framework.PodInfo, *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	return noResourceClaims{}, nil, pl.skip
}

// Idle is true of all pods.
func (*dynamicResources) Idle(*framework.PodInfo) (any, bool) { return noResourceClaims{}, true }

// Filter is not asked: PreFilter skips.
func (*dynamicResources) Filter(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	return nil
}

// Score is 0: no claim has alternatives.
func (*dynamicResources) Score(any, *framework.PodInfo, *framework.NodeInfo) (int64, *framework.Status) {
	return 0, nil
}

// PostFilter has no claims to free. It fails when PreFilter has not been run.
func (pl *dynamicResources) PostFilter(_ *framework.PodInfo, trial framework.Trial) (*framework.PostFilterResult, *framework.Status) {
	if trial.State(DynamicResources) == nil {
		return nil, pl.stateless
	}
	return nil, pl.nothing
}

// EventsToRegister is none: this plugin rejects no pod.
func (*dynamicResources) EventsToRegister() []framework.EventWithHint { return nil }
