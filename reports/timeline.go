package reports

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// ContainerStage is what a container does at an instant, as people would say it.
type ContainerStage string

// The stages of a container.
const (
	StageNone     ContainerStage = ""          // there is no such container
	StageWaiting  ContainerStage = "waiting"   // for a node, for init containers, for volumes
	StagePulling  ContainerStage = "pulling"   // its image
	StageStarting ContainerStage = "starting"  // the runtime makes it, or its startup probe has not succeeded yet
	StageUnready  ContainerStage = "not ready" // it runs
	StageReady    ContainerStage = "ready"     // it runs
	StageBackOff  ContainerStage = "back-off"  // it waits for its next start, or for the next try at its image
	StageEnded    ContainerStage = "ended"     // with exit code 0
	StageFailed   ContainerStage = "failed"    // with another one
	StageUnknown  ContainerStage = "unknown"   // its node is not heard of
)

// StageSpan is a container's stay in one stage.
type StageSpan struct {
	From, To sim.Time
	Stage    ContainerStage
	// Reason is Kubernetes' own word (CrashLoopBackOff, OOMKilled, ...), "" where there is none.
	Reason   string
	ExitCode int32 // of an end
	Restart  int32 // which start of the container this is, from 0

	running bool
}

// ContainerLine is the life of one container of one pod.
type ContainerLine struct {
	Pod       string // namespace/name
	UID       string // of the pod
	Number    int    // which pod of its name it is, from 1
	Container string
	Init      bool
	Spans     []StageSpan

	again bool // an end in the last span is not for good: the kubelet will start it again
}

// Timeline follows containers through the statuses of their pods.
type Timeline struct {
	Lines []*ContainerLine

	pods map[string]*podLines // by namespace/name, the last one of each name
	all  []*podLines
	// silent are the nodes that are not heard of, with the instant since when.
	silent map[string]sim.Time
}

// podLines are the lines of one pod.
type podLines struct {
	uid    string
	number int
	lines  map[string]*ContainerLine
	order  []*ContainerLine
	// fetching says which containers' images are being pulled, as events tell.
	fetching map[string]ContainerStage
	last     *model.Pod
	gone     bool
}

// Pod takes a pod in as it is from an instant on.
func (t *Timeline) Pod(now sim.Time, pod *model.Pod) {
	if t.pods == nil {
		t.pods = map[string]*podLines{}
	}
	p := t.pods[pod.Key()]
	if p == nil || p.uid != pod.UID {
		p = t.begin(p, pod)
		now = min(now, pod.Created)
	}
	p.last = pod
	if since, ok := t.silent[pod.NodeName]; ok {
		p.lose(since)
		return
	}
	p.see(now, pod.Spec.InitContainers, pod.Status.InitContainers)
	p.see(now, pod.Spec.Containers, pod.Status.Containers)
}

// begin makes the lines of a pod, below those of the pod of its name before it.
func (t *Timeline) begin(before *podLines, pod *model.Pod) *podLines {
	p := &podLines{uid: pod.UID, number: 1, lines: map[string]*ContainerLine{}, fetching: map[string]ContainerStage{}}
	at := len(t.Lines)
	if before != nil {
		p.number = before.number + 1
		at = 1 + slices.Index(t.Lines, before.order[len(before.order)-1])
	}
	t.pods[pod.Key()] = p
	t.all = append(t.all, p)
	p.add(pod, pod.Spec.InitContainers, true)
	p.add(pod, pod.Spec.Containers, false)
	t.Lines = slices.Insert(t.Lines, at, p.order...)
	return p
}

func (p *podLines) add(pod *model.Pod, containers []model.Container, init bool) {
	for i := range containers {
		line := &ContainerLine{Pod: pod.Key(), UID: pod.UID, Number: p.number, Container: containers[i].Name, Init: init}
		p.lines[line.Container] = line
		p.order = append(p.order, line)
	}
}

// Silent says that a node is not heard of any more since an instant: what its containers do is not known.
func (t *Timeline) Silent(since sim.Time, node string) {
	if _, ok := t.silent[node]; ok {
		return
	}
	if t.silent == nil {
		t.silent = map[string]sim.Time{}
	}
	t.silent[node] = since
	for _, p := range t.all {
		if p.last.NodeName == node && !p.gone {
			p.lose(since)
		}
	}
}

// Heard says that a node is heard of again; what was last said of its pods is true again.
func (t *Timeline) Heard(now sim.Time, node string) {
	if _, ok := t.silent[node]; !ok {
		return
	}
	delete(t.silent, node)
	for _, p := range t.all {
		if p.last.NodeName == node && !p.gone {
			t.Pod(now, p.last)
		}
	}
}

// lose has the state of all containers be unknown, but for those that have ended for good.
func (p *podLines) lose(since sim.Time) {
	for _, line := range p.order {
		if n := len(line.Spans); n > 0 && line.Spans[n-1].ended() && !line.again {
			continue
		}
		line.to(since, StageSpan{Stage: StageUnknown, Reason: "NodeStatusUnknown", Restart: line.restart()})
	}
}

// Gone ends the lines of a pod whose object is no more.
func (t *Timeline) Gone(now sim.Time, pod *model.Pod) {
	p := t.pods[pod.Key()]
	if p == nil || p.uid != pod.UID {
		return
	}
	p.gone = true
	for _, line := range p.order {
		line.to(now, StageSpan{})
	}
}

// Event takes an event in: of pulls nothing else tells.
func (t *Timeline) Event(now sim.Time, e *model.Event) {
	p := t.pods[e.Object.Namespace+"/"+e.Object.Name]
	name, ok := containerOf(e.Object.FieldPath)
	if p == nil || !ok || e.Object.UID != p.uid {
		return
	}
	switch e.Reason {
	case "Pulling":
		p.fetching[name] = StagePulling
	case "Pulled", "Created":
		p.fetching[name] = StageStarting
	case "Failed", "BackOff", "Started":
		delete(p.fetching, name)
	default:
		return
	}
	t.Pod(now, p.last)
}

// containerOf is the container that a field path of an event means, such as spec.containers{web}.
func containerOf(path string) (string, bool) {
	_, rest, ok := strings.Cut(path, "ontainers{")
	return strings.TrimSuffix(rest, "}"), ok
}

// Close ends all lines at the end of what is looked at.
func (t *Timeline) Close(end sim.Time) {
	for _, line := range t.Lines {
		if n := len(line.Spans); n > 0 {
			line.Spans[n-1].To = max(end, line.Spans[n-1].From)
		}
		line.tidy()
	}
}
