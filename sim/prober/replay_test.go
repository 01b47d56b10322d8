package prober

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// replay is what became of one recorded container, and what its workers are told of it: the little of a
// kubelet that makes statuses.
type replay struct {
	rows   []recordedCall // of the container
	made   sim.Time       // the workers
	end    sim.Time
	relist []float64
	open   sim.Time

	set     *behaviour.Set
	pod     *model.Pod
	view    View
	started sim.Time
	workers []*Worker
	types   []Type
	ready   bool
	clock   sim.Time // all steps before it have been taken
	later   []said   // in order of time
}

func instantOf(seconds float64) sim.Time { return sim.At(time.Duration(seconds * 1e9)) }

func replayOf(rows []recordedCall, pod, container string) *replay {
	r := &replay{end: sim.Never}
	node := ""
	for _, row := range rows {
		switch {
		case row.Pod == pod && row.Call == "RunPodSandbox":
			r.made, node = instantOf(row.T), row.Node
		case row.Pod == pod && row.C == container:
			r.rows = append(r.rows, row)
			if row.Call == "SIGTERM" {
				r.end = instantOf(row.T)
			} else if row.Call == "StartContainer" {
				r.end = sim.Never
			}
		case row.Pod == "" && row.Node == node && row.Call == "ListPodSandbox":
			r.relist = append(r.relist, row.T)
		}
	}
	r.end = min(r.end, instantOf(r.rows[len(r.rows)-1].T))
	return r
}

func (r *replay) starts() (out []float64) {
	for _, row := range r.rows {
		if row.Call == "StartContainer" {
			out = append(out, row.T)
		}
	}
	return out
}

func (r *replay) calls(word string) (out []float64) {
	for _, row := range r.rows {
		if instantOf(row.T) <= r.end && (row.Args.Cmd == word || row.Args.Path == word) {
			out = append(out, row.T)
		}
	}
	return out
}

// play leads workers of the probes through the recorded life and returns their calls by command.
func (r *replay) play(probes []recordedProbe) map[string][]float64 {
	b := behaviour.Behaviour{Place: "recording"}
	c := model.Container{Name: "c"}
	startup := false
	for _, p := range probes {
		b.Answers = append(b.Answers, behaviour.Answers{Word: wordOf(p), Path: pathOf(p), Says: p.says})
		startup = startup || p.of == Startup
	}
	r.pod = &model.Pod{ObjectMeta: model.ObjectMeta{Name: "p"}, Spec: &model.PodSpec{Containers: []model.Container{c}}}
	r.set = behaviour.NewSet(1, []behaviour.Behaviour{b})
	for _, p := range probes {
		r.types = append(r.types, p.of)
		r.workers = append(r.workers, New(Options{Type: p.of, Probe: p.spec(), Container: &r.pod.Spec.Containers[0],
			KubeletStarted: sim.At(-time.Hour), Chance: sim.NewKey(1, p.word), Ask: r.asker(p), EveryPeriod: true}, r.made, View{}))
	}
	made := map[string][]float64{}
	for _, told := range r.script(startup) {
		r.until(told.at, probes, made)
		told.say()
	}
	r.until(r.end+1, probes, made)
	return made
}

func wordOf(p recordedProbe) string {
	if p.word[0] == '/' {
		return ""
	}
	return p.word
}

func pathOf(p recordedProbe) string {
	if p.word[0] == '/' {
		return p.word
	}
	return ""
}

func (r *replay) asker(p recordedProbe) func(sim.Time) (behaviour.Answer, sim.Time) {
	handler := p.spec().Handler
	return func(now sim.Time) (behaviour.Answer, sim.Time) {
		if !r.view.Running {
			return behaviour.Answer{Reply: behaviour.Reply{Error: "container not running"}}, sim.Never
		}
		life := r.set.For(r.pod, nil).Life(r.pod, 0, int32(r.view.ID)-1)
		a, until := life.Answer(&handler, now.Sub(r.started))
		if until == behaviour.Forever {
			return a, sim.Never
		}
		return a, r.started.Add(until)
	}
}

