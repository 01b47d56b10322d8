package prober

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// Type is what a probe is for.
type Type uint8

// The types of probes.
const (
	Liveness Type = iota
	Readiness
	Startup
)

// String is the type as events write it.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober_manager.go probeType.String.
func (t Type) String() string { return [...]string{"Liveness", "Readiness", "Startup"}[t] }

// initial is what is published for a new instance of a container.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/worker.go newWorker.
func (t Type) initial() Result {
	return [...]Result{Liveness: Success, Readiness: Failure, Startup: Unknown}[t]
}

// Result is what the results of a probe come to. The zero Result is Unknown.
type Result uint8

// The results.
const (
	Unknown Result = iota
	Success
	Failure
)

// String is the result's name.
func (r Result) String() string { return [...]string{"Unknown", "Success", "Failure"}[r] }

// Options are what a worker is made from. All are fixed for its life.
type Options struct {
	Type  Type
	Probe *model.Probe
	// Container is the one that is probed, for the names of its ports.
	Container *model.Container
	// Sidecar: the container is an init container with restart policy Always.
	Sidecar bool
	// KubeletStarted is when the kubelet that makes the worker began; a worker made within its first period
	// waits a random part of it.
	KubeletStarted sim.Time
	// Chance keys the worker's draws: that wait, and which of a tick and a poke comes first that both came
	// during a call.
	Chance sim.Key
	// Ask is how a call of the handler would go that begins at an instant, to the container that runs then
	// (behaviour.Life.Answer, or what a frozen, absent or ended one does), and until when it would go the
	// same way (sim.Never: until Refresh is called). It is asked about the future, and may be asked again
	// about an instant.
	Ask func(now sim.Time) (a behaviour.Answer, until sim.Time)
	// EveryPeriod steps through every call, seen or not: Next is then each call in turn. It is the plain
	// form that the jumps are held against.
	EveryPeriod bool
}

// View is what the kubelet's status says of the container, as the worker reads it when it is about to call.
// The zero View is a container that has not been created.
type View struct {
	// ID names the instance of the container: another number for each start; 0: there is none.
	ID uint64
	// IP is the pod's, in the messages of failures to connect.
	IP      string
	Running bool
	// StartedAt is when it started running as the status says it, in whole seconds of the wall clock.
	StartedAt sim.Time
	// Started is the status field: running, and the startup probe, if any, has succeeded.
	Started bool
	// Terminated: its state is terminated, not waiting. Restarts: it is to be started again.
	Terminated, Restarts bool
	// PodEnded: the pod's phase is Succeeded or Failed.
	PodEnded bool
}

// Step is what is seen of a worker at an instant. It may be empty: Next can be an instant up to which the
// worker has been thought through in vain.
type Step struct {
	At sim.Time
	// Published: the worker has set Result for the container instance ID, and it is another than before.
	// For a new instance that is the initial value; nothing was known of it before.
	Published bool
	Result    Result
	ID        uint64
	// Reason and Message are those of a Warning event about the container; empty: there is none.
	Reason, Message string
	// Called: a call of the handler has begun at this instant. Only EveryPeriod tells all of them.
	Called bool
	// Done: the worker has ended; it has no Next and its result is forgotten.
	Done bool
}

// Seen says whether anything but a call is to be seen.
func (s *Step) Seen() bool { return s.Published || s.Reason != "" || s.Done }
