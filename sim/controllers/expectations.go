package controllers

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// expectationsTimeout is how long a controller waits to see what it has done before it acts again.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ExpectationsTimeout.
const expectationsTimeout = 5 * time.Minute

// Expectations are the pods that a controller has created and deleted and not yet seen in its informer.
// While there are any it makes and deletes no others.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go UIDTrackingControllerExpectations.
type Expectations struct {
	manager *Manager
	of      map[apiserver.Name]*expected
}

type expected struct {
	creations int
	deletions map[string]bool // by UID
	since     sim.Time
}

// NewExpectations returns expectations of nothing.
func (m *Manager) NewExpectations() *Expectations {
	e := &Expectations{manager: m, of: map[apiserver.Name]*expected{}}
	m.expects = append(m.expects, e)
	return e
}

// ExpectCreations has a key wait for n pods to be seen.
func (e *Expectations) ExpectCreations(key apiserver.Name, n int) {
	e.of[key] = &expected{creations: n, since: e.manager.Engine.Now()}
}

// ExpectDeletions has a key wait for the deletions of pods to be seen.
func (e *Expectations) ExpectDeletions(key apiserver.Name, uids []string) {
	x := &expected{deletions: make(map[string]bool, len(uids)), since: e.manager.Engine.Now()}
	for _, uid := range uids {
		x.deletions[uid] = true
	}
	e.of[key] = x
}

// ExpectBoth has a key wait for n pods and for the deletions of others to be seen.
func (e *Expectations) ExpectBoth(key apiserver.Name, n int, uids []string) {
	e.ExpectDeletions(key, uids)
	e.of[key].creations = n
}

// CreationObserved takes note of a pod that is seen, or that will not come.
func (e *Expectations) CreationObserved(key apiserver.Name) {
	if x, ok := e.of[key]; ok {
		x.creations--
	}
}

// DeletionObserved takes note of a deletion that is seen, or that will not come.
func (e *Expectations) DeletionObserved(key apiserver.Name, uid string) {
	if x, ok := e.of[key]; ok {
		delete(x.deletions, uid)
	}
}

// Satisfied says whether a key has seen all it waits for, or has waited for five minutes.
func (e *Expectations) Satisfied(key apiserver.Name) bool {
	x, ok := e.of[key]
	return !ok || x.creations <= 0 && len(x.deletions) == 0 ||
		e.manager.Engine.Now().Sub(x.since) > expectationsTimeout
}

// Forget drops what is expected of a key.
func (e *Expectations) Forget(key apiserver.Name) { delete(e.of, key) }
