package behaviour

import (
	"time"

	"towtank.dev/towtank/sim"
)

// AnnotationPrefix begins the annotations that describe behaviour.
const AnnotationPrefix = "towtank.dev/"

// Forever is the span that does not end: an answer that holds for as long as the container runs.
const Forever = time.Duration(1<<63 - 1)

// Behaviour says what containers do. For each container and each field the first behaviour that matches
// and sets the field decides; annotations towtank.dev/<field> on the pod come before all of them.
// Durations are distributions in seconds. A nil or empty field is not set.
type Behaviour struct {
	Place string // file:line:column, keys the draws
	Match Match

	// Startup is how long the runtime takes to start the container.
	Startup sim.Dist
	// Ready is the time from running to a good answer of the readiness probe: until then it is refused. A
	// container without a readiness probe is held unready that long. Answers to the probe come before it.
	Ready sim.Dist
	// Run is how long it runs by itself.
	Run *RunTime
	// Exit is the code it ends with after Run (0 when nil, 137 when the reason is OOMKilled).
	Exit sim.Dist
	// Reason is the reason of its end after Run; Completed or Error by the code when empty.
	Reason string
	// Restarts say Run, Exit and Reason start by start, the last for all that follow. In a behaviour that
	// has both, they come before Run, Exit and Reason, which stand in for what a start leaves out.
	Restarts []Start
	// Stop is the time from SIGTERM to its end.
	Stop *StopTime
	// PostStart and PreStop are how the container's hooks go. A hook that is not set is answered as a
	// probe with that handler would be.
	PostStart, PreStop *Hook
	// Answers are what handlers are answered; the first that is about a handler decides.
	Answers []Answers
	// Ports say when ports are open. A port that is not named is open.
	Ports []Port
	// Until is what the container waits for before it ends by itself, in place of Run.
	Until *Until
	// Pull is how pulling its image goes, by time since the pod's first try.
	Pull []Pull
	// Usage is what it uses.
	Usage *Usage
}

// Start is one start of a container, in a list of them.
type Start struct {
	Run    *RunTime
	Exit   sim.Dist
	Reason string
}

// RunTime is a time to run, or for ever.
type RunTime struct {
	Forever bool
	Dist    sim.Dist
}

// StopTime is a time to stop after SIGTERM, or ignoring it (only the kill ends it).
type StopTime struct {
	Ignore bool
	Dist   sim.Dist
	// Exit is the exit code then; 143 unless set.
	Exit    int32
	HasExit bool
}

// Hook is how a postStart or preStop hook goes.
type Hook struct {
	// Takes is how long it lasts; nil: no time.
	Takes sim.Dist
	// Exit is the code its command ends with; an httpGet hook fails when it is not 0.
	Exit int32
	// Output is what it prints.
	Output string
}

// Until is what a container waits for. Exactly one of Service, Pod and At is set.
type Until struct {
	Namespace string // of Service and Pod; empty: the pod's own
	// Service is the name of a Service, which must have Ready ready endpoints at least.
	Service string
	Ready   int
	// Pod is the name of a pod, which must be in State: Ready, Running, Succeeded, Failed, or Gone.
	Pod   string
	State string
	// At is an instant of the run, meaningful when HasAt.
	At    sim.Time
	HasAt bool
	// Every is the period of looking, from the container's start on; 0: it is seen at once.
	Every time.Duration
}

// Pull is how a pull goes that begins From or later after the pod first tried to pull the image.
type Pull struct {
	Image string // empty: any image of the container
	From  time.Duration
	// Takes is how long it lasts, in seconds; nil: as the registry would have it (no time, if it fails).
	Takes sim.Dist
	// Error is the runtime's message when it fails; empty: it succeeds.
	Error string
}
