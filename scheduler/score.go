package scheduler

import (
	"fmt"

	"towtank.dev/towtank/scheduler/framework"
)

// prioritize fills totals for the feasible nodes. A status is an error that ends the cycle.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go prioritizeNodes.
func (c *Core) prioritize() *framework.Status {
	s := &c.cycle
	s.totals = zeroed(s.totals, len(s.feasible))
	if len(s.profile.score) == 0 {
		for i := range s.totals {
			s.totals[i] = 1
		}
		return nil
	}
	if status := c.preScore(); !status.OK() {
		return status
	}
	for i := range s.profile.score {
		if pl := s.profile.score[i]; !s.skipScore[pl.slot] {
			s.scorers = append(s.scorers, pl)
		}
	}
	if status := c.rawScores(); !status.OK() {
		return status
	}
	for i := range s.scorers {
		if status := c.addScores(i); !status.OK() {
			return status
		}
	}
	return nil
}

// preScore runs the PreScore plugins.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go RunPreScorePlugins.
func (c *Core) preScore() *framework.Status {
	s := &c.cycle
	for i := range s.profile.preScore {
		pl := &s.profile.preScore[i]
		state, status := pl.PreScore(s.preFilterStates[pl.slot], s.pod, s.feasible)
		s.preScoreStates[pl.slot] = state
		switch {
		case status.Skipped():
			s.skipScore[pl.slot] = true
		case !status.OK():
			return framework.NewStatus("", framework.Error, fmt.Sprintf("running PreScore plugin %q: %s", pl.Name(), status.Message()))
		}
	}
	return nil
}

// rawScores asks the scorers about every feasible node, node by node.
func (c *Core) rawScores() *framework.Status {
	s := &c.cycle
	for len(s.raw) < len(s.scorers) {
		s.raw = append(s.raw, nil)
	}
	for i := range s.scorers {
		s.raw[i] = zeroed(s.raw[i], len(s.feasible))
	}
	for n, node := range s.feasible {
		for i := range s.scorers {
			pl := &s.scorers[i]
			score, status := pl.Score(s.preScoreStates[pl.slot], s.pod, node)
			if !status.OK() {
				return framework.NewStatus("", framework.Error, fmt.Sprintf("running Score plugins: plugin %q failed with: %s", pl.Name(), status.Message()))
			}
			s.raw[i][n] = score
		}
	}
	return nil
}

// addScores normalises the scores of one scorer and adds them, weighted, to the totals.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go normalizeScores.
func (c *Core) addScores(scorer int) *framework.Status {
	s := &c.cycle
	pl := &s.scorers[scorer]
	scores := s.raw[scorer]
	if pl.normalizer != nil {
		if cap(s.scores) < len(scores) {
			s.scores = make([]int64, 0, 2*len(scores))
		}
		s.scores = append(s.scores[:0], scores...)
		scores = s.scores
		if status := pl.normalizer.NormalizeScore(s.preScoreStates[pl.slot], s.pod, s.feasible, scores); !status.OK() {
			return framework.NewStatus("", framework.Error, fmt.Sprintf("running Normalize on Score plugins: plugin %q failed with: %s", pl.Name(), status.Message()))
		}
	}
	for i, score := range scores {
		if score < framework.MinNodeScore || score > framework.MaxNodeScore {
			return framework.NewStatus("", framework.Error, fmt.Sprintf("applying score defaultWeights on Score plugins: plugin %q returns an invalid score %v, it should in the range of [%v, %v] after normalizing", pl.Name(), score, framework.MinNodeScore, framework.MaxNodeScore))
		}
		s.totals[i] += score * pl.weight
	}
	if c.detail != nil {
		c.detail.addScores(pl, s.raw[scorer], scores)
	}
	return nil
}
