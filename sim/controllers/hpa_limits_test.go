package controllers

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// upDefault and downDefault are the rules that the API server fills in beside others.
func upDefault() *model.ScalingRules {
	return &model.ScalingRules{StabilizationWindowSeconds: new(int32), SelectPolicy: "Max",
		Policies: []model.ScalingPolicy{{Type: "Pods", Value: 4, PeriodSeconds: 15}, {Type: "Percent", Value: 100, PeriodSeconds: 15}}}
}

func downDefault() *model.ScalingRules {
	return &model.ScalingRules{SelectPolicy: "Max", Policies: []model.ScalingPolicy{{Type: "Percent", Value: 100, PeriodSeconds: 15}}}
}

// rules are those of one direction.
func rules(selects string, policies ...model.ScalingPolicy) *model.ScalingRules {
	return &model.ScalingRules{SelectPolicy: selects, Policies: policies}
}

func TestWithoutRulesPodsDoubleAtMost(t *testing.T) {
	h := &model.HorizontalPodAutoscaler{MinReplicas: 2, MaxReplicas: 20}
	for _, c := range []struct {
		name             string
		current, desired int32
		want             int32
		reason           string
	}{
		{"between the bounds the number stays", 5, 7, 7, "DesiredWithinRange"},
		// max(2·5, 4) = 10 < 12.
		{"more than twice as many is too fast", 5, 12, 10, "ScaleUpLimit"},
		// max(2·1, 4) = 4.
		{"four are always allowed", 1, 9, 4, "ScaleUpLimit"},
		// max(2·0, 4) = 4: from nothing too.
		{"also from none", 0, 9, 4, "ScaleUpLimit"},
		// max(2·15, 4) = 30 > 20.
		{"the maximum comes first", 15, 40, 20, "TooManyReplicas"},
		{"a maximum equal to the limit is the maximum", 10, 40, 20, "TooManyReplicas"},
		{"the minimum is kept", 5, 1, 2, "TooFewReplicas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := limitPlainly(h, c.current, c.desired); got.replicas != c.want || got.reason != c.reason {
				t.Errorf("%d because of %s, want %d because of %s", got.replicas, got.reason, c.want, c.reason)
			}
		})
	}
}

func TestRulesLimitHowFastPodsChange(t *testing.T) {
	const now = 1000
	ago := func(s int) sim.Time { return sim.At(time.Duration(now-s) * time.Second) }
	pods := func(value, period int32) model.ScalingPolicy {
		return model.ScalingPolicy{Type: "Pods", Value: value, PeriodSeconds: period}
	}
	percent := func(value, period int32) model.ScalingPolicy {
		return model.ScalingPolicy{Type: "Percent", Value: value, PeriodSeconds: period}
	}
	for _, c := range []struct {
		name             string
		up, down         *model.ScalingRules
		scaling          scaling
		current, desired int32
		want             int32
		reason           string
	}{
		// max(3+4, ⌈3·2⌉) = 7.
		{"by default four more", upDefault(), downDefault(), scaling{}, 3, 30, 7, "ScaleUpLimit"},
		// max(10+4, 20) = 20.
		{"or twice as many", upDefault(), downDefault(), scaling{}, 10, 30, 20, "ScaleUpLimit"},
		// 8 − 4 added in the last 15 s = 4 at the start of the period; max(4+4, 8) = 8.
		{"what was added in the period counts", upDefault(), downDefault(), scaling{up: []dated{{ago(14), 4}}}, 8, 30, 8, "ScaleUpLimit"},
		// It lies on the edge of the period, which does not belong to it: max(8+4, 16) = 16.
		{"not at its very start", upDefault(), downDefault(), scaling{up: []dated{{ago(15), 4}}}, 8, 30, 16, "ScaleUpLimit"},
		// 8 + 6 removed = 14 at the start; max(18, 28) = 28.
		{"what was removed in the period counts the other way", upDefault(), downDefault(), scaling{down: []dated{{ago(5), 6}}}, 8, 40, 28, "ScaleUpLimit"},
		// 10 − 8 = 2 at the start; max(2+4, 4) = 6 < 10: nothing more for now, but no way down either.
		{"a limit below what there is holds it", upDefault(), downDefault(), scaling{up: []dated{{ago(5), 8}}}, 10, 30, 10, "ScaleUpLimit"},
		// min(10+4, ⌈10·1.1⌉ = 11) = 11.
		{"the least change where that is selected", rules("Min", pods(4, 60), percent(10, 60)), downDefault(), scaling{}, 10, 30, 11, "ScaleUpLimit"},
		// ⌈3·1.1⌉ = ⌈3.3⌉ = 4: a share is rounded up, or there would be no way up.
		{"shares are rounded up on the way up", rules("Max", percent(10, 60)), downDefault(), scaling{}, 3, 30, 4, "ScaleUpLimit"},
		{"the maximum comes first", upDefault(), downDefault(), scaling{}, 40, 70, 50, "TooManyReplicas"},
		{"no way up where that is disabled", rules("Disabled", pods(4, 60)), downDefault(), scaling{}, 3, 30, 3, "ScaleUpLimit"},
		{"by default all of them down to the minimum", upDefault(), downDefault(), scaling{}, 30, 1, 2, "TooFewReplicas"},
		// int(25·0.9) = int(22.5) = 22.
		{"shares are rounded down on the way down", upDefault(), rules("Max", percent(10, 60)), scaling{}, 25, 1, 22, "ScaleDownLimit"},
		// min(25−4, 22) = 21: the largest change is the smallest number.
		{"the largest change is the smallest number", upDefault(), rules("Max", pods(4, 60), percent(10, 60)), scaling{}, 25, 1, 21, "ScaleDownLimit"},
		// max(25−4, 22) = 22.
		{"and the least the largest", upDefault(), rules("Min", pods(4, 60), percent(10, 60)), scaling{}, 25, 1, 22, "ScaleDownLimit"},
		// 21 + 4 removed in the last minute = 25 at its start; 25 − 4 = 21.
		{"what was removed counts", upDefault(), rules("Max", pods(4, 60)), scaling{down: []dated{{ago(59), 4}}}, 21, 1, 21, "ScaleDownLimit"},
		{"no way down where that is disabled", upDefault(), rules("Disabled"), scaling{}, 21, 1, 21, "ScaleDownLimit"},
		{"what is allowed is done", upDefault(), downDefault(), scaling{}, 10, 12, 12, "DesiredWithinRange"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &model.HorizontalPodAutoscaler{MinReplicas: 2, MaxReplicas: 50, ScaleUp: c.up, ScaleDown: c.down}
			if got := c.scaling.limitBy(ago(0), h, c.current, c.desired); got.replicas != c.want || got.reason != c.reason {
				t.Errorf("%d because of %s, want %d because of %s", got.replicas, got.reason, c.want, c.reason)
			}
		})
	}
}

