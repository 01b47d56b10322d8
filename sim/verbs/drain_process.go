package verbs

import (
	"errors"
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// What kubectl waits for: between the answer that an eviction is refused and the next try, and between two looks at a
// pod that is going.
// Source: kubectl pkg/drain/drain.go evictPods, waitForDelete; pkg/drain/default.go (kubectlDrainInterval 1 s).
const (
	evictAgain = 5 * time.Second
	lookAgain  = time.Second
)

// The API server tries an eviction again that has met another one's write, conflictTries times.
// Source: kubernetes v1.37.2 pkg/registry/core/pod/storage/eviction.go EvictionsRetry.
const (
	conflictAgain  = 500 * time.Millisecond
	conflictJitter = 0.1
	conflictTries  = 20
)

// refusals are those of pods of a real drain, whose budget had just let another pod go.
var refusals = lognormal(8*time.Millisecond, 80*time.Millisecond)

func lognormal(median, p99 time.Duration) sim.Dist {
	family, _ := sim.Distribution("lognormal")
	d, err := family.New(map[string]float64{"median": median.Seconds(), "p99": p99.Seconds()})
	if err != nil {
		panic("verbs: " + err.Error())
	}
	return d
}

// latency draws how long the requests of a kubectl take, as on a small control plane that has other things to do beside.
type latency struct {
	key   sim.Key
	drawn uint64
	times float64 // how many times as long they take just now
}

func newLatency(env *Env) latency { return latency{key: sim.NewKey(env.Seed, env.Place+".requests")} }

func (l *latency) uniform() float64 {
	s := l.key.Draw(l.drawn)
	l.drawn++
	return float64(s.Uint64()>>11) / (1 << 53)
}

// request is the time of a whole request, or of a write within one: 3 to 10 ms.
func (l *latency) request() time.Duration { return l.between(3, 10) }

// arrival is the time until the API server looks at a request: 1 to 3 ms.
func (l *latency) arrival() time.Duration { return l.between(1, 3) }

// refusal is the time from there until kubectl has read that it is refused: mostly 5 to 15 ms, now and then 75 ms.
func (l *latency) refusal() time.Duration {
	s := l.key.Draw(l.drawn)
	l.drawn++
	return time.Duration(l.times * refusals.Sample(&s) * float64(time.Second))
}

func (l *latency) between(least, most float64) time.Duration {
	return time.Duration(l.times * (least + (most-least)*l.uniform()) * float64(time.Millisecond))
}

// draining is a kubectl drain under way.
type draining struct {
	verb    *Drain
	latency latency
	nodes   []string // all of them
	cordons int      // so many are cordoned
	node    int      // the one that is being emptied
	pods    []*leaving
	started sim.Time // with this node
	listed  bool
	failed  []error  // of this node's pods
	late    bool     // one of them was given up at the deadline
	next    sim.Time // of what comes before any pod is asked to go
}

// leaving is one pod that is asked to go.
type leaving struct {
	pod      *model.Pod
	stage    leavingStage
	at       sim.Time // of the next step
	eviction *apiserver.Eviction
	tries    int
}

type leavingStage uint8

const (
	reviewing leavingStage = iota
	granting
	marking
	deleting
	looking
	gone
)

// Step goes on with everything that is due.
func (d *draining) Step(env *Env) (sim.Time, error) {
	d.latency.times = max(env.Slow, 1)
	if d.next == 0 {
		d.next = env.Now.Add(d.latency.request())
	}
	if d.cordons < len(d.nodes) {
		return d.cordon(env)
	}
	var failed []error
	for d.node < len(d.nodes) {
		next, err := d.empty(env)
		failed = append(failed, err)
		if next != sim.Never {
			return next, errors.Join(failed...)
		}
		d.node++
		d.pods, d.listed = nil, false
		d.next = env.Now.Add(d.latency.request())
	}
	return sim.Never, errors.Join(failed...)
}

// cordon marks the next node as unschedulable.
func (d *draining) cordon(env *Env) (sim.Time, error) {
	if env.Now < d.next {
		return d.next, nil
	}
	err := setUnschedulable(env, Target{Kind: model.KindNode, Name: d.nodes[d.cordons]}, true)
	d.cordons++
	d.started, d.next = env.Now, env.Now.Add(d.latency.request())
	return d.next, err
}

// empty goes on with a node: it lists the pods, then takes each of them a step further. It returns Never
// when the node is empty or given up.
func (d *draining) empty(env *Env) (sim.Time, error) {
	if !d.listed {
		if env.Now < d.next {
			return d.next, nil
		}
		d.listed, d.started = true, env.Now
		if err := d.list(env); err != nil {
			return sim.Never, err
		}
	}
	deadline := sim.Never
	if d.verb.Timeout > 0 {
		deadline = d.started.Add(d.verb.Timeout)
	}
	next := sim.Never
	for _, l := range d.pods {
		if l.stage != gone && min(l.at, l.until(deadline)) <= env.Now {
			d.goOn(env, l, env.Now >= deadline)
		}
		if l.stage != gone {
			next = min(next, l.at, l.until(deadline))
		}
	}
	if next != sim.Never {
		return next, nil
	}
	failed := d.failed
	if d.late {
		failed = append(failed, fmt.Errorf("error when draining node %q: drain did not complete within %v", d.nodes[d.node], d.verb.Timeout))
	}
	d.failed, d.late = nil, false
	return sim.Never, errors.Join(failed...)
}

// until is when a pod is given up: while it is waited for at the deadline; one that is yet to be asked, or asked again,
// when that is due.
func (l *leaving) until(deadline sim.Time) sim.Time {
	if l.stage == looking {
		return deadline
	}
	return sim.Never
}

// goOn takes one pod a step further, or gives it up. What fails for one pod leaves the others alone.
// Source: kubectl pkg/drain/drain.go evictPods (v0.37.2).
func (d *draining) goOn(env *Env, l *leaving, late bool) {
	if late && (l.stage == reviewing || l.stage == looking) {
		l.stage, d.late = gone, true
		return
	}
	if err := d.step(env, l); err != nil {
		l.stage = gone
		d.failed = append(d.failed, err)
	}
}

// list decides which pods go; all of them are asked at once.
func (d *draining) list(env *Env) error {
	node := d.nodes[d.node]
	var hindered hindrances
	for _, pod := range env.API.PodsOn(node) {
		evict, why := d.verb.doomed(env.API, pod)
		if why != "" {
			hindered.add(why, pod)
		}
		if evict {
			d.pods = append(d.pods, &leaving{pod: pod, at: env.Now.Add(d.latency.arrival())})
		}
	}
	err := hindered.err(node)
	if err != nil {
		d.pods = nil
	}
	return err
}

// step takes one pod a step further.
func (d *draining) step(env *Env, l *leaving) error {
	var err error
	switch l.stage {
	case reviewing:
		if d.verb.DisableEviction {
			err = env.API.Delete(model.KindPod, l.pod.Namespace, l.pod.Name, apiserver.DeleteOptions{GraceSeconds: d.verb.GracePeriod, UID: l.pod.UID})
			l.stage = deleting
			break
		}
		l.eviction, err = env.API.ReviewEviction(l.pod.Namespace, l.pod.Name, d.verb.GracePeriod)
	case granting:
		err = l.eviction.Grant()
	case marking:
		err = l.eviction.Mark()
	case deleting:
		err = l.eviction.Delete()
	default:
		now, there := env.API.Pods.Get(l.pod.Namespace, l.pod.Name)
		if !there || now.UID != l.pod.UID {
			l.stage = gone
		}
		l.at = env.Now.Add(lookAgain)
		return nil
	}
	return d.settle(env, l, err)
}

// settle decides how a pod goes on after a request.
func (d *draining) settle(env *Env, l *leaving, err error) error {
	switch {
	case err == nil:
		l.stage++
		l.at = env.Now.Add(d.latency.request())
	case apiserver.Is(err, apiserver.NotFound):
		l.stage = gone
	case apiserver.Is(err, apiserver.Conflict) && (l.stage == granting || l.stage == marking) && l.tries+1 < conflictTries:
		l.tries++
		l.stage = reviewing
		l.at = env.Now.Add(time.Duration(float64(conflictAgain) * (1 + conflictJitter*d.latency.uniform())))
	case apiserver.Is(err, apiserver.TooManyRequests):
		d.refused(env, l, err)
		l.stage, l.tries = reviewing, 0
		refused := env.Now.Add(d.latency.refusal())
		l.at = refused.Add(evictAgain + d.latency.arrival())
	default:
		return fmt.Errorf("error when evicting pods/%q -n %q: %w", l.pod.Name, l.pod.Namespace, err)
	}
	return nil
}

// refused remarks that a pod has to stay for the time being. kubectl says so each time.
// Source: kubectl pkg/drain/drain.go evictPods (v0.37.2).
func (d *draining) refused(env *Env, l *leaving, err error) {
	if env.Note == nil {
		return
	}
	who := "the API server"
	if budget, ok := l.eviction.Budget(); ok {
		who = fmt.Sprintf("PodDisruptionBudget %s/%s", budget.Namespace, budget.Name)
	}
	env.Note(fmt.Sprintf("drain of %s: %s refused an eviction, will retry after %v: %v", d.nodes[d.node], who, evictAgain, err))
}