// said is something that happens to the container at an instant.
type said struct {
	at  sim.Time
	say func()
}

// script is the starts, the ends that are not followed by a start at once, and the statuses that poke: the
// first periodic relist after the first start, and the status right after a restart. Where the recording
// shows that a worker saw a start at once, it is poked then.
func (r *replay) script(startup bool) (out []said) {
	restart := false
	for i, row := range r.rows {
		now := instantOf(row.T)
		switch row.Call {
		case "StartContainer":
			out = append(out, said{now + 1e5, func() { r.start(now, startup, row.N) }})
			relist, _ := slices.BinarySearch(r.relist, row.T)
			if soon := r.rows[i+1:]; restart {
				out = append(out, said{now + 1e6, r.poke})
			} else if len(soon) > 0 && soon[0].T-row.T < 0.01 {
				out = append(out, said{now + 1e6, func() { r.first(soon[0]) }})
			}
			if relist < len(r.relist) {
				out = append(out, said{instantOf(r.relist[relist]) + 1e6, r.poke})
			}
			restart = true
		case "exit":
			if i+1 < len(r.rows) && r.rows[i+1].T-row.T < 0.05 {
				continue
			}
			out = append(out, said{now + 1e6, func() { r.see(now+1e6, View{ID: r.view.ID, Terminated: true, Restarts: true}) }})
		}
	}
	slices.SortStableFunc(out, func(a, b said) int { return int(a.at - b.at) })
	return out
}

// start is the start of the container. One that had started counts as started until its startup
// probe speaks.
func (r *replay) start(now sim.Time, startup bool, n int32) {
	r.started, r.ready = now, false
	started := !startup || r.view.Started
	r.see(now+1e5, View{ID: uint64(n) + 1, IP: "10.0.0.1", Running: true, StartedAt: now.Truncate(time.Second), Started: started})
}

func (r *replay) see(now sim.Time, v View) {
	r.view = v
	for _, w := range r.workers {
		w.See(now, v)
	}
}

func (r *replay) poke() {
	if !r.view.Running || !r.view.Started || r.ready {
		return
	}
	for i, w := range r.workers {
		if r.types[i] == Readiness {
			w.Poke(r.clock)
		}
	}
}

// first is the first call of a worker that saw the start at once.
func (r *replay) first(call recordedCall) {
	for _, w := range r.workers {
		if h := w.options.Probe.Handler; h.Path == call.Args.Path && slices.Equal(h.Command, []string{call.Args.Cmd}) {
			w.Poke(r.clock)
		}
	}
}

// until takes the steps of all workers up to an instant, that excluded.
func (r *replay) until(limit sim.Time, probes []recordedProbe, made map[string][]float64) {
	for {
		first := 0
		for i, w := range r.workers {
			if w.Next() < r.workers[first].Next() {
				first = i
			}
		}
		w := r.workers[first]
		now := w.Next()
		if len(r.later) > 0 && r.later[0].at <= min(now, limit) {
			r.clock = r.later[0].at
			say := r.later[0].say
			r.later = r.later[1:]
			say()
			continue
		}
		if now >= limit {
			r.clock = limit
			return
		}
		r.clock = now
		step := w.Step(now)
		if step.Called && now.Sub(r.started) >= time.Duration(r.open) {
			made[probes[first].word] = append(made[probes[first].word], now.Seconds())
		}
		if step.Published {
			r.published(probes[first].of, step.Result)
		}
	}
}

// published is the status that follows a published result, a millisecond later.
func (r *replay) published(of Type, result Result) {
	v := r.view
	switch of {
	case Startup:
		v.Started = result == Success
		r.later = append(r.later, said{r.clock + 1e6, func() {
			r.see(r.clock, v)
			r.poke()
		}})
	case Readiness:
		r.ready = result == Success
		if v.Started && r.clock.Sub(r.started) > 500*time.Millisecond {
			r.later = append(r.later, said{r.clock + 1e6, r.poke})
		}
	}
}
