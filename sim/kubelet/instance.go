package kubelet

import (
	"towtank.dev/towtank/sim"
)

// instance is what the container runtime knows of one start of a container at one moment. It is never
// written to: what becomes of it is a new value, so that the runtime, what the last relist saw and what a
// sync under way works from share it.
type instance struct {
	// number counts the container's instances from 1.
	number   uint64
	id       string // containerID
	image    string
	restarts int32
	state    instanceState
	started  sim.Time
	finished sim.Time
	exit     int32
	reason   string
}

type instanceState uint8

const (
	created instanceState = iota
	running
	exited
)

// pair is a container's present instance and the one before, either of which may be nil: of dead
// instances the kubelet keeps one.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet.go NewMainKubelet (containerGCPolicy
// MaxPerPodContainer 1).
type pair struct{ cur, prev *instance }

func (p pair) is(s instanceState) bool { return p.cur != nil && p.cur.state == s }

// lastExited is the latest instance that has ended, nil when none has.
func (p pair) lastExited() *instance {
	if p.is(exited) {
		return p.cur
	}
	if p.prev != nil && p.prev.state == exited {
		return p.prev
	}
	return nil
}

// differs says whether a relist tells of a change since it last looked: a container that has started, or one
// that has ended. One that is created and not started yet is none.
// Source: kubernetes v1.37.2 pkg/kubelet/pleg/generic.go generateEvents.
func (p pair) differs(before pair) bool {
	old, cur := before.cur, p.cur
	switch {
	case cur == old:
		return false
	case old != nil && old.state == running && (cur == nil || cur.number != old.number || cur.state == exited):
		return true // it has died, and may have been removed since
	}
	return cur != nil && cur.state != created && (old == nil || old.number != cur.number || old.state == created)
}
