package behaviour

import (
	"math"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Life is one run of one container: what the behaviours say of it, with the draws of this start. It is a
// value; asking it twice gives the same answer. The zero Life is of no use, Lives.Life makes one.
type Life struct {
	set     *Set
	plan    *plan // nil: nothing is said
	pod     *model.Pod
	spec    *model.Container
	restart int32
	init    bool
	// lacks is the part of the CPU it wants that the container does not get, as last told.
	lacks float64
	spell *spell // of the last handler asked about that fails at random
}

// The exit codes of containers that were stopped.
const (
	ExitTerm = 143 // ended by SIGTERM
	ExitKill = 137 // ended by SIGKILL
)

// Restart is the number of the restart; 0 is the first start.
func (l *Life) Restart() int32 { return l.restart }

// says is the behaviour that decides a field, nil when none does.
func (l *Life) says(f field) *source {
	if l.plan == nil {
		return nil
	}
	return l.plan[f]
}

// draw takes a span from a distribution of that field, of this start.
func (l *Life) draw(s *source, f field, d sim.Dist) time.Duration {
	l.set.scratch = l.key(s, f).Draw(uint64(l.restart))
	return sim.SampleDuration(d, &l.set.scratch)
}

// key is the key of a field's draws for this container.
func (l *Life) key(s *source, f field) sim.Key {
	return s.keys[f].Of(l.pod.Namespace).Of(l.pod.Name).Of(l.spec.Name)
}

// Startup is how long the runtime takes to start the container; 0 unless said.
func (l *Life) Startup() time.Duration {
	if s := l.says(fieldStartup); s != nil {
		return l.draw(s, fieldStartup, s.Startup)
	}
	return 0
}

// Ready is the time from running to ready, and whether it is said.
func (l *Life) Ready() (d time.Duration, said bool) {
	if s := l.says(fieldReady); s != nil {
		return l.draw(s, fieldReady, s.Ready), true
	}
	return 0, false
}

// Run is how long the container runs by itself; ends is false when it runs for ever. Where nothing is
// said, an init container that is no sidecar ends at once and every other runs for ever. A container that
// waits for something (Until) runs until that comes: ends is false.
func (l *Life) Run() (d time.Duration, ends bool) {
	if l.says(fieldUntil) != nil {
		return 0, false
	}
	s := l.says(fieldRun)
	if s == nil {
		return 0, l.init
	}
	run := s.Run
	if start := s.start(l.restart); start != nil && start.Run != nil {
		run = start.Run
	}
	switch {
	case run == nil:
		return 0, l.init
	case run.Forever:
		return 0, false
	}
	return l.draw(s, fieldRun, run.Dist), true
}

// Until is what the container waits for before it ends by itself; nil: nothing.
func (l *Life) Until() *Until {
	if s := l.says(fieldUntil); s != nil {
		return s.Behaviour.Until
	}
	return nil
}

// start is the item of restarts for a restart, the last for all that follow; nil when there are none.
func (s *source) start(restart int32) *Start {
	if len(s.Restarts) == 0 {
		return nil
	}
	return &s.Restarts[min(int(restart), len(s.Restarts)-1)]
}

// Exit is the code the container ends with by itself, from 0 to 255.
func (l *Life) Exit() int32 {
	s := l.says(fieldExit)
	var exit sim.Dist
	if s != nil {
		exit = s.Exit
		if start := s.start(l.restart); start != nil && start.Exit != nil {
			exit = start.Exit
		}
	}
	if exit == nil {
		if l.reason() == reasonOOMKilled {
			return ExitKill
		}
		return 0
	}
	l.set.scratch = l.key(s, fieldExit).Draw(uint64(l.restart))
	code := math.Round(exit.Sample(&l.set.scratch))
	return int32(min(max(code, 0), 255))
}

// The reasons of a container's end.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime, as the runtime gives them.
const (
	reasonCompleted = "Completed"
	reasonError     = "Error"
	reasonOOMKilled = "OOMKilled"
)

// Reason is the reason of an end by itself with that code.
func (l *Life) Reason(code int32) string {
	if reason := l.reason(); reason != "" {
		return reason
	}
	return ReasonOf(code)
}

// ReasonOf is the reason that a runtime gives an end of which it knows nothing but the code.
func ReasonOf(code int32) string {
	if code == 0 {
		return reasonCompleted
	}
	return reasonError
}

func (l *Life) reason() string {
	s := l.says(fieldReason)
	if s == nil {
		return ""
	}
	if start := s.start(l.restart); start != nil && start.Reason != "" {
		return start.Reason
	}
	return s.Behaviour.Reason
}

// Stop is how long the container takes to end after SIGTERM, and the code then; stops is false when it
// ignores the signal. Where nothing is said it ends at once with 143.
func (l *Life) Stop() (d time.Duration, code int32, stops bool) {
	s := l.says(fieldStop)
	if s == nil {
		return 0, ExitTerm, true
	}
	code = ExitTerm
	if s.Behaviour.Stop.HasExit {
		code = s.Behaviour.Stop.Exit
	}
	switch stop := s.Behaviour.Stop; {
	case stop.Ignore:
		return 0, code, false
	case stop.Dist == nil:
		return 0, code, true
	default:
		return l.draw(s, fieldStop, stop.Dist), code, true
	}
}
