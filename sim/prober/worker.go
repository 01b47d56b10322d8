package prober

import (
	"time"

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
	// Container is the one that is probed: its ports have names, its policy says whether it restarts.
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
	// same way (sim.Never: until Refresh is called).
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

// Step is what is seen of a worker at an instant.
type Step struct {
	At sim.Time
	// Published: the worker has set Result for the container instance ID, and it is another than before.
	// For a new instance that is the initial value; it was not known before.
	Published bool
	Result    Result
	ID        uint64
	// Reason and Message are those of a Warning event about the container; empty: there is none.
	Reason, Message string
	// Done: the worker has ended; it has no Next and its result is forgotten.
	Done bool
}

// Worker is one probe of one container. Methods that take an instant must be called in order of time, and
// not after an instant of Next that has not been taken.
type Worker struct {
	options Options
	view    View
	made    sim.Time
	next    sim.Time
}

// New returns the worker of a probe that is made at an instant, when the kubelet sees the container like
// that. Its first call is made at that instant (or after the wait that follows a start of the kubelet).
func New(o Options, now sim.Time, view View) *Worker {
	return &Worker{options: o, view: view, made: now, next: sim.Never}
}

// Next is the next instant at which something is seen, sim.Never when nothing will be as things are.
func (w *Worker) Next() sim.Time { return w.next }

// Step takes what is seen at the instant of Next. When several things are seen at one instant, Next stays
// and the next Step takes the next one.
func (w *Worker) Step(now sim.Time) Step { return Step{At: now} }

// See tells that the kubelet's status is another from now on. A call that would begin at this very instant
// sees it already.
func (w *Worker) See(now sim.Time, view View) { w.view = view }

// Poke asks for a call at once, as a status that is made while the container is not ready does; the grid of
// periods begins anew at that call.
func (w *Worker) Poke(now sim.Time) {}

// Refresh tells that what Ask says from now on is another than it said before.
func (w *Worker) Refresh(now sim.Time) {}

// Interrupt ends the call that is under way, if one is, with that answer (Takes does not count), as the end
// of the container does. It says whether there was one.
func (w *Worker) Interrupt(now sim.Time, a behaviour.Answer) bool { return false }

// Stop ends the worker: at once, or after the call that is under way. Next says when.
func (w *Worker) Stop(now sim.Time) {}

// Result is what is published for a container instance, and whether anything is.
func (w *Worker) Result(id uint64) (r Result, known bool) { return Unknown, false }

// Grace is the time that a container is given that is killed because this probe failed: the probe's own,
// or the pod's.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer.
func (w *Worker) Grace(pod time.Duration) time.Duration {
	if own := w.options.Probe.TerminationGracePeriodSeconds; own != nil {
		return time.Duration(*own) * time.Second
	}
	return pod
}
