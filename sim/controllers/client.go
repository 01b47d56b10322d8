package controllers

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// request is a call of the API server on its way.
type request struct {
	group *group
	do    func() error
	err   error
}

// group is what a worker waits for.
type group struct {
	worker *worker
	left   int
}

// Do asks the API server for one thing: it waits for a token of the client's rate limit and for the
// answer, calls do at that instant, and returns its error. What do does happens at once; it may not call
// methods of the Loop that wait.
func (l *Loop) Do(do func() error) error {
	w := l.worker()
	r := request{group: &group{worker: w, left: 1}, do: do}
	l.issue(&r)
	w.pause()
	return r.err
}

// Parallel asks for n things at once, as goroutines of one sync would, and returns when the last answer
// is there. do is called with the number of each, in the order of the answers; the errors are in the order
// of the numbers, nil when there are none.
func (l *Loop) Parallel(n int, do func(i int) error) []error {
	if n <= 0 {
		return nil
	}
	w := l.worker()
	g := group{worker: w, left: n}
	requests := make([]request, n)
	for i := range requests {
		requests[i] = request{group: &g, do: func() error { return do(i) }}
		l.issue(&requests[i])
	}
	w.pause()
	var errs []error
	for i := range requests {
		if requests[i].err != nil {
			errs = append(errs, requests[i].err)
		}
	}
	return errs
}

// SlowStart asks for count things in batches of 1, 2, 4, 8, ... and stops after the first batch in which
// one fails. It returns how many succeeded and the first error.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set.go slowStartBatch;
// pkg/controller/controller_utils.go SlowStartInitialBatchSize.
func (l *Loop) SlowStart(count int, do func(i int) error) (int, error) {
	done := 0
	for batch := min(count, 1); batch > 0; batch = min(2*batch, count-done) {
		errs := l.Parallel(batch, func(i int) error { return do(done + i) })
		if len(errs) > 0 {
			return done + batch - len(errs), errs[0]
		}
		done += batch
	}
	return done, nil
}

// worker is the worker on whose coroutine a method was called.
func (l *Loop) worker() *worker {
	if l.current == nil {
		panic(fmt.Sprintf("controllers: %s asks the API server outside of a sync", l.options.Name))
	}
	return l.current
}

// issue puts a request on its way.
func (l *Loop) issue(r *request) {
	e := l.manager.Engine
	at := l.limiter.reserve(e.Now()).Add(l.draw())
	e.Schedule(at, sim.Event{Phase: sim.PhaseAct, Actor: l.actor, Op: opAnswer, Ref: r})
}

// answer does what was asked and has the worker go on when it was the last thing it waits for.
func (l *Loop) answer(r *request) {
	g := r.group
	if g.worker.gone {
		return
	}
	r.err = r.do()
	if g.left--; g.left == 0 {
		g.worker.resume()
	}
}

// Create stores a new object and returns it as stored.
func (l *Loop) Create(o model.Object) (model.Object, error) {
	var stored model.Object
	err := l.Do(func() (err error) {
		stored, err = l.manager.API.Create(o)
		return err
	})
	return stored, err
}

// Update replaces an object, spec and status alike: o is a copy (apiserver.Copy) of what was read, of
// which nobody else holds on to. It returns what is stored, and a conflict when the object has been
// written since it was read.
func (l *Loop) Update(o model.Object) (model.Object, error) {
	err := l.Do(func() error { return l.manager.API.UpdateCurrent(o) })
	return o, err
}

// Patch has change make a copy of an object as it stands when the request is answered, so that it meets
// no conflict. change returns nil for nothing to write. UID, when not empty, must be the object's.
func (l *Loop) Patch(kind model.Kind, namespace, name, uid string, change func(model.Object) (model.Object, error)) error {
	return l.Do(func() error { return l.manager.patch(kind, namespace, name, uid, change) })
}

// Delete deletes an object.
func (l *Loop) Delete(kind model.Kind, namespace, name string, o apiserver.DeleteOptions) error {
	return l.Do(func() error { return l.manager.API.Delete(kind, namespace, name, o) })
}

// Get reads an object from the API server rather than from an informer.
func (l *Loop) Get(kind model.Kind, namespace, name string) (model.Object, error) {
	var found model.Object
	err := l.Do(func() (err error) {
		found, err = l.manager.get(kind, namespace, name)
		return err
	})
	return found, err
}

// Event tells an event about an object, in the name of the loop's component. It is written later, in turn.
func (l *Loop) Event(about model.Object, kind, reason, format string, args ...any) {
	l.events.tell(event{about, apiserver.Note{Type: kind, Reason: reason, Message: fmt.Sprintf(format, args...),
		Component: l.options.Component}})
}
