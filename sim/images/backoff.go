package images

import (
	"time"

	"towtank.dev/towtank/sim"
)

// The back-off of failed pulls.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go imageBackOffPeriod, MaxImageBackOff.
const (
	backOffInitial = 10 * time.Second
	backOffMax     = 300 * time.Second
	// backOffForgotten is the time without a failure after which the next one counts as the first.
	// Source: kubernetes v1.37.2 client-go util/flowcontrol/backoff.go hasExpired.
	backOffForgotten = 2 * backOffMax
)

// kubeletMemory is what a kubelet remembers of pulls as long as it runs.
type kubeletMemory struct {
	tries  map[string][]*try // by UID of the pod
	tokens bucket
}

// try is what a kubelet remembers of one image of one pod that it has tried to pull.
type try struct {
	image string // as the container has it
	first sim.Time
	count uint64 // of pulls begun
	// delay is how long the back-off lasts since failed; 0: no pull has failed.
	delay   time.Duration
	failed  sim.Time
	message string // of the last failure
}

// tryOf returns what is remembered of an image of a pod; a new one when there is nothing and make is set.
func (k *kubeletMemory) tryOf(uid, image string, make bool) *try {
	for _, t := range k.tries[uid] {
		if t.image == image {
			return t
		}
	}
	if !make {
		return nil
	}
	t := &try{image: image}
	k.tries[uid] = append(k.tries[uid], t)
	return t
}

// backingOff says whether it is too early for another pull. No delay is as long as backOffForgotten.
// Source: kubernetes v1.37.2 client-go util/flowcontrol/backoff.go IsInBackOffSinceUpdate.
func (t *try) backingOff(now sim.Time) bool {
	return t != nil && t.delay > 0 && now.Sub(t.failed) < t.delay
}

// fail lengthens the back-off after a failure.
// Source: kubernetes v1.37.2 client-go util/flowcontrol/backoff.go Next.
func (t *try) fail(now sim.Time, message string) {
	if t.delay == 0 || now.Sub(t.failed) > backOffForgotten {
		t.delay = backOffInitial
	} else {
		t.delay = min(2*t.delay, backOffMax)
	}
	t.failed, t.message = now, message
}

// bucket limits how often pulls begin: a token bucket that is full at first.
// Source: golang.org/x/time v0.14.0 rate/rate.go Limiter, as client-go's NewTokenBucketRateLimiter sets it up.
type bucket struct {
	used   bool
	tokens float64
	at     sim.Time
}

// take takes a token if there is one.
func (b *bucket) take(now sim.Time, qps float64, burst int) bool {
	if qps == 0 {
		return true
	}
	if !b.used {
		b.used, b.tokens = true, float64(burst)
	} else {
		gained := float64(now.Sub(b.at).Seconds() * qps)
		b.tokens = min(float64(burst), b.tokens+gained)
	}
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
