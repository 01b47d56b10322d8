package queue

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// dumb is the queue written down as plainly as possible: one list of pods, searched from end to end, a
// list of events for each pod in flight, and timers that run every second.
type dumb struct {
	profile Profile
	offset  time.Duration
	pods    []*dumbPod
	orders  int
}

type dumbPod struct {
	pod                *model.Pod
	place              Place
	came               sim.Time
	order              int
	rejections, errors int
	unschedulable      []string
	pending            []string
	gating             string
	flushed            sim.Time
	missed             []dumbEvent
}

type dumbEvent struct {
	framework.ClusterEvent
	old, new model.Object
}

func (d *dumb) floor(t sim.Time) sim.Time { return t.TruncateFrom(sim.At(-d.offset), time.Second) }

func (d *dumb) expiry(p *dumbPod) sim.Time {
	count := p.rejections
	if p.errors > 0 {
		count = p.errors
	}
	if count == 0 {
		return noExpiry
	}
	backoff := time.Second
	for range count - 1 {
		backoff = min(2*backoff, 10*time.Second)
	}
	return d.floor(p.came.Add(backoff))
}

func (d *dumb) waiting(pod *model.Pod) *dumbPod {
	for _, p := range d.pods {
		if p.pod.Name == pod.Name && p.place != InFlight {
			return p
		}
	}
	return nil
}

func (d *dumb) flying(pod *model.Pod) *dumbPod {
	for _, p := range d.pods {
		if p.pod.UID == pod.UID && p.place == InFlight {
			return p
		}
	}
	return nil
}

func (d *dumb) drop(p *dumbPod) {
	d.pods = slices.DeleteFunc(d.pods, func(o *dumbPod) bool { return o == p })
}

func (d *dumb) stamp(now sim.Time, p *dumbPod) {
	d.orders++
	p.came, p.order, p.flushed = now, d.orders, noExpiry
}

func (d *dumb) add(now sim.Time, pod *model.Pod) {
	p := &dumbPod{pod: pod}
	d.stamp(now, p)
	d.pods = append(d.pods, p)
	d.put(now, p, Immediately)
}

// put puts a pod where the strategy sends it.
func (d *dumb) put(now sim.Time, p *dumbPod, s Strategy) {
	if s == Skip {
		p.place = Unschedulable
		return
	}
	if p.place != Backoff {
		d.ask(p)
	}
	switch {
	case p.gating != "":
		p.place = Gated
	case s == AfterBackoff && d.expiry(p) >= d.floor(now):
		p.place = Backoff
	default:
		p.place = Active
	}
}

func (d *dumb) ask(p *dumbPod) {
	plugins := slices.Clone(d.profile.PreEnqueue)
	slices.SortStableFunc(plugins, func(a, b framework.PreEnqueuePlugin) int {
		if a.Name() == p.gating {
			return -1
		} else if b.Name() == p.gating {
			return 1
		}
		return 0
	})
	p.gating = ""
	for _, plugin := range plugins {
		if !plugin.PreEnqueue(p.pod).OK() {
			p.gating = plugin.Name()
			if !slices.Contains(p.unschedulable, p.gating) {
				p.unschedulable = append(p.unschedulable, p.gating)
			}
			return
		}
	}
}

// worth is the most urgent of what all hints of all rejectors say.
func (d *dumb) worth(p *dumbPod, e dumbEvent) Strategy {
	if len(p.unschedulable)+len(p.pending) == 0 {
		return AfterBackoff
	}
	if e.Resource == framework.WildCard {
		if e.new != nil && e.new.Meta().UID != p.pod.UID {
			return Skip
		}
		return AfterBackoff
	}
	best := Skip
	for _, plugin := range d.profile.Events {
		for _, r := range plugin.Events {
			if !r.Event.Matches(e.ClusterEvent) || r.Hint != nil && r.Hint(p.pod, e.old, e.new) == framework.QueueSkip {
				continue
			}
			if slices.Contains(p.unschedulable, plugin.Plugin) {
				best = max(best, AfterBackoff)
			}
			if slices.Contains(p.pending, plugin.Plugin) {
				best = Immediately
			}
		}
	}
	return best
}

