package kubelet

import (
	"encoding/hex"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/images"
)

// startStage is what the start of a container is at.
type startStage uint8

const (
	notStarting startStage = iota
	pulling
	creating
	inPostStart
	undoing // is killed again because its postStart hook failed
)

// fail keeps why a container could not be started, for its status.
// Source: kubernetes v1.37.2 pkg/kubelet/reason_cache.go.
func (w *worker) fail(c *container, reason, message string) {
	c.reason, c.message = reason, message
	w.failed = true
}

// start starts a container: back-off, image, creation, start, postStart hook. It says whether that is over.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod (start),
// kuberuntime_container.go startContainer.
func (f *Fleet) start(now sim.Time, w *worker, i int) (over bool) {
	c := &w.containers[i]
	if f.backOff(now, w, c) {
		return f.startFailed(w, c)
	}
	outcome := f.ensureImage(now, w, i)
	if outcome.State == images.Waiting {
		f.tellImage(w, c, outcome.Events)
		c.starting, c.pull = pulling, outcome.Pull
		return false
	}
	return f.haveImage(now, w, i, outcome)
}

// startFailed ends the sync when a plain init container could not be started: nothing after it may be.
func (f *Fleet) startFailed(w *worker, c *container) (over bool) {
	c.starting = notStarting
	if c.init {
		w.step = len(w.steps)
	}
	return true
}

// ensureImage asks for the image of a container.
func (f *Fleet) ensureImage(now sim.Time, w *worker, i int) images.Outcome {
	if f.options.Images == nil {
		return images.Outcome{}
	}
	c := &w.containers[i]
	r := images.Request{Node: w.host.name, Pod: w.pod, Image: c.spec.Image, Policy: c.spec.ImagePullPolicy, Done: f.event(opPulled, w, i)}
	life := w.lives.Life(w.pod, i, w.restartCount(c))
	if life.ScriptsPull(c.spec.Image) {
		r.Scripted = func(sinceFirst time.Duration) images.Scripted {
			took, said, failure := life.Pull(c.spec.Image, sinceFirst)
			return images.Scripted{Took: took, Failure: failure, Unsaid: !said}
		}
	}
	return f.options.Images.Ensure(now, r)
}

func (f *Fleet) tellImage(w *worker, c *container, events []images.Event) {
	for i := range events {
		f.tell(w, c, events[i].Type, events[i].Reason, events[i].Message)
	}
}

// pulled is the end of a pull.
func (f *Fleet) pulled(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	outcome := f.options.Images.Finish(c.pull)
	c.pull = nil
	if f.haveImage(now, w, i, outcome) {
		f.stepDone(now, w)
	}
}

// haveImage goes on with a start when it is known whether the image is there.
func (f *Fleet) haveImage(now sim.Time, w *worker, i int, outcome images.Outcome) (over bool) {
	c := &w.containers[i]
	f.tellImage(w, c, outcome.Events)
	if outcome.State == images.Failed {
		w.fail(c, outcome.Reason, outcome.Message)
		return f.startFailed(w, c)
	}
	if missing := f.missing(w, c); missing != "" {
		f.tell(w, c, apiserver.Warning, "Failed", "Error: "+missing)
		w.fail(c, "CreateContainerConfigError", missing)
		return f.startFailed(w, c)
	}
	return f.create(now, w, i, outcome.ImageID)
}

// restartCount is that of the next instance of a container. One whose instances have all been removed
// goes on counting by their logs.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer.
func (w *worker) restartCount(c *container) int32 {
	if c.view.cur != nil {
		return c.view.cur.restarts + 1
	}
	return int32(c.instances)
}

// create creates a container and has the runtime start it.
func (f *Fleet) create(now sim.Time, w *worker, i int, imageID string) (over bool) {
	c := &w.containers[i]
	restarts := w.restartCount(c)
	c.instances++
	c.imageID = imageID
	c.life = w.lives.Life(w.pod, i, restarts)
	if old := c.rt.cur; old != nil {
		c.rt.prev = old
	}
	c.rt.cur = &instance{number: c.instances, id: f.containerID(w, c), image: c.spec.Image, restarts: restarts, state: created}
	f.makeLayer(now, w, c)
	f.tell(w, c, apiserver.Normal, "Created", "Container created")
	takes := f.sample(w.host.timers.Create, w, c, "create") + c.life.Startup()
	if takes > 0 {
		c.starting = creating
		c.hook = f.at(now.Add(takes), opStarted, w, i)
		return false
	}
	return f.runs(now, w, i)
}

