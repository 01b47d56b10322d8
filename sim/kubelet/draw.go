package kubelet

import (
	"fmt"
	"math"
	"strings"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// resolve finds out what behaviours say of a pod's containers, those that the pod brings itself first.
func (f *Fleet) resolve(w *worker) {
	var own []Behaviour
	if f.options.Annotations != nil && annotated(w.pod.Annotations) {
		var err error
		if own, err = f.options.Annotations(w.pod); err != nil {
			f.note(fmt.Sprintf("annotations of pod %s/%s were ignored: %v", w.pod.Namespace, w.pod.Name, err))
		}
	}
	w.lives = f.behaviours.For(w.pod, own)
}

func annotated(annotations map[string]string) bool {
	for key := range annotations {
		if strings.HasPrefix(key, AnnotationPrefix) {
			return true
		}
	}
	return false
}

// life is what behaviours say of a container with that many restarts.
func (f *Fleet) life(w *worker, c *container, restarts int32) *behaviour.Life {
	index := 0
	for i := range w.containers {
		if &w.containers[i] == c {
			index = i
		}
	}
	f.scratch = w.lives.Life(w.pod, index, restarts)
	return &f.scratch
}

func (f *Fleet) startup(w *worker, c *container) time.Duration {
	restarts := c.restarts
	if c.began {
		restarts++ // restarts counts this start only when the container runs
	}
	return f.life(w, c, restarts).Startup()
}

func (f *Fleet) readyAfter(w *worker, c *container) time.Duration {
	d, _ := f.life(w, c, c.restarts).Ready()
	return d
}

// runFor is how long a container runs by itself; ends is false when it runs for ever.
func (f *Fleet) runFor(w *worker, c *container) (d time.Duration, ends bool) {
	if w.fixed != nil && !c.init && !c.sidecar {
		if math.IsInf(*w.fixed, 1) {
			return 0, false
		}
		return sim.SampleDuration(sim.Constant(*w.fixed), nil), true
	}
	return f.life(w, c, c.restarts).Run()
}

// exitCode is the code a container ends with now.
func (f *Fleet) exitCode(w *worker, c *container) int32 {
	life := f.life(w, c, c.restarts)
	switch c.cause {
	case byKill:
		return behaviour.ExitKill
	case byTerm:
		_, code, _ := life.Stop()
		return code
	}
	return life.Exit()
}

// exitReason is the reason of a container's end with that code.
func (f *Fleet) exitReason(w *worker, c *container, code int32) string {
	if c.cause == byItself {
		return f.life(w, c, c.restarts).Reason(code)
	}
	return behaviour.ReasonOf(code)
}

// stopFor is how long a container takes to end after SIGTERM; stops is false when it ignores that.
func (f *Fleet) stopFor(w *worker, c *container) (d time.Duration, stops bool) {
	d, _, stops = f.life(w, c, c.restarts).Stop()
	return d, stops
}