func (d *dumb) interesting(e framework.ClusterEvent, to func(plugin string) bool) bool {
	for _, plugin := range d.profile.Events {
		for _, r := range plugin.Events {
			if to(plugin.Plugin) && r.Event.Matches(e) {
				return true
			}
		}
	}
	return e.Resource == framework.WildCard
}

func (d *dumb) event(now sim.Time, e dumbEvent, pods []*dumbPod) {
	if !d.interesting(e.ClusterEvent, func(string) bool { return true }) {
		return
	}
	for _, p := range pods {
		gated := p.place == Gated
		if gated && !d.interesting(e.ClusterEvent, func(plugin string) bool { return plugin == p.gating }) {
			continue
		}
		if gated || p.place == Unschedulable {
			if s := d.worth(p, e); s != Skip {
				d.put(now, p, s)
			}
		}
	}
	for _, p := range d.pods {
		if p.place == InFlight {
			p.missed = append(p.missed, e)
		}
	}
}

func (d *dumb) update(now sim.Time, old, new *model.Pod) {
	events := framework.AppendPodUpdates(nil, old, new, true)
	if d.flying(new) != nil {
		for _, e := range events {
			for _, p := range d.pods {
				if p.place == InFlight {
					p.missed = append(p.missed, dumbEvent{e, old, new})
				}
			}
		}
		return
	}
	p := d.waiting(new)
	if p == nil {
		d.add(now, new)
		return
	}
	p.pod = new
	for _, e := range events {
		if p.place != Unschedulable && p.place != Gated {
			break
		}
		if s := d.worth(p, dumbEvent{e, old, new}); s != Skip {
			d.put(now, p, s)
		}
	}
}

func (d *dumb) less(a, b *dumbPod) bool {
	if a.pod.Spec.Priority != b.pod.Spec.Priority {
		return a.pod.Spec.Priority > b.pod.Spec.Priority
	}
	return a.order < b.order
}

func (d *dumb) pop() *dumbPod {
	var best *dumbPod
	for _, p := range d.pods {
		if p.place == Active && (best == nil || d.less(p, best)) {
			best = p
		}
	}
	if best == nil {
		for _, p := range d.pods {
			if p.place != Backoff || len(p.unschedulable)+len(p.pending) == 0 {
				continue
			}
			if best == nil || d.expiry(p) < d.expiry(best) || d.expiry(p) == d.expiry(best) && d.less(p, best) {
				best = p
			}
		}
	}
	if best != nil {
		best.place, best.missed = InFlight, nil
	}
	return best
}

func (d *dumb) failed(now sim.Time, p *dumbPod, unschedulable, pending []string) {
	if d.waiting(p.pod) != nil {
		d.drop(p)
		return
	}
	p.unschedulable, p.pending = slices.Clone(unschedulable), pending
	best := Skip
	if len(unschedulable)+len(pending) == 0 {
		p.errors++
		best = AfterBackoff
	} else {
		p.rejections++
		p.errors = 0
	}
	for _, e := range p.missed {
		best = max(best, d.worth(p, e))
	}
	d.stamp(now, p)
	d.put(now, p, best)
}

func (d *dumb) second(now sim.Time) {
	for _, p := range d.pods {
		if p.place == Backoff && d.expiry(p) < d.floor(now) {
			p.place = Active
		}
	}
}

func (d *dumb) leftover(now sim.Time) {
	var late []*dumbPod
	for _, p := range d.pods {
		if (p.place == Unschedulable || p.place == Gated) && now.Sub(max(p.came, p.flushed)) > DefaultMaxUnschedulable {
			p.flushed = now
			late = append(late, p)
		}
	}
	if len(late) > 0 {
		d.event(now, dumbEvent{ClusterEvent: framework.EventUnschedulableTimeout}, late)
	}
}

// activate makes a pod active that waits elsewhere.
func (d *dumb) activate(now sim.Time, pod *model.Pod) {
	if p := d.waiting(pod); p != nil {
		if p.place != Active {
			d.put(now, p, Immediately)
		}
	} else if d.flying(pod) != nil {
		for _, p := range d.pods {
			if p.place == InFlight {
				p.missed = append(p.missed, dumbEvent{framework.EventForceActivate, nil, pod})
			}
		}
	}
}

// whim is a hint that depends on nothing but pod and object.
func whim(pod *model.Pod, _, new model.Object) framework.Hint {
	h := fnv.New32a()
	fmt.Fprint(h, pod.Name, new.Meta().ResourceVersion)
	return framework.Hint(h.Sum32() >> 7 & 1)
}

