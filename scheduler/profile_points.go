package scheduler

import "towtank.dev/towtank/scheduler/framework"

// The functions below put a plugin at one extension point and say whether it belongs there.

func (b *builder) addPreEnqueue(pl framework.Plugin, _ int) bool {
	p, ok := pl.(framework.PreEnqueuePlugin)
	if ok {
		b.preEnqueue = append(b.preEnqueue, p)
	}
	return ok
}

func (b *builder) addQueueSort(pl framework.Plugin, _ int) bool {
	p, ok := pl.(framework.QueueSortPlugin)
	if ok {
		b.queueSort = append(b.queueSort, p)
	}
	return ok
}

func (b *builder) addPreFilter(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.PreFilterPlugin)
	if ok {
		extensions, _ := pl.(framework.PreFilterExtensions)
		b.preFilter = append(b.preFilter, preFilterEntry{p, slot, extensions})
	}
	return ok
}

func (b *builder) addFilter(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.FilterPlugin)
	if ok {
		b.filter = append(b.filter, filterEntry{p, slot})
	}
	return ok
}

func (b *builder) addPostFilter(pl framework.Plugin, _ int) bool {
	p, ok := pl.(framework.PostFilterPlugin)
	if ok {
		b.postFilter = append(b.postFilter, p)
	}
	return ok
}

func (b *builder) addPreScore(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.PreScorePlugin)
	if ok {
		b.preScore = append(b.preScore, preScoreEntry{p, slot})
	}
	return ok
}

func (b *builder) addScore(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.ScorePlugin)
	if ok {
		normalizer, _ := pl.(framework.NormalizeScorePlugin)
		if u, ok := pl.(framework.UnpreparedScorer); ok && !b.preScores(slot) {
			p = unprepared{p, u}
		}
		b.score = append(b.score, scoreEntry{p, slot, b.weights[pl.Name()], normalizer})
	}
	return ok
}

func (b *builder) addReserve(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.ReservePlugin)
	if ok {
		b.reserve = append(b.reserve, reserveEntry{p, slot})
	}
	return ok
}

func (b *builder) addPermit(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.PermitPlugin)
	if ok {
		b.permit = append(b.permit, permitEntry{p, slot})
	}
	return ok
}

func (b *builder) addPreBind(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.PreBindPlugin)
	if ok {
		b.preBind = append(b.preBind, preBindEntry{p, slot})
	}
	return ok
}

func (b *builder) addBind(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.BindPlugin)
	if ok {
		b.bind = append(b.bind, bindEntry{p, slot})
	}
	return ok
}

func (b *builder) addPostBind(pl framework.Plugin, slot int) bool {
	p, ok := pl.(framework.PostBindPlugin)
	if ok {
		b.postBind = append(b.postBind, postBindEntry{p, slot})
	}
	return ok
}
