package world

import (
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// drive runs the scheduler in simulated time: it tells it what its informers would, begins a cycle
// whenever a pod is ready and none is under way, charges the decision and the binding their time, and
// writes what was decided. There is exactly one event for the scheduler's next turn.
type drive struct {
	world     *world
	actor     sim.Actor
	scheduler *scheduler.Scheduler
	witness   Witness
	profiles  map[string]bool
	decision  latency
	binding   latency
	patch     latency

	cycle *scheduler.Cycle // under way
	// patching is the failure that the scheduler writes before it goes on.
	patching *failure
	wake     sim.Handle
	// writing: a binding is being written.
	writing bool
	// waitsIdly: the next turn is periodic work.
	waitsIdly bool
	// down: the scheduler does not run. process counts how often it has ended: events of one before are void.
	down    bool
	process int64
	// since is the version of the objects that the present process has begun with, 0 for the first.
	since uint64
	// attempts are the attempts whose outcome is not known yet, and those behind them: they are
	// recorded in the order in which they began.
	attempts []*attempt
}

const (
	opWake uint16 = iota
	opFinish
	opBind
	opPatch
	opPrepared
)

// latency is a time that is drawn by pod and attempt, so that it does not depend on who came before.
type latency struct {
	dist  sim.Dist
	key   sim.Key
	times float64 // how many times as long it takes now, 0: once
}

func (l *latency) draw(c *scheduler.Cycle) time.Duration {
	if l.dist == nil {
		return 0
	}
	src := l.key.Of(c.Pod.Namespace).Of(c.Pod.Name).Draw(uint64(c.Attempt))
	d := sim.SampleDuration(l.dist, &src)
	if l.times > 0 {
		return time.Duration(float64(d) * l.times)
	}
	return d
}

func newDrive(w *world) (*drive, error) {
	c := &w.cfg.Scheduler
	s, err := w.newScheduler()
	if err != nil {
		return nil, err
	}
	d := &drive{world: w, scheduler: s, witness: w.options.witness(), profiles: profileNames(w.cfg),
		decision: latency{dist: c.DecisionLatency, key: sim.NewKey(w.cfg.Seed, "scheduler.decisionLatency")},
		binding:  latency{dist: c.BindLatency, key: sim.NewKey(w.cfg.Seed, "scheduler.bindLatency")},
		patch:    latency{dist: c.PatchLatency, key: sim.NewKey(w.cfg.Seed, "scheduler.patchLatency")}}
	d.actor = w.engine.Register("scheduler", d)
	w.api.Watch("scheduler", apiserver.WatchOptions{Latency: w.cfg.WatchLatency}, d)
	return d, nil
}

// newScheduler makes a scheduler that has seen nothing yet.
func (w *world) newScheduler() (*scheduler.Scheduler, error) {
	c := &w.cfg.Scheduler
	return scheduler.New(scheduler.Options{Config: ownConfig(c.Config), Plugins: c.Plugins, TieBreak: c.TieBreak, Seed: w.cfg.Seed,
		WallOffset: wallOffset(w.cfg.Start), Naive: w.options.Naive, Explain: w.options.Explain != nil && w.options.ExplainOnly == nil,
		ExplainOnly: w.options.ExplainOnly, Observe: w.options.Moved, ObserveStays: w.options.Stays,
		StaysOf: w.options.StaysOf})
}

// profileNames are the schedulers that pods may name.
func profileNames(cfg *Config) map[string]bool {
	names := map[string]bool{}
	if cfg.Scheduler.Config != nil {
		for i := range cfg.Scheduler.Config.Profiles {
			if name := cfg.Scheduler.Config.Profiles[i].SchedulerName; name != nil {
				names[*name] = true
			}
		}
	}
	if len(names) == 0 {
		names["default-scheduler"] = true
	}
	return names
}

// serves says whether the scheduler has a profile of that name.
func (d *drive) serves(name string) bool {
	return d.profiles[name] || name == "" && d.profiles["default-scheduler"]
}

// Deliver tells the scheduler of a change.
func (d *drive) Deliver(now sim.Time, c apiserver.Change) {
	if d.stale(c) {
		return
	}
	d.witness.Delivered(now, c)
	switch c.Type {
	case apiserver.Added:
		d.scheduler.Added(now, c.New)
	case apiserver.Modified:
		d.scheduler.Updated(now, c.Old, c.New)
	case apiserver.Deleted:
		d.scheduler.Deleted(now, c.Old)
	}
	d.rouse(now)
}

// rouse sees to it that the scheduler's next turn is scheduled when it is due: at once when a pod is
// ready, else when its timers say. While a cycle is under way there is none.
func (d *drive) rouse(now sim.Time) {
	at, background := sim.Never, false
	switch {
	case d.down || d.cycle != nil || d.patching != nil:
	case d.scheduler.Ready(now):
		at = now
	default:
		at = d.scheduler.NextWake(now)
		background = d.scheduler.Queue().Backoff == 0
	}
	d.schedule(max(at, now), background)
}

// schedule moves the one event for the next turn. A turn that can only flush what has waited long is
// periodic work; one that ends a back-off is not.
func (d *drive) schedule(at sim.Time, background bool) {
	e := d.world.engine
	if when, ok := e.When(d.wake); ok && when == at && d.waitsIdly == background {
		return
	}
	e.Cancel(d.wake)
	if at == sim.Never {
		d.wake = sim.Handle{}
		return
	}
	d.waitsIdly = background
	d.wake = e.Schedule(at, sim.Event{Phase: sim.PhaseDecide, Actor: d.actor, Op: opWake, Arg: d.process, Background: background})
}

// Handle is the scheduler's turn.
func (d *drive) Handle(now sim.Time, ev sim.Event) {
	if ev.Arg != d.process {
		return
	}
	switch ev.Op {
	case opWake:
		d.scheduler.Tick(now)
		d.begin(now)
	case opFinish:
		d.finish(now)
	case opBind:
		d.bind(now, ev.Ref.(*attempt))
	case opPrepared:
		d.prepared(now, ev.Ref.(*attempt))
	case opPatch:
		d.patched(ev.Ref.(*failure))
	}
	d.rouse(now)
}

// begin starts a cycle. One that takes no time ends at once.
func (d *drive) begin(now sim.Time) {
	if !d.scheduler.Ready(now) {
		return
	}
	c, ok := d.scheduler.Begin(now)
	if !ok {
		return
	}
	d.cycle = c
	d.witness.Decided(now, c)
	if took := d.decision.draw(c); took > 0 {
		d.world.engine.Schedule(now.Add(took), sim.Event{Phase: sim.PhaseDecide, Actor: d.actor, Op: opFinish, Arg: d.process})
		return
	}
	d.finish(now)
}

// finish is the end of a cycle: a pod that fits nowhere is told so, one that fits is bound after a while.
func (d *drive) finish(now sim.Time) {
	c := d.cycle
	d.cycle = nil
	d.scheduler.Finish(now, c)
	d.witness.Finished(now, c)
	a := &attempt{cycle: c, result: c.Result, message: c.Message}
	d.attempts = append(d.attempts, a)
	d.world.recorder.tried(c)
	d.world.poll()
	if explain := d.world.options.Explain; explain != nil && c.Detail != nil {
		explain(c)
	}
	if c.Node == "" {
		a.known = true
		d.patching = d.failed(now, c, c.Message)
		d.preempt(now, c)
		d.settle()
		return
	}
	if len(c.Writes) > 0 {
		d.prepare(now, a)
		return
	}
	d.bindSoon(now, a)
}

// bind writes the binding. When that fails the scheduler forgets the pod it had assumed.
func (d *drive) bind(now sim.Time, a *attempt) {
	c := a.cycle
	a.known = true
	d.writing = true
	err := d.world.api.Bind(c.Pod.Namespace, c.Pod.Name, c.Pod.UID, c.Node)
	d.writing = false
	if err != nil {
		d.unbound(now, a, bindMessage(err))
		return
	}
	print := d.world.engine.Fingerprint()
	print.MixString(c.Pod.UID)
	print.MixString(c.Node)
	d.scheduler.Bound(now, c)
	d.tell(c, c.Pod, apiserver.Normal, "Scheduled",
		"Successfully assigned "+c.Pod.Namespace+"/"+c.Pod.Name+" to "+c.Node)
	d.settle()
}

// bindMessage is what the scheduler says of a binding that failed.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go runBindPlugin.
func bindMessage(err error) string {
	return fmt.Sprintf("running Bind plugin %q: %v", "DefaultBinder", err)
}

// tell emits an event of the scheduler about a pod.
func (d *drive) tell(c *scheduler.Cycle, pod *model.Pod, kind, reason, message string) {
	d.world.api.Events.Emit(pod, apiserver.Note{Type: kind, Reason: reason, Message: message, Component: c.Pod.Spec.SchedulerName, Series: true})
}

// preempt deletes the pods that are to make room. When all of them are on their way out already, nothing
// is written, the nominations of less important pods included.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/executor.go prepareCandidateAsync.
func (d *drive) preempt(now sim.Time, c *scheduler.Cycle) {
	staying := func(victim *model.Pod) bool { return !victim.Deleting }
	if !slices.ContainsFunc(c.Victims, staying) {
		return
	}
	for _, pod := range c.Denominated {
		d.denominate(pod)
	}
	for _, victim := range c.Victims {
		pod, ok := d.world.api.Pods.Get(victim.Namespace, victim.Name)
		if !ok || pod.UID != victim.UID || pod.Deleting {
			continue
		}
		changed := *pod
		changed.Status.Conditions = pod.Status.WithCondition(model.PodCondition{Type: model.DisruptionTarget, Status: "True",
			Reason: "PreemptionByScheduler", LastTransition: now,
			Message: c.Pod.Spec.SchedulerName + ": preempting to accommodate a higher priority pod"})
		_ = d.world.api.Update(&changed)
		d.world.recorder.preempted(pod.UID)
		d.tell(c, pod, apiserver.Normal, "Preempted", fmt.Sprintf("Preempted by pod %s on node %s", c.Pod.UID, c.NominatedNode))
		_ = d.world.api.Delete(model.KindPod, pod.Namespace, pod.Name, apiserver.DeleteOptions{UID: pod.UID})
	}
}

// denominate takes the nomination out of the status of a waiting pod.
func (d *drive) denominate(nominated *model.Pod) {
	pod, ok := d.world.api.Pods.Get(nominated.Namespace, nominated.Name)
	if !ok || pod.UID != nominated.UID || nominated.Status.NominatedNodeName == "" || pod.Status.NominatedNodeName == "" {
		return
	}
	changed := *pod
	changed.Status.NominatedNodeName = ""
	_ = d.world.api.Update(&changed)
}

// attempt is a scheduling attempt on its way to the record.
type attempt struct {
	cycle   *scheduler.Cycle
	result  string
	message string
	known   bool
}

// settle records the attempts whose outcome is known, up to the first that is not.
func (d *drive) settle() {
	n := 0
	for n < len(d.attempts) && d.attempts[n].known {
		d.world.recorder.attempt(d.attempts[n])
		n++
	}
	if n == len(d.attempts) {
		clear(d.attempts)
		d.attempts = d.attempts[:0]
	} else if n > 0 {
		d.attempts = append(d.attempts[:0], d.attempts[n:]...)
	}
}

// flush records what is left at the end of the run: the outcome of bindings under way is not known.
func (d *drive) flush() {
	for _, a := range d.attempts {
		a.known = true
	}
	d.settle()
}