func TestRecommendationsAreStabilised(t *testing.T) {
	at := func(s int) sim.Time { return sim.At(time.Duration(s) * time.Second) }
	var s scaling
	// Without rules: the highest of the last 300 s, both ends included.
	for _, step := range []struct {
		second        int
		desired, want int32
	}{{0, 9, 9}, {15, 4, 9}, {300, 3, 9}, {301, 2, 4}, {315, 1, 4}, {316, 1, 3}, {601, 1, 2}, {602, 1, 1}} {
		if got := s.stabilise(at(step.second), step.desired); got != step.want {
			t.Errorf("at %d s: %d of a recommendation of %d, want %d", step.second, got, step.desired, step.want)
		}
	}
	if n := len(s.recommended); n > 6 {
		t.Errorf("%d recommendations are kept of 8, want those replaced that are old", n)
	}
	// With rules: up by the lowest of 60 s, down by the highest of 120 s; the current number between them stays.
	window := func(r *model.ScalingRules, seconds int32) *model.ScalingRules {
		r.StabilizationWindowSeconds = &seconds
		return r
	}
	h := &model.HorizontalPodAutoscaler{ScaleUp: window(upDefault(), 60), ScaleDown: window(downDefault(), 120)}
	s = scaling{}
	for _, step := range []struct {
		second                 int
		current, desired, want int32
	}{
		{0, 4, 4, 4}, {15, 4, 10, 4}, // 4 was recommended 15 s ago: no way up
		{59, 4, 8, 4}, {60, 4, 9, 8}, // the first 4 is 60 s old now and counts no more: the lowest are 10, 8, 9
		{75, 8, 2, 8}, // the highest of 120 s is 10, above what there is
		{179, 8, 2, 8}, {180, 8, 2, 2},
	} {
		if got := s.stabiliseBy(at(step.second), h, step.current, step.desired); got != step.want {
			t.Errorf("at %d s: %d of %d, want %d", step.second, got, step.desired, step.want)
		}
	}
}

func TestChangesAreKeptForTheLongestPeriod(t *testing.T) {
	at := func(s int) sim.Time { return sim.At(time.Duration(s) * time.Second) }
	h := &model.HorizontalPodAutoscaler{ScaleUp: upDefault(), ScaleDown: downDefault()}
	var s scaling
	s.scaled(at(0), h, 1, 5)
	s.scaled(at(15), h, 5, 9) // the first change is 15 s old, not more: it stays
	s.scaled(at(16), h, 9, 3)
	s.scaled(at(31), h, 3, 8) // the changes of 0 s and of 15 s are old; the last of them gives way
	if len(s.up) != 2 || s.up[1] != (dated{at(31), 5}) || len(s.down) != 1 || s.down[0].n != 6 {
		t.Errorf("up %v, down %v", s.up, s.down)
	}
	var none scaling
	none.scaled(at(0), &model.HorizontalPodAutoscaler{}, 1, 5)
	if none.up != nil {
		t.Errorf("without rules nobody asks for %v", none.up)
	}
}
