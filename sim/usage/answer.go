package usage

import (
	"fmt"
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/kubelet"
)

// Usage is what metrics-server says of a pod: nothing, unless the last read has all the containers of it that ran
// then, and knows of each since when to measure. Nothing is known of a pod either of which no behaviour says what it
// uses; beside containers that say it, one that does not uses nothing.
// Source: metrics-server v0.8.0 pkg/storage/pod.go podStorage.GetMetrics, pkg/storage/types.go resourceUsage,
// pkg/server/config.go (pods that run); kubernetes v1.37.2 pkg/controller/podautoscaler/metrics/client.go
// getPodMetrics, getContainerMetrics.
func (b *Book) Usage(now sim.Time, p *model.Pod, resource, container string) controllers.Reading {
	if p.Status.Phase != model.PodRunning || !b.kubelets.Reaches(p.NodeName) {
		return controllers.Reading{}
	}
	q := question{b: b, pod: p, known: b.pods[kubelet.UIDOf(p)], resource: resource, container: container}
	n := b.node(p.NodeName)
	q.read = n.last(now)
	if q.known != nil {
		b.share(n, q.read)
	}
	q.ask(p.Spec.Containers, p.Status.Containers, len(p.Spec.InitContainers))
	q.ask(p.Spec.InitContainers, p.Status.InitContainers, 0)
	if q.incomplete || !q.out.Listed {
		return controllers.Reading{}
	}
	for _, k := range q.silent {
		b.remark(p, k, resource, q.out.Known)
	}
	if q.known == nil {
		return controllers.Reading{}
	}
	return q.out
}

// question is one about a pod's use.
type question struct {
	b                   *Book
	pod                 *model.Pod
	known               *pod // nil: nothing is said of any of its containers
	read                sim.Time
	resource, container string
	incomplete          bool // a container is in the last read, and not in the one before
	silent              []*model.Container
	out                 controllers.Reading
}

// ask goes through containers, of which the first has that index.
func (q *question) ask(containers []model.Container, statuses []model.ContainerStatus, first int) {
	for i := range containers {
		k := &containers[i]
		u, said := q.use(first + i)
		var started sim.Time
		switch {
		case u != nil:
			started = u.Started
		case said || i >= len(statuses):
			continue
		case statuses[i].State.Kind == model.ContainerRunning && statuses[i].State.Started < q.read:
			started = statuses[i].State.Started
		default:
			continue
		}
		span, ok := window(q.read, started)
		if !ok {
			q.incomplete = true
			return
		}
		if !q.out.Listed {
			q.out.At, q.out.Window, q.out.Listed = q.read, span, true
		}
		if q.container == "" || q.container == k.Name {
			q.count(k, u)
		}
	}
}

// use is what runs as a container of that index in the last read, and whether behaviours say what it uses.
func (q *question) use(index int) (u *use, said bool) {
	if q.known == nil {
		return nil, false
	}
	for _, have := range q.known.uses {
		if have.Index == index && have.runs(q.read) {
			return have, true
		}
	}
	for _, told := range q.known.told {
		said = said || told == index
	}
	return nil, said
}

// count adds what a container uses.
func (q *question) count(k *model.Container, u *use) {
	switch {
	case q.resource != model.ResourceCPU && q.resource != model.ResourceMemory:
	case u == nil || u.curve(q.resource) == nil:
		q.silent = append(q.silent, k)
	case q.resource == model.ResourceCPU:
		q.out.Milli, q.out.Known = q.out.Milli+milliCores(u.wanted(q.read)*u.part), true
	default:
		q.out.Milli, q.out.Known = q.out.Milli+int64(u.marks[1].memory)*1000, true
	}
}

// curve is what a behaviour says of a resource; nil: nothing.
func (u *use) curve(resource string) *behaviour.Curve {
	if resource == model.ResourceCPU {
		return u.Life.Usage().CPU
	}
	return u.Life.Usage().Memory
}

// milliCores is an average of cores as a client reads it: metrics-server gives whole billionths, which a client
// rounds up to thousandths.
// Source: metrics-server v0.8.0 pkg/storage/types.go resourceUsage; apimachinery pkg/api/resource/quantity.go MilliValue.
func milliCores(cores float64) int64 {
	nanos := int64(cores * 1e9)
	return int64(math.Ceil(float64(nanos) / 1e6))
}

// silence is something of which no behaviour says what a container uses of it.
type silence struct {
	namespace, container, resource string
	// beside: other containers of the pod say what they use.
	beside bool
}

// remark tells, once and with a count, of what was taken to be nothing, or unknown.
func (b *Book) remark(p *model.Pod, k *model.Container, resource string, beside bool) {
	if b.options.Note == nil {
		return
	}
	key := silence{p.Namespace, k.Name, resource, beside}
	text, ok := b.silent[key]
	if !ok {
		text = fmt.Sprintf("autoscalers were told nothing of the %s of containers %s in namespace %s: no behaviour says what they use",
			resource, k.Name, p.Namespace)
		if beside {
			text = fmt.Sprintf("autoscalers were told that containers %s in namespace %s use no %s: no behaviour says what they use",
				k.Name, p.Namespace, resource)
		}
		b.silent[key] = text
	}
	b.options.Note(text)
}
