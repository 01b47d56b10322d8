package controllers

import (
	"math"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// downscaleStabilisation is for how long a higher recommendation holds where nothing else is said.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/config/v1alpha1/defaults.go
// RecommendedDefaultHPAControllerConfiguration (HorizontalPodAutoscalerDownscaleStabilizationWindow).
const downscaleStabilisation = 5 * time.Minute

// Without rules, a change makes pods at most twice as many, or four.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go scaleUpLimitFactor, scaleUpLimitMinimum.
const (
	scaleUpFactor  = 2
	scaleUpMinimum = 4
)

// dated is a number of pods at an instant.
type dated struct {
	at sim.Time
	n  int32
}

// scaling is what the controller remembers of an autoscaler: what it has recommended, and by how much it has
// changed the number of pods, up and down.
type scaling struct {
	recommended []dated
	up, down    []dated
}

// renew puts an entry in the place of the last one that is old, or behind all.
func renew(list []dated, d dated, old func(dated) bool) []dated {
	for i := len(list) - 1; i >= 0; i-- {
		if old(list[i]) {
			list[i] = d
			return list
		}
	}
	return append(list, d)
}

// stabilise is the highest recommendation of the last five minutes.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go stabilizeRecommendation.
func (s *scaling) stabilise(now sim.Time, desired int32) int32 {
	cutoff, highest := now.Add(-downscaleStabilisation), desired
	for _, r := range s.recommended {
		if r.at >= cutoff {
			highest = max(highest, r.n)
		}
	}
	s.recommended = renew(s.recommended, dated{now, desired}, func(r dated) bool { return r.at < cutoff })
	return highest
}

// stabiliseBy keeps the number of pods between the lowest recommendation of one window and the highest of another.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go stabilizeRecommendationWithBehaviors.
func (s *scaling) stabiliseBy(now sim.Time, h *model.HorizontalPodAutoscaler, current, desired int32) int32 {
	upFrom, downFrom := now.Add(-windowOf(h.ScaleUp, 0)), now.Add(-windowOf(h.ScaleDown, downscaleStabilisation))
	lowest, highest := desired, desired
	for _, r := range s.recommended {
		if r.at > upFrom {
			lowest = min(lowest, r.n)
		}
		if r.at > downFrom {
			highest = max(highest, r.n)
		}
	}
	s.recommended = renew(s.recommended, dated{now, desired}, func(r dated) bool { return r.at < upFrom && r.at < downFrom })
	return min(max(current, lowest), highest)
}

func windowOf(r *model.ScalingRules, otherwise time.Duration) time.Duration {
	if r.StabilizationWindowSeconds == nil {
		return otherwise
	}
	return seconds(*r.StabilizationWindowSeconds)
}

// limited is a number of pods with what has limited it.
type limited struct {
	replicas        int32
	reason, message string
}

func within(replicas int32) limited {
	return limited{replicas, "DesiredWithinRange", "the desired count is within the acceptable range"}
}

func atLeast(replicas int32) limited {
	return limited{replicas, "TooFewReplicas", "the desired replica count is less than the minimum replica count"}
}

// atMost is the most that there may be, by the autoscaler's maximum or by how fast pods may become more.
func atMost(most, rate int32) limited {
	if most > rate {
		return limited{rate, "ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate"}
	}
	return limited{most, "TooManyReplicas", "the desired replica count is more than the maximum replica count"}
}

// limitPlainly keeps a number of pods within bounds, without rules.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go convertDesiredReplicasWithRules, calculateScaleUpLimit.
func limitPlainly(h *model.HorizontalPodAutoscaler, current, desired int32) limited {
	most := atMost(h.MaxReplicas, max(scaleUpFactor*current, scaleUpMinimum))
	switch {
	case desired < h.MinReplicas:
		return atLeast(h.MinReplicas)
	case desired > most.replicas:
		return most
	}
	return within(desired)
}

// limitBy keeps a number of pods within bounds, by the autoscaler's rules.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go convertDesiredReplicasWithBehaviorRate.
func (s *scaling) limitBy(now sim.Time, h *model.HorizontalPodAutoscaler, current, desired int32) limited {
	switch {
	case desired > current:
		if most := atMost(h.MaxReplicas, max(s.rate(now, h.ScaleUp, current, 1), current)); desired > most.replicas {
			return most
		}
	case desired < current:
		least := atLeast(h.MinReplicas)
		if rate := min(s.rate(now, h.ScaleDown, current, -1), current); h.MinReplicas < rate {
			least = limited{rate, "ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate"}
		}
		if desired < least.replicas {
			return least
		}
	}
	return within(desired)
}

// rate is up or down to how many pods policies let an autoscaler go now; sign is 1 for up, -1 for down.
// Shares of pods are rounded up on the way up and down on the way down.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go calculateScaleUpLimitWithScalingRules,
// calculateScaleDownLimitWithBehaviors.
func (s *scaling) rate(now sim.Time, r *model.ScalingRules, current, sign int32) int32 {
	if r.SelectPolicy == "Disabled" {
		return current
	}
	// The largest change is the largest number on the way up, the smallest on the way down.
	smallest := (r.SelectPolicy == "Min") == (sign > 0)
	result := int32(math.MinInt32)
	if smallest {
		result = math.MaxInt32
	}
	for _, p := range r.Policies {
		from := now.Add(-seconds(p.PeriodSeconds))
		began := current - changed(s.up, from) + changed(s.down, from)
		proposed := began + sign*p.Value
		if p.Type == "Percent" {
			share := float64(began) * (1 + float64(sign)*float64(p.Value)/100)
			if proposed = int32(share); sign > 0 {
				proposed = ceiling(share)
			}
		}
		if smallest {
			result = min(result, proposed)
		} else {
			result = max(result, proposed)
		}
	}
	return result
}

// changed is by how many pods there was a change after an instant.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go getReplicasChangePerPeriod.
func changed(list []dated, after sim.Time) (n int32) {
	for _, d := range list {
		if d.at > after {
			n += d.n
		}
	}
	return n
}

// scaled takes note of a change, where rules ask for that.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go storeScaleEvent, markScaleEventsOutdated,
// getLongestPolicyPeriod.
func (s *scaling) scaled(now sim.Time, h *model.HorizontalPodAutoscaler, from, to int32) {
	if h.ScaleUp == nil {
		return
	}
	outdated := func(r *model.ScalingRules) func(dated) bool {
		longest := int32(0)
		for _, p := range r.Policies {
			longest = max(longest, p.PeriodSeconds)
		}
		cutoff := now.Add(-seconds(longest))
		return func(d dated) bool { return d.at < cutoff }
	}
	if to > from {
		s.up = renew(s.up, dated{now, to - from}, outdated(h.ScaleUp))
		return
	}
	s.down = renew(s.down, dated{now, from - to}, outdated(h.ScaleDown))
}

// normalise keeps a number of pods within what was recommended before and within the autoscaler's bounds.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go normalizeDesiredReplicas,
// normalizeDesiredReplicasWithBehaviors.
func (l *look) normalise(current, desired int32) int32 {
	now, h, s := l.c.manager.Engine.Now(), l.h, l.scaling
	var stable int32
	reason, message := "ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation"
	if h.ScaleUp == nil {
		stable = s.stabilise(now, desired)
	} else {
		stable = s.stabiliseBy(now, h, current, desired)
		if desired >= current {
			reason, message = "ScaleUpStabilized", "recent recommendations were lower than current one, applying the lowest recent recommendation"
		}
	}
	if stable == desired {
		reason, message = "ReadyForNewScale", "recommended size matches current size"
	}
	l.say(model.AutoscalerAbleToScale, model.ConditionTrue, reason, "%s", message)
	var limit limited
	if h.ScaleUp == nil {
		limit = limitPlainly(h, current, stable)
	} else {
		limit = s.limitBy(now, h, current, stable)
	}
	status := model.ConditionTrue
	if limit.replicas == stable {
		status = model.ConditionFalse
	}
	l.say(model.AutoscalerScalingLimited, status, limit.reason, "%s", limit.message)
	return limit.replicas
}
