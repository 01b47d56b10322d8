package scheduler

import (
	"slices"

	"towtank.dev/towtank/scheduler/framework"
)

// unprepared is a scorer in a profile that does not have it at PreScore.
type unprepared struct {
	framework.ScorePlugin
	scorer framework.UnpreparedScorer
}

// Score is the plugin's score without what PreScore leaves it.
func (u unprepared) Score(_ any, pod *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	return u.scorer.ScoreUnprepared(pod, node)
}

// prepares says whether each filter and scorer is also asked at the point before, if it has one. A
// profile may leave that out: the plugins then fail, or work out anew what they miss, which is left to
// the naive runtime.
func (p *profile) prepares() bool {
	for _, e := range p.filter {
		if _, has := e.FilterPlugin.(framework.PreFilterPlugin); has && !p.preFilters(e.slot) {
			return false
		}
	}
	for _, e := range p.score {
		if _, has := p.all[e.slot].(framework.PreScorePlugin); has && !p.preScores(e.slot) {
			return false
		}
	}
	return true
}

func (p *profile) preFilters(slot int) bool {
	return slices.ContainsFunc(p.preFilter, func(e preFilterEntry) bool { return e.slot == slot })
}

func (p *profile) preScores(slot int) bool {
	return slices.ContainsFunc(p.preScore, func(e preScoreEntry) bool { return e.slot == slot })
}
