package controllers

import "iter"

// worker is one of a loop's workers. It runs syncs, one after another, as a coroutine: a sync that asks
// something of the API server pauses where it stands and goes on when the answer is there, at a later
// instant of the simulation. Only one coroutine runs at any time, and only while the engine handles an
// event of the loop, so that a run stays single-threaded and repeatable.
type worker struct {
	loop  *Loop
	index int
	// next has the worker go on; stop makes it return.
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	// gone: it was unwound, and its requests are not made.
	gone bool
	// ended, when not nil, is called when the worker has returned.
	ended func()
}

// stopped is what a worker is unwound with at the end of a run.
type stopped struct{}

func newWorker(l *Loop) *worker {
	w := &worker{loop: l, index: len(l.workers)}
	w.next, w.stop = iter.Pull(w.run)
	return w
}

// run works until the worker is stopped.
func (w *worker) run(yield func(struct{}) bool) {
	defer recoverStopped()
	w.yield = yield
	for {
		w.loop.work()
		w.pause()
	}
}

// recoverStopped ends a worker that is unwound.
func recoverStopped() {
	if r := recover(); r != nil {
		if _, ok := r.(stopped); !ok {
			panic(r)
		}
	}
}

// pause gives control back to the engine until the worker is resumed.
func (w *worker) pause() {
	if !w.yield(struct{}{}) {
		panic(stopped{})
	}
}

// resume goes on with the worker until its next pause.
func (w *worker) resume() {
	w.loop.current = w
	_, goesOn := w.next()
	w.loop.current = nil
	if !goesOn && w.ended != nil && !w.loop.stopped {
		w.ended()
	}
}
