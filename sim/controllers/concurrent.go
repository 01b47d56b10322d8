package controllers

import (
	"iter"
	"slices"
)

// Concurrently does n things side by side, as goroutines of one sync would, and returns when all of them
// are done. Unlike Parallel each may ask the API server for several things, one after another. They begin in
// the order of their numbers; the errors are in that order, nil when there are none.
func (l *Loop) Concurrently(n int, do func(i int) error) []error {
	parent := l.worker()
	errs := make([]error, n)
	left, waits := n, false
	for i := range n {
		w := l.branch(func() { errs[i] = do(i) }, func() {
			if left--; left == 0 && waits {
				parent.resume()
			}
		})
		w.resume()
		l.current = parent
	}
	if left > 0 {
		waits = true
		parent.pause()
	}
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// branch is a worker for one thing, which is thrown away when it is done.
func (l *Loop) branch(do, done func()) *worker {
	w := &worker{loop: l}
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer recoverStopped()
		w.yield = yield
		do()
	})
	w.ended = func() {
		l.branches = slices.DeleteFunc(l.branches, func(b *worker) bool { return b == w })
		done()
	}
	l.branches = append(l.branches, w)
	return w
}
