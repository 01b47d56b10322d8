// Package mutants makes deliberate mistakes in this project's plugins, one at a time, to prove that
// the comparison with the real scheduler can fail: each must be noticed within a few random cases.
package mutants

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// change is what a mutant does to a plugin's answers; what is nil stays as it is.
type change struct {
	preEnqueue func(*framework.Status) *framework.Status
	subset     func(*framework.NodeNames) *framework.NodeNames
	filter     func(*framework.Status, *framework.PodInfo, *framework.NodeInfo) *framework.Status
	score      func(int64, *framework.PodInfo, *framework.NodeInfo) int64
	normalize  func(scores []int64)
	postFilter func(*framework.PostFilterResult)
	// frozen does not keep PreFilter's state true while pods come and go on trial.
	frozen bool
}

// The parts of a wrapped plugin. Each has the method of one interface.
type (
	named        struct{ name string }
	preEnqueuing struct {
		inner framework.PreEnqueuePlugin
		*change
	}
	preFiltering struct {
		inner framework.PreFilterPlugin
		*change
	}
	extending struct {
		framework.PreFilterExtensions
		*change
	}
	filtering struct {
		inner framework.FilterPlugin
		*change
	}
	postFiltering struct {
		inner framework.PostFilterPlugin
		*change
	}
	preScoring struct{ inner framework.PreScorePlugin }
	scoring    struct {
		inner framework.ScorePlugin
		*change
	}
	normalizing struct {
		inner framework.NormalizeScorePlugin
		*change
	}
)

func (n named) Name() string { return n.name }

func (p preEnqueuing) PreEnqueue(pod *model.Pod) *framework.Status {
	status := p.inner.PreEnqueue(pod)
	if p.preEnqueue != nil {
		status = p.preEnqueue(status)
	}
	return status
}

func (p preFiltering) PreFilter(pod *framework.PodInfo, s *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	state, subset, status := p.inner.PreFilter(pod, s)
	if p.subset != nil {
		subset = p.subset(subset)
	}
	return state, subset, status
}

func (p extending) AddPod(state any, pod, added *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if p.frozen {
		return nil
	}
	return p.PreFilterExtensions.AddPod(state, pod, added, node)
}

func (p extending) RemovePod(state any, pod, removed *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	if p.frozen {
		return nil
	}
	return p.PreFilterExtensions.RemovePod(state, pod, removed, node)
}

func (p filtering) Filter(state any, pod *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	status := p.inner.Filter(state, pod, node)
	if p.filter != nil {
		status = p.filter(status, pod, node)
	}
	return status
}

func (p postFiltering) PostFilter(pod *framework.PodInfo, trial framework.Trial) (*framework.PostFilterResult, *framework.Status) {
	result, status := p.inner.PostFilter(pod, trial)
	if p.postFilter != nil && result != nil {
		p.postFilter(result)
	}
	return result, status
}

func (p preScoring) PreScore(preFilter any, pod *framework.PodInfo, nodes []*framework.NodeInfo) (any, *framework.Status) {
	return p.inner.PreScore(preFilter, pod, nodes)
}

func (p scoring) Score(state any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	score, status := p.inner.Score(state, pod, node)
	if p.score != nil {
		score = p.score(score, pod, node)
	}
	return score, status
}

func (p normalizing) NormalizeScore(state any, pod *framework.PodInfo, nodes []*framework.NodeInfo, scores []int64) *framework.Status {
	status := p.inner.NormalizeScore(state, pod, nodes, scores)
	if p.normalize != nil {
		p.normalize(scores)
	}
	return status
}

// wrap is the plugin with its answers changed. A wrapped plugin is at no extension point at which the
// plugin is not, so there is a type for each set of them.
func wrap(pl framework.Plugin, c *change) framework.Plugin {
	n := named{pl.Name()}
	preEnqueue, _ := pl.(framework.PreEnqueuePlugin)
	preFilter, _ := pl.(framework.PreFilterPlugin)
	extensions, _ := pl.(framework.PreFilterExtensions)
	filter, _ := pl.(framework.FilterPlugin)
	postFilter, _ := pl.(framework.PostFilterPlugin)
	preScore, _ := pl.(framework.PreScorePlugin)
	score, _ := pl.(framework.ScorePlugin)
	normalizer, _ := pl.(framework.NormalizeScorePlugin)
	preBind, _ := pl.(framework.PreBindWriter)

	filters := filters{n, preFiltering{preFilter, c}, filtering{filter, c}}
	scores := scores{n, preScoring{preScore}, scoring{score, c}}
	switch {
	case postFilter != nil:
		return preempting{n, preEnqueuing{preEnqueue, c}, postFiltering{postFilter, c}}
	case preEnqueue != nil:
		return gating{n, preEnqueuing{preEnqueue, c}}
	case preBind != nil:
		return binding{n, filters, scores, reserving{pl.(framework.ReservePlugin)}, preparing{preBind}}
	case normalizer != nil && extensions != nil:
		return domains{n, filters, scores, normalizing{normalizer, c}, extending{extensions, c}}
	case normalizer != nil:
		return normalized{n, filters, scores, normalizing{normalizer, c}}
	case filter != nil && score != nil:
		return both{n, filters, scores}
	case filter != nil && extensions != nil:
		return extended{n, filters, extending{extensions, c}}
	case filter != nil:
		return filters
	case preScore != nil:
		return scores
	case score != nil:
		return scorer{n, scoring{score, c}}
	}
	panic(fmt.Sprintf("%s has no point at which it could be changed", pl.Name()))
}
