package plugins

import "testing"

func TestHowManyCandidatesAreWorkedOut(t *testing.T) {
	share := func(percentage, absolute int32) *DefaultPreemptionArgs {
		return &DefaultPreemptionArgs{MinCandidateNodesPercentage: &percentage, MinCandidateNodesAbsolute: &absolute}
	}
	for _, c := range []struct {
		name    string
		args    *DefaultPreemptionArgs
		nodes   int
		every   bool
		atLeast int
	}{
		{"a hundred, unless there are fewer", nil, 60, false, 60},
		// 10 % of 500 are 50.
		{"a hundred, when a tenth is less", nil, 500, false, 100},
		{"a tenth, when that is more", nil, 5000, false, 500},
		// 7 % of 30 are 2.1.
		{"a share is cut", share(7, 1), 30, false, 2},
		{"all when every candidate is asked for", share(7, 1), 30, true, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t)
			b.handle.EveryCandidate = c.every
			args := c.args
			if args == nil {
				args = &DefaultPreemptionArgs{}
			}
			if got := b.plugin(DefaultPreemption, args).(*defaultPreemption).wanted(c.nodes); got != c.atLeast {
				t.Errorf("got %d, want %d", got, c.atLeast)
			}
		})
	}
}
