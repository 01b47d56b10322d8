package controllers

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// queue holds the keys that a loop is to sync: each once, and none while it is being synced.
// Source: client-go util/workqueue/queue.go Typed.
type queue struct {
	keys       []apiserver.Name
	head       int
	dirty      map[apiserver.Name]bool // to be synced, once more when it is being synced
	processing map[apiserver.Name]bool
}

func newQueue() queue {
	return queue{dirty: map[apiserver.Name]bool{}, processing: map[apiserver.Name]bool{}}
}

// len is the number of keys that a worker could take.
func (q *queue) len() int { return len(q.keys) - q.head }

// add has a key synced and says whether it waits for a worker now.
func (q *queue) add(key apiserver.Name) bool {
	if q.dirty[key] {
		return false
	}
	q.dirty[key] = true
	if q.processing[key] {
		return false
	}
	q.keys = append(q.keys, key)
	return true
}

// get takes the key that has waited longest.
func (q *queue) get() (apiserver.Name, bool) {
	if q.len() == 0 {
		return apiserver.Name{}, false
	}
	key := q.keys[q.head]
	q.head++
	if q.head == len(q.keys) {
		q.keys, q.head = q.keys[:0], 0
	} else if q.head > 64 && q.head > len(q.keys)/2 {
		q.keys = q.keys[:copy(q.keys, q.keys[q.head:])]
		q.head = 0
	}
	delete(q.dirty, key)
	q.processing[key] = true
	return key, true
}

// done ends the sync of a key; one that was added meanwhile waits again.
func (q *queue) done(key apiserver.Name) {
	delete(q.processing, key)
	if q.dirty[key] {
		q.keys = append(q.keys, key)
	}
}

// The delays of keys whose sync failed.
// Source: client-go util/workqueue/default_rate_limiters.go DefaultTypedControllerRateLimiter.
const (
	retryBase  = 5 * time.Millisecond
	retryMax   = 1000 * time.Second
	retryQPS   = 10
	retryBurst = 100
)

// retries gives each failure of a key twice the delay of the one before, and all keys together ten a
// second.
type retries struct {
	failures map[apiserver.Name]int
	overall  *limiter
}

func newRetries() retries {
	return retries{failures: map[apiserver.Name]int{}, overall: newLimiter(retryQPS, retryBurst)}
}

// when counts a failure and returns how long to wait before the next sync.
func (r *retries) when(now sim.Time, key apiserver.Name) time.Duration {
	n := r.failures[key]
	r.failures[key] = n + 1
	delay := retryMax
	if n < 18 { // 5 ms × 2^18 is over 1000 s
		delay = min(retryMax, retryBase<<n)
	}
	return max(delay, r.overall.reserve(now).Sub(now))
}

// forget has the next failure of a key be its first.
func (r *retries) forget(key apiserver.Name) { delete(r.failures, key) }

// delays holds the keys that are to be synced later, each once: what comes first counts.
// Source: client-go util/workqueue/delaying_queue.go insert.
type delays struct {
	waiting map[apiserver.Name]*delayed
}

// delayed is one key with its engine event.
type delayed struct {
	key        apiserver.Name
	at         sim.Time
	handle     sim.Handle
	background bool
}
