package heartbeat

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// A lease is renewed every renewEvery to renewEvery × (1 + renewJitter), drawn anew each time.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go NewMainKubelet (nodeLeaseRenewIntervalFraction of
// nodeLeaseDurationSeconds 40), component-helpers apimachinery/lease/controller.go Run (JitterUntil 0.04).
const (
	renewEvery  = 10 * time.Second
	renewJitter = 0.04
)

// Keeper keeps the leases of all nodes of a cluster.
type Keeper struct {
	engine    *sim.Engine
	key       sim.Key
	leases    map[string]*lease
	observers []func(now sim.Time, node string)
}

// lease is what one kubelet renews.
type lease struct {
	key    sim.Key
	drawn  uint64
	last   sim.Time // last renewal
	next   sim.Time // the one after it, unless the kubelet is silent
	silent bool
}

// New returns a keeper that follows the nodes of the API server: a kubelet renews its lease from the
// instant its node is there, one of the initial state has done so for long.
func New(engine *sim.Engine, api *apiserver.Server) *Keeper {
	k := &Keeper{engine: engine, key: sim.NewKey(engine.Seed(), "node lease"), leases: map[string]*lease{}}
	api.Observe(func(c apiserver.Change) {
		node, ok := c.Object().(*model.Node)
		switch {
		case !ok:
		case c.Type == apiserver.Added:
			k.add(engine.Now(), node.Name, api.Loading())
		case c.Type == apiserver.Deleted:
			delete(k.leases, node.Name)
		}
	})
	return k
}

func (k *Keeper) add(now sim.Time, node string, old bool) {
	l := &lease{key: k.key.Of(node), last: now}
	if old {
		l.last = now.Add(-time.Duration(l.uniform() * float64(renewEvery)))
	}
	l.next = l.last.Add(l.interval())
	k.leases[node] = l
}

// Observe has a function called whenever a kubelet falls silent or is heard again.
func (k *Keeper) Observe(observer func(now sim.Time, node string)) {
	k.observers = append(k.observers, observer)
}

// Silence is a kubelet that renews no more: it has stopped, or cannot be heard.
func (k *Keeper) Silence(now sim.Time, node string) {
	l, ok := k.leases[node]
	if !ok || l.silent {
		return
	}
	l.advance(now)
	l.silent = true
	k.tell(now, node)
}

// Resume is a kubelet that is heard again: it renews its lease at once.
func (k *Keeper) Resume(now sim.Time, node string) {
	l, ok := k.leases[node]
	if !ok || !l.silent {
		return
	}
	l.silent = false
	l.last, l.next = now, now.Add(l.interval())
	k.tell(now, node)
}

func (k *Keeper) tell(now sim.Time, node string) {
	for _, observe := range k.observers {
		observe(now, node)
	}
}

// Silent says whether a node's kubelet is not heard at present.
func (k *Keeper) Silent(node string) bool {
	l, ok := k.leases[node]
	return ok && l.silent
}

// Last is the instant of the last renewal at or before now; false for a node that is not there.
func (k *Keeper) Last(now sim.Time, node string) (sim.Time, bool) {
	l, ok := k.leases[node]
	if !ok {
		return 0, false
	}
	l.advance(now)
	return l.last, true
}

// advance steps over the renewals up to now.
func (l *lease) advance(now sim.Time) {
	for !l.silent && l.next <= now {
		l.last = l.next
		l.next = l.next.Add(l.interval())
	}
}

// interval draws the time between two renewals.
func (l *lease) interval() time.Duration {
	return time.Duration(float64(renewEvery) * (1 + renewJitter*l.uniform()))
}

// uniform draws a number in [0, 1).
func (l *lease) uniform() float64 {
	s := l.key.Draw(l.drawn)
	l.drawn++
	return float64(s.Uint64()>>11) / (1 << 53)
}
