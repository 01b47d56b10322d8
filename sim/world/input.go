package world

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
)

// input is what comes from outside: the timeline and the arrivals, each one step ahead.
type input struct {
	world    *world
	actor    sim.Actor
	entry    int // next of the timeline
	arrivals []*arrivals
}

// arrivals is a sequence under way.
type arrivals struct {
	index int64
	seq   ArrivalSeq
	next  Arrival
	// held says that next waits for the first attempt of the pod with this UID.
	held string
}

const (
	opEntry uint16 = iota
	opArrival
	opProcess
)

func newInput(w *world) *input {
	in := &input{world: w}
	in.actor = w.engine.Register("input", in)
	return in
}

// open begins with the timeline and all arrivals.
func (in *input) open() error {
	in.scheduleEntry()
	for i := range in.world.cfg.Faults {
		f := &in.world.cfg.Faults[i]
		if err := f.Fault.Recur(in.env(in.world.engine.Now(), f.Place), f.Every); err != nil {
			return fmt.Errorf("%s: %w", f.Place, err)
		}
	}
	for _, a := range in.world.cfg.Arrivals {
		seq, err := a.Open(in.world.cfg.Seed)
		if err != nil {
			return err
		}
		if err := in.add(seq); err != nil {
			return err
		}
	}
	return nil
}

func (in *input) add(seq ArrivalSeq) error {
	a := &arrivals{index: int64(len(in.arrivals)), seq: seq}
	in.arrivals = append(in.arrivals, a)
	return in.advance(a)
}

// advance reads the next arrival of a sequence and schedules it, unless it waits for the one before.
func (in *input) advance(a *arrivals) error {
	next, ok, err := a.seq.Next()
	if err != nil {
		return err
	}
	a.next = next
	if !ok {
		a.next.Pod = nil
		return nil
	}
	if next.AfterPrevious && a.held != "" {
		return nil
	}
	at := max(next.At, in.world.engine.Now())
	if next.AfterPrevious {
		at = in.world.engine.Now()
	}
	a.held = ""
	in.schedule(a, at)
	return nil
}

func (in *input) schedule(a *arrivals, at sim.Time) {
	in.world.engine.Schedule(at, sim.Event{Phase: sim.PhaseInput, Actor: in.actor, Op: opArrival, Arg: a.index})
}

// attempted tells that a pod has had its first scheduling attempt: an arrival that waited for it comes.
func (in *input) attempted(a *arrivals, uid string) {
	if a.held != uid {
		return
	}
	a.held = ""
	if a.next.Pod != nil && a.next.AfterPrevious {
		in.schedule(a, in.world.engine.Now())
	}
}

// Handle runs the timeline's next entry or lets a pod arrive.
func (in *input) Handle(now sim.Time, ev sim.Event) {
	switch ev.Op {
	case opEntry:
		in.do(now, &in.world.cfg.Timeline[in.entry])
		in.entry++
		in.scheduleEntry()
	case opProcess:
		in.step(now, ev.Ref.(*process))
	default:
		in.arrive(in.arrivals[ev.Arg])
	}
}

// process is a verb's process under way, with the place of the verb.
type process struct {
	verbs.Process
	place string
}

// step goes on with a process.
func (in *input) step(now sim.Time, p *process) {
	next, err := p.Step(in.env(now, p.place))
	if err != nil {
		in.world.notes.add(fmt.Sprintf("%s: refused at %s: %v", p.place, now.Truncate(time.Millisecond), err))
	}
	if next != sim.Never {
		_, endless := p.Process.(verbs.Endless)
		in.world.engine.Schedule(max(next, now), sim.Event{Phase: sim.PhaseInput, Actor: in.actor, Op: opProcess, Background: endless, Ref: p})
	}
}

func (in *input) scheduleEntry() {
	if in.entry < len(in.world.cfg.Timeline) {
		e := &in.world.cfg.Timeline[in.entry]
		in.world.engine.Schedule(max(e.At, in.world.engine.Now()),
			sim.Event{Phase: sim.PhaseInput, Actor: in.actor, Op: opEntry, Arg: int64(in.entry)})
	}
}

// do runs a verb. What the cluster refuses is told and the run goes on, as it would with kubectl.
func (in *input) do(now sim.Time, e *Entry) {
	if err := e.Verb.Do(in.env(now, e.Place)); err != nil {
		in.world.notes.add(fmt.Sprintf("%s: refused at %s: %v", e.Place, now.Truncate(time.Millisecond), err))
	}
}

// env is what a verb may touch.
func (in *input) env(now sim.Time, place string) *verbs.Env {
	return &verbs.Env{Now: now, Seed: in.world.cfg.Seed, API: in.world.api, Place: place,
		Wall: in.world.cfg.Start.Add(now.Sub(0)), Patch: in.world.cfg.Patch,
		Arrive: func(a verbs.Arrivals) {
			if err := in.add(newBatch(in.world.cfg.Seed, now, a)); err != nil {
				in.world.fail(err)
			}
		},
		Slow:     product(in.world.ails.requests),
		Note:     func(text string) { in.world.notes.add(place + ": " + text) },
		Machines: machines{in.world}, Registries: registries{in.world}, ControlPlane: control{in.world},
		Start: func(p verbs.Process) { in.step(now, &process{p, place}) }}
}

// arrive creates a pod and looks for the next. A pod that nothing will try to schedule holds nobody up.
func (in *input) arrive(a *arrivals) {
	w := in.world
	arrival := a.next
	created, err := w.api.Create(arrival.Pod)
	if err != nil {
		w.notes.add("arriving pods were refused: " + err.Error())
	} else {
		pod := created.(*model.Pod)
		if arrival.Run != nil {
			w.kubelets.FixRun(pod.UID, *arrival.Run)
		}
		if pod.NodeName == "" && len(pod.Spec.SchedulingGates) == 0 && w.drive.serves(pod.Spec.SchedulerName) {
			a.held = pod.UID
			w.recorder.follow(pod.UID, a)
		}
	}
	if err := in.advance(a); err != nil {
		w.fail(err)
	}
}

// notes are the remarks of all sequences.
func (in *input) notes() []record.Note {
	var out []record.Note
	for _, a := range in.arrivals {
		out = append(out, a.seq.Notes()...)
	}
	return out
}

func (in *input) close() {
	for _, a := range in.arrivals {
		if err := a.seq.Close(); err != nil {
			in.world.notes.add(err.Error())
		}
	}
}

// batch is the arrivals of a create verb: a count of pods of one template, with gaps.
type batch struct {
	arrivals verbs.Arrivals
	gaps     sim.Key
	at       sim.Time
	made     int64
}

func newBatch(seed uint64, now sim.Time, a verbs.Arrivals) *batch {
	return &batch{arrivals: a, gaps: sim.NewKey(seed, a.Place+".every"), at: now}
}

// Next makes the next pod: named after the template with its number, or by its generateName.
func (b *batch) Next() (Arrival, bool, error) {
	if b.made >= b.arrivals.Count {
		return Arrival{}, false, nil
	}
	if b.made > 0 && b.arrivals.Every != nil {
		src := b.gaps.Draw(uint64(b.made))
		b.at = b.at.Add(sim.SampleDuration(b.arrivals.Every, &src))
	}
	pod := *b.arrivals.Template
	if pod.Name != "" {
		pod.Name = fmt.Sprintf("%s-%d", pod.Name, b.made)
	}
	b.made++
	return Arrival{At: b.at, Pod: &pod}, true, nil
}

// Notes returns nothing: no pod is left out.
func (b *batch) Notes() []record.Note { return nil }

// Close does nothing.
func (b *batch) Close() error { return nil }
