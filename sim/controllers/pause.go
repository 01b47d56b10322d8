package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Pause has the controllers end, as the process that they are in does when it dies or loses its lease:
// requests that have not been answered are not made, what was told but not written is lost, nothing more is
// done. What happens meanwhile is seen by Resume.
func (m *Manager) Pause() {
	if m.paused {
		return
	}
	m.paused = true
	for _, l := range m.loops {
		l.pause()
	}
}

// Resume has the controllers start again: they know no failures and expect nothing, see all objects as they
// are, and sync each.
// Source: kubernetes v1.37.2 cmd/kube-controller-manager/app/controllermanager.go Run (a new process);
// client-go tools/cache/shared_informer.go AddEventHandler.
func (m *Manager) Resume() {
	if !m.paused {
		return
	}
	m.paused = false
	now := m.Engine.Now()
	for _, e := range m.expects {
		clear(e.of)
	}
	for _, relist := range m.relists {
		relist()
	}
	for _, l := range m.loops {
		l.continues()
	}
	for _, ev := range m.held {
		m.Engine.Schedule(now, ev)
	}
	m.held = nil
	for _, again := range m.again {
		again(now)
	}
}

// register makes an actor of a controller, whose events wait while the manager is paused.
func (m *Manager) register(name string, h sim.Handler) sim.Actor {
	return m.Engine.Register(name, &held{m, h})
}

// held is an actor that does nothing while the manager is paused.
type held struct {
	manager *Manager
	actor   sim.Handler
}

// Handle handles an event now, or when the manager goes on.
func (h *held) Handle(now sim.Time, ev sim.Event) {
	if h.manager.paused {
		h.manager.held = append(h.manager.held, ev)
		return
	}
	h.actor.Handle(now, ev)
}

// pause unwinds the workers wherever they are. The keys that they were at wait before those of the queue.
func (l *Loop) pause() {
	for _, w := range slices.Concat(l.branches, l.workers) {
		w.gone = true
		w.stop()
	}
	l.branches, l.workers, l.idle, l.current = nil, nil, nil, nil
	l.events.lose()
	l.retries = newRetries()
	l.limiter.reset(l.manager.Engine.Now())
	old := l.queue
	l.queue = newQueue()
	for _, key := range namesOf(old.processing) {
		l.queue.add(key)
	}
	for _, key := range old.keys[old.head:] {
		l.queue.add(key)
	}
}

// continues has workers take up what has gathered in the queue.
func (l *Loop) continues() {
	for range min(l.queue.len(), l.options.Workers) {
		l.wake()
	}
}

// namesOf are names in their order.
func namesOf(set map[apiserver.Name]bool) []apiserver.Name {
	var out []apiserver.Name
	for name := range set {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b apiserver.Name) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// lose drops the events that are not written yet.
func (b *broadcaster) lose() {
	b.queue, b.head, b.writing = nil, 0, false
	b.spam = spamFilter{}
	b.lost++
}

// reset fills the bucket.
func (l *limiter) reset(now sim.Time) {
	l.turn = min(l.turn, now.Add(-l.slack-l.gap))
}
