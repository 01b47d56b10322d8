package kubelet

import (
	"fmt"
	"math"
	"strings"
	"time"

	"towtank.dev/towtank/sim"
)

// field is one field of a behaviour.
type field uint8

const (
	fieldStartup field = iota
	fieldReady
	fieldRun
	fieldExit
	fieldStop
	fields
)

var fieldNames = [fields]string{"startup", "ready", "run", "exit", "stop"}

// source is a behaviour with the keys of its draws.
type source struct {
	*Behaviour
	keys [fields]sim.Key
}

func newSource(seed uint64, b *Behaviour) source {
	s := source{Behaviour: b}
	place := b.Place
	if place == "" {
		place = "annotation"
	}
	for i, name := range fieldNames {
		s.keys[i] = sim.NewKey(seed, place+"."+name)
	}
	return s
}

func (s *source) sets(f field) bool {
	switch f {
	case fieldStartup:
		return s.Startup != nil
	case fieldReady:
		return s.Ready != nil
	case fieldRun:
		return s.Run != nil
	case fieldExit:
		return s.Exit != nil
	default:
		return s.Stop != nil
	}
}

// readAnnotations reads the behaviours that the pod brings itself.
func (f *Fleet) readAnnotations(w *worker) {
	if f.options.Annotations == nil || !annotated(w.pod.Annotations) {
		return
	}
	own, err := f.options.Annotations(w.pod)
	if err != nil {
		f.note(fmt.Sprintf("annotations of pod %s/%s were ignored: %v", w.pod.Namespace, w.pod.Name, err))
	}
	for i := range own {
		w.own = append(w.own, newSource(f.engine.Seed(), &own[i]))
	}
}

func annotated(annotations map[string]string) bool {
	for key := range annotations {
		if strings.HasPrefix(key, AnnotationPrefix) {
			return true
		}
	}
	return false
}

// find returns the behaviour that decides a field for a container, nil when none does.
func (f *Fleet) find(w *worker, c *container, of field) *source {
	for _, list := range [2][]source{w.own, f.behaviours} {
		for i := range list {
			if s := &list[i]; s.sets(of) && s.about(c, of) && s.Match.Matches(w.pod, c.spec.Name) {
				return s
			}
		}
	}
	return nil
}

// about says whether a behaviour can say that field of a container: one that names no container speaks
// of the regular ones when it says ready, run or exit, for a pod's time to run is not that of its init
// containers and sidecars.
func (s *source) about(c *container, of field) bool {
	return s.Match.Container != "" || !c.init && !c.sidecar || of == fieldStartup || of == fieldStop
}

// stream is the draw for a field of a container in its present life, keyed by the behaviour's place,
// the pod, the container and the number of its restart.
func (f *Fleet) stream(s *source, w *worker, c *container, of field) *sim.KeyedStream {
	f.scratch = s.keys[of].Of(w.pod.Namespace).Of(w.pod.Name).Of(c.spec.Name).Draw(uint64(c.restarts))
	return &f.scratch
}

func (f *Fleet) startup(w *worker, c *container) time.Duration {
	s := f.find(w, c, fieldStartup)
	if s == nil {
		return 0
	}
	key := s.keys[fieldStartup].Of(w.pod.Namespace).Of(w.pod.Name).Of(c.spec.Name)
	ordinal := uint64(c.restarts)
	if c.began {
		ordinal++ // restarts counts this start only when the container runs
	}
	f.scratch = key.Draw(ordinal)
	return sim.SampleDuration(s.Startup, &f.scratch)
}

func (f *Fleet) readyAfter(w *worker, c *container) time.Duration {
	s := f.find(w, c, fieldReady)
	if s == nil {
		return 0
	}
	return sim.SampleDuration(s.Ready, f.stream(s, w, c, fieldReady))
}

// runFor is how long a container runs by itself; ends is false when it runs for ever.
func (f *Fleet) runFor(w *worker, c *container) (d time.Duration, ends bool) {
	if w.fixed != nil && !c.init && !c.sidecar {
		if math.IsInf(*w.fixed, 1) {
			return 0, false
		}
		return sim.SampleDuration(sim.Constant(*w.fixed), nil), true
	}
	s := f.find(w, c, fieldRun)
	switch {
	case s == nil:
		return 0, c.init
	case s.Run.Forever:
		return 0, false
	}
	return sim.SampleDuration(s.Run.Dist, f.stream(s, w, c, fieldRun)), true
}

// The exit codes of containers that were stopped.
const (
	exitTerm = 143 // ended by SIGTERM
	exitKill = 137 // ended by SIGKILL
)

// exitCode is the code a container ends with now.
func (f *Fleet) exitCode(w *worker, c *container) int32 {
	switch c.cause {
	case byKill:
		return exitKill
	case byTerm:
		if s := f.find(w, c, fieldStop); s != nil && s.Stop.HasExit {
			return s.Stop.Exit
		}
		return exitTerm
	}
	s := f.find(w, c, fieldExit)
	if s == nil {
		return 0
	}
	code := math.Round(s.Exit.Sample(f.stream(s, w, c, fieldExit)))
	return int32(min(max(code, 0), 255))
}

// stopFor is how long a container takes to end after SIGTERM; stops is false when it ignores that.
func (f *Fleet) stopFor(w *worker, c *container) (d time.Duration, stops bool) {
	s := f.find(w, c, fieldStop)
	switch {
	case s == nil || !s.Stop.Ignore && s.Stop.Dist == nil:
		return 0, true
	case s.Stop.Ignore:
		return 0, false
	}
	return sim.SampleDuration(s.Stop.Dist, f.stream(s, w, c, fieldStop)), true
}