// pair runs the queue and the dumb one side by side.
type pair struct {
	t     *testing.T
	q     *Queue
	d     *dumb
	r     *rand.Rand
	now   sim.Time
	live  map[string]*model.Pod // by name, what a watch would have shown last
	items []*Item               // in flight
}

func newPair(t *testing.T, seed uint64) *pair {
	on := func(plugin string, fn framework.HintFn, events ...framework.ClusterEvent) PluginEvents {
		p := PluginEvents{Plugin: plugin}
		for _, e := range events {
			p.Events = append(p.Events, framework.EventWithHint{Event: e, Hint: fn})
		}
		return p
	}
	target := func(a framework.ActionType) framework.ClusterEvent {
		return framework.ClusterEvent{Resource: framework.TargetPod, Action: a}
	}
	profile := Profile{
		PreEnqueue: []framework.PreEnqueuePlugin{gate{"gates"}, gate{"preemption"}},
		Events: []PluginEvents{
			on("fit", whim, podDelete, nodeAdd, framework.ClusterEvent{Resource: framework.Node, Action: framework.Add | framework.UpdateNodeLabel}),
			on("affinity", whim, nodeLabel, target(framework.UpdatePodLabel)),
			on("claims", whim, claimAdd, framework.ClusterEvent{Resource: framework.Pod, Action: framework.All}),
			on("gates", nil, target(framework.UpdatePodSchedulingGatesEliminated)),
			on("preemption", nil, podDelete),
		},
	}
	r := rand.New(rand.NewPCG(seed, 1))
	offset := time.Duration(r.IntN(4)) * 250 * time.Millisecond
	return &pair{
		t: t, r: r, live: map[string]*model.Pod{},
		d: &dumb{profile: profile, offset: offset},
		q: New(Options{InitialBackoff: time.Second, MaxBackoff: 10 * time.Second, WallOffset: offset, Profiles: []Profile{profile}}),
	}
}

// object is something that an event is about.
func (p *pair) object() *model.Node {
	return &model.Node{ObjectMeta: model.ObjectMeta{ResourceVersion: p.r.Uint64N(1000)}}
}

func (p *pair) someGates() (gates []string) {
	for _, g := range []string{"gates", "preemption"} {
		if p.r.IntN(4) == 0 {
			gates = append(gates, g)
		}
	}
	return gates
}

