package controllers

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// LoopOptions describes a control loop.
type LoopOptions struct {
	// Name is that of the controller; it names the loop's streams and, without Component, its events.
	Name string
	// Component is source.component of the loop's events.
	Component string
	// Workers is how many keys are synced at once, at least 1.
	Workers int
	// QPS and Burst multiply the limits of the client; 0: 1.
	QPS, Burst float64
	// Retries is how often a key whose sync fails is tried again before it is dropped; 0: for ever.
	Retries int
	// Sync brings the object of that name to what it should be. It may call the methods of the Loop that
	// ask the API server, and pauses there. An error has it tried again after a back-off.
	Sync func(key apiserver.Name) error
}

// Loop is the control loop of a controller: a work queue, workers that sync keys, and a client of the API
// server with a rate limit of its own.
// Source: kubernetes v1.37.2 pkg/controller/deployment/deployment_controller.go processNextWorkItem, and
// its likes in the other controllers.
type Loop struct {
	manager *Manager
	options LoopOptions
	actor   sim.Actor

	queue   queue
	retries retries
	delays  delays

	workers []*worker
	idle    []*worker
	current *worker // whose coroutine runs
	// branches are the workers of what syncs do concurrently.
	branches []*worker

	limiter *limiter
	latency *sim.Stream
	events  broadcaster
	stopped bool
}

const (
	opWork    uint16 = iota // a worker begins
	opAnswer                // a request is written and answered
	opDelayed               // a key's delay is over
	opEvent                 // an event is written
)

// NewLoop returns a loop with nothing to do.
func (m *Manager) NewLoop(o LoopOptions) *Loop {
	if o.Component == "" {
		o.Component = o.Name
	}
	if o.QPS == 0 {
		o.QPS = 1
	}
	if o.Burst == 0 {
		o.Burst = 1
	}
	l := &Loop{manager: m, options: o, queue: newQueue(), retries: newRetries(),
		delays:  delays{waiting: map[apiserver.Name]*delayed{}},
		limiter: newLimiter(m.options.ClientQPS*o.QPS, int(float64(m.options.ClientBurst)*o.Burst)),
		latency: m.Engine.Stream("controllers/" + o.Name + "/write")}
	l.events.loop = l
	l.actor = m.Engine.Register("controllers/"+o.Name, l)
	m.loops = append(m.loops, l)
	return l
}

// Add has a key synced as soon as a worker is free.
func (l *Loop) Add(key apiserver.Name) {
	if !l.stopped && l.queue.add(key) {
		l.wake()
	}
}

// AddAfter has a key synced after a while; when it waits already, the earlier instant counts. One that
// is added otherwise meanwhile is synced then, too.
func (l *Loop) AddAfter(key apiserver.Name, d time.Duration) { l.addAfter(key, d, false) }

// AddPeriodic is AddAfter for work that goes on for ever: a run that lasts until it is idle does not wait
// for it.
func (l *Loop) AddPeriodic(key apiserver.Name, d time.Duration) { l.addAfter(key, d, true) }

// AddRateLimited has a key synced after the delay of a failure: 5 ms, then twice as long each time up to
// 1000 s, until Forget.
func (l *Loop) AddRateLimited(key apiserver.Name) {
	l.AddAfter(key, l.retries.when(l.manager.Engine.Now(), key))
}

// Forget has the next failure of a key be its first.
func (l *Loop) Forget(key apiserver.Name) { l.retries.forget(key) }

func (l *Loop) addAfter(key apiserver.Name, d time.Duration, background bool) {
	if d <= 0 {
		l.Add(key)
		return
	}
	if l.stopped {
		return
	}
	e := l.manager.Engine
	at := e.Now().Add(d)
	w, ok := l.delays.waiting[key]
	if ok {
		if w.at <= at && (background || !w.background) {
			return
		}
		e.Cancel(w.handle)
		at, background = min(at, w.at), background && w.background
	} else {
		w = &delayed{key: key}
		l.delays.waiting[key] = w
	}
	w.at, w.background = at, background
	w.handle = e.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: l.actor, Op: opDelayed, Background: background, Ref: w})
}

// wake has a free worker look at the queue.
func (l *Loop) wake() {
	if l.manager.paused {
		return
	}
	var w *worker
	switch n := len(l.idle); {
	case n > 0:
		w = l.idle[n-1]
		l.idle = l.idle[:n-1]
	case len(l.workers) < l.options.Workers:
		w = newWorker(l)
		l.workers = append(l.workers, w)
	default:
		return
	}
	l.manager.Engine.After(0, sim.Event{Phase: sim.PhaseAct, Actor: l.actor, Op: opWork, Arg: int64(w.index), Ref: w})
}

// Handle goes on with the loop's work.
func (l *Loop) Handle(now sim.Time, ev sim.Event) {
	switch ev.Op {
	case opWork:
		if w := ev.Ref.(*worker); !w.gone {
			w.resume()
		}
	case opAnswer:
		l.answer(ev.Ref.(*request))
	case opDelayed:
		w := ev.Ref.(*delayed)
		delete(l.delays.waiting, w.key)
		l.Add(w.key)
	case opEvent:
		if ev.Arg == l.events.lost {
			l.events.written(now)
		}
	}
}

// work syncs keys until none is left. It runs on a worker.
func (l *Loop) work() {
	w := l.current
	for {
		key, ok := l.queue.get()
		if !ok {
			break
		}
		l.settle(key, l.options.Sync(key))
		l.queue.done(key)
	}
	l.idle = append(l.idle, w)
}

// settle decides what becomes of a key after its sync.
func (l *Loop) settle(key apiserver.Name, err error) {
	if err == nil || l.options.Retries > 0 && l.retries.failures[key] >= l.options.Retries {
		l.Forget(key)
		return
	}
	l.AddRateLimited(key)
}

// stop unwinds the workers; the loop does nothing any more.
func (l *Loop) stop() {
	l.stopped = true
	for _, w := range l.branches {
		w.stop()
	}
	for _, w := range l.workers {
		w.stop()
	}
}
