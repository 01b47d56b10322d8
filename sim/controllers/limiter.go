package controllers

import (
	"time"

	"towtank.dev/towtank/sim"
)

// limiter is a token bucket in whole nanoseconds. Who asks is given the next free instant and keeps it,
// so that requests are served in the order in which they were made.
// Source: client-go util/flowcontrol/throttle.go NewTokenBucketRateLimiter; golang.org/x/time rate/rate.go reserveN.
type limiter struct {
	gap   time.Duration // between two requests in the long run
	slack time.Duration // by how much a request may come before its turn after a rest
	turn  sim.Time      // of the next request, if all keep the gap
}

// newLimiter returns a full bucket.
func newLimiter(qps float64, burst int) *limiter {
	gap := time.Duration(float64(time.Second) / qps)
	return &limiter{gap: gap, slack: gap * time.Duration(burst-1), turn: sim.At(-gap * time.Duration(burst))}
}

// reserve takes a token and returns the instant, now or later, at which it may be used.
func (l *limiter) reserve(now sim.Time) sim.Time {
	l.turn = max(l.turn, now)
	at := max(now, l.turn.Add(-l.slack))
	l.turn = l.turn.Add(l.gap)
	return at
}

// try takes a token when there is one now.
func (l *limiter) try(now sim.Time) bool {
	if max(l.turn, now).Add(-l.slack) > now {
		return false
	}
	l.reserve(now)
	return true
}