// sample draws a time that the runtime takes.
func (f *Fleet) sample(d sim.Dist, w *worker, c *container, what string) time.Duration {
	if d == nil {
		return 0
	}
	f.scratch = f.ids.Of(what).Of(w.pod.UID).Of(c.spec.Name).Draw(c.instances)
	return sim.SampleDuration(d, &f.scratch)
}

// containerID is an ID as runtimes give them.
func (f *Fleet) containerID(w *worker, c *container) string {
	const scheme = "containerd://"
	f.scratch = f.ids.Of(w.pod.UID).Of(c.spec.Name).Draw(c.instances)
	var raw [32]byte
	for i := 0; i < len(raw); i += 8 {
		x := f.scratch.Uint64()
		for j := range 8 {
			raw[i+j] = byte(x >> (8 * j))
		}
	}
	var text [len(scheme) + 2*len(raw)]byte
	copy(text[:], scheme)
	hex.Encode(text[len(scheme):], raw[:])
	return string(text[:])
}

// started is the end of a start that took its time.
func (f *Fleet) started(now sim.Time, w *worker, i int) {
	if f.runs(now, w, i) {
		f.stepDone(now, w)
	}
}

// runs is a container that runs from now on, and its postStart hook, which the rest of the sync waits for.
func (f *Fleet) runs(now sim.Time, w *worker, i int) (over bool) {
	c := &w.containers[i]
	up := *c.rt.cur
	up.state, up.started = running, now
	c.rt.cur = &up
	c.frozen = false
	w.failures = 0
	f.startLayer(c)
	f.meterStarts(now, w, i)
	f.followRuns(now, w, i)
	f.tell(w, c, apiserver.Normal, "Started", "Container started")
	f.scheduleEnd(w, i, now)
	f.hold(now, w, i)
	f.refreshProbes(now, w, i)
	if c.spec.PostStart == nil {
		return f.startedWell(c)
	}
	answer := c.life.PostStart(0)
	c.starting, c.answer = inPostStart, answer
	if answer.Takes > 0 {
		c.hook = f.at(now.Add(answer.Takes), opHook, w, i)
		return false
	}
	return f.postStart(now, w, i, !hookFailed(c.spec.PostStart, answer))
}

func (f *Fleet) startedWell(c *container) (over bool) {
	c.reason, c.message, c.starting = "", "", notStarting
	return true
}

// hookFailed says whether a hook that was answered like that has failed.
// Source: kubernetes v1.37.2 pkg/kubelet/lifecycle/handlers.go Run, runHTTPHandler (any status is fine,
// if there is an answer).
func hookFailed(h *model.Handler, a behaviour.Answer) bool {
	switch h.Kind {
	case "sleep":
		return false
	case "exec":
		return a.Exit != 0 || a.Error != ""
	default:
		return a.Refused || a.Error != "" || a.Status >= 400
	}
}

// hookEnded is the end of a postStart hook that took its time.
func (f *Fleet) hookEnded(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	if f.postStart(now, w, i, !hookFailed(c.spec.PostStart, c.answer)) {
		f.stepDone(now, w)
	}
}

// postStart goes on after a postStart hook: a container whose hook failed is killed.
func (f *Fleet) postStart(now sim.Time, w *worker, i int, well bool) (over bool) {
	c := &w.containers[i]
	f.engine.Cancel(c.hook)
	if well {
		return f.startedWell(c)
	}
	f.tell(w, c, apiserver.Warning, "FailedPostStartHook", "PostStartHook failed")
	c.starting = undoing
	if !f.beginKill(now, w, i, order{message: "FailedPostStartHook", grace: w.podGrace()}) {
		return false
	}
	return f.undone(w, c)
}

// undone is the end of a container whose postStart hook failed.
func (f *Fleet) undone(w *worker, c *container) (over bool) {
	w.fail(c, "PostStartHookError", "")
	return f.startFailed(w, c)
}