func (p *pair) some(names ...string) (chosen []string) {
	for _, n := range names {
		if p.r.IntN(2) == 0 {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

// advance lets time pass with all timers.
func (p *pair) advance() {
	end := p.now.Add(time.Duration(p.r.IntN(1500)) * time.Millisecond)
	if p.r.IntN(30) == 0 {
		end = end.Add(6 * time.Minute)
	}
	// The windows of the wall clock and the checks every 30 s, in the order of time.
	for t := p.now; t <= end; {
		second, check := p.d.floor(t).Add(time.Second), t.TruncateFrom(0, leftoverPeriod).Add(leftoverPeriod)
		if t = min(second, check); t > end {
			break
		}
		if t == second {
			p.d.second(t)
		}
		if t == check {
			p.d.leftover(t)
		}
	}
	for p.q.NextWake(p.now) <= end {
		p.now = p.q.NextWake(p.now)
		p.q.Tick(p.now)
	}
	p.now = end
}

func (p *pair) step() {
	name := fmt.Sprintf("p%d", p.r.IntN(12))
	old := p.live[name]
	switch op := p.r.IntN(12); {
	case op == 0 && old == nil:
		fresh := pod(name, int32(p.r.IntN(3)), p.someGates()...)
		fresh.UID = fmt.Sprint(name, "-", p.now)
		p.live[name] = fresh
		p.q.Add(p.now, fresh)
		p.d.add(p.now, fresh)
	case op == 1 && old != nil && p.r.IntN(3) == 0:
		delete(p.live, name)
		p.q.Delete(p.now, old)
		if w := p.d.waiting(old); w != nil {
			p.d.drop(w)
		}
	case op == 2 && old != nil:
		changed := *old
		changed.ResourceVersion = p.r.Uint64N(1000)
		spec := *old.Spec
		spec.SchedulingGates = p.someGates()
		changed.Spec = &spec
		if p.r.IntN(2) == 0 {
			changed.Labels = map[string]string{"v": fmt.Sprint(p.r.IntN(2))}
		}
		p.live[name] = &changed
		p.q.Update(p.now, old, &changed)
		p.d.update(p.now, old, &changed)
	case op == 3 && old != nil:
		p.q.Activate(p.now, old)
		p.d.activate(p.now, old)
	case op <= 6:
		p.pop()
	case op <= 9:
		p.land()
	case op == 10:
		e := []framework.ClusterEvent{podDelete, nodeAdd, nodeLabel, claimAdd, framework.EventAssignedPodAdd, framework.EventNodeDelete}[p.r.IntN(6)]
		o := p.object()
		p.q.Event(p.now, e, nil, o)
		p.d.event(p.now, dumbEvent{e, nil, o}, p.d.pods)
	default:
		p.advance()
	}
}

func (p *pair) pop() {
	want := p.d.pop()
	i, ok := p.q.Pop(p.now)
	if ok != (want != nil) || ok && i.Pod != want.pod {
		p.t.Fatalf("at %v: popped %v, want %v", p.now, i, want)
	}
	if ok {
		p.items = append(p.items, i)
	}
}

// land ends the attempt of some pod in flight.
func (p *pair) land() {
	if len(p.items) == 0 {
		return
	}
	n := p.r.IntN(len(p.items))
	i := p.items[n]
	p.items = slices.Delete(p.items, n, n+1)
	w := p.d.flying(i.Pod)
	latest := p.live[i.Pod.Name]
	if latest == nil || latest.UID != i.Pod.UID || p.r.IntN(6) == 0 {
		// Gone, made anew, or bound.
		if latest != nil && latest.UID == i.Pod.UID {
			delete(p.live, i.Pod.Name)
		}
		p.q.Done(p.now, i)
		p.d.drop(w)
		return
	}
	w.pod = latest
	unschedulable, pending := p.some("fit", "affinity", "other"), p.some("claims")
	p.q.Failed(p.now, i, latest, unschedulable, pending)
	p.d.failed(p.now, w, unschedulable, pending)
}

// compare checks that every pod is in the same place in both, and that the queue is sound.
func (p *pair) compare(step int) {
	var want Lengths
	for _, w := range p.d.pods {
		switch w.place {
		case Active:
			want.Active++
		case Backoff:
			want.Backoff++
		case Unschedulable:
			want.Unschedulable++
		case Gated:
			want.Gated++
		case InFlight:
			want.InFlight++
			continue
		}
		i := p.q.Get("default", w.pod.Name)
		if i == nil || i.place != w.place || i.Pod != w.pod || i.Gating != w.gating || i.Timestamp != w.came {
			p.t.Fatalf("step %d at %v: %s is %+v, want %+v", step, p.now, w.pod.Name, i, w)
		}
		if i.UnschedulableCount != w.rejections || i.ConsecutiveErrors != w.errors || i.expiry != p.d.expiry(w) {
			p.t.Fatalf("step %d at %v: %s counts %+v, want %+v", step, p.now, w.pod.Name, i, w)
		}
	}
	if got := p.q.Lengths(); got != want || len(p.q.waiting) != len(p.d.pods)-want.InFlight {
		p.t.Fatalf("step %d at %v: %+v and %d findable, want %+v", step, p.now, got, len(p.q.waiting), want)
	}
	for _, h := range []*heap{&p.q.active, &p.q.rejected, &p.q.failed, &p.q.unschedulable.due} {
		for n, i := range h.items {
			if i.position != n || n > 0 && h.before(i, h.items[(n-1)/arity]) {
				p.t.Fatalf("step %d: heap out of order at %d", step, n)
			}
		}
	}
}

func TestRandomOperationsAgainstTheDumbQueue(t *testing.T) {
	seeds, steps := uint64(60), 2000
	if testing.Short() {
		seeds = 10
	}
	places := map[Place]int{}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := newPair(t, seed)
			for step := range steps {
				p.step()
				p.compare(step)
				for _, w := range p.d.pods {
					places[w.place]++
				}
			}
		})
	}
	for place := Active; place <= InFlight; place++ {
		if places[place] == 0 {
			t.Errorf("no pod was ever %v: the test exercises too little", place)
		}
	}
	t.Logf("pods seen, by place: %v", places)
}
