package usage

import (
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/kubelet"
)

// Series is a metric that an adapter serves: of each pod that Pods selects, of an Object, or an external one when
// both are nil.
type Series struct {
	Place     string // file:line:column, keys its noise
	Name      string
	Namespace string // of what it is about, and of those who may ask; empty: any
	// Labels are the metric's own, which a selector of an autoscaler's metric goes by.
	Labels map[string]string
	Pods   *model.Selector
	Object *model.ScaleTarget // its kind and name count
	// Value over the time since the start of the run. PerRequest counts for metrics of pods alone.
	Value *behaviour.Curve
}

// Adapters says whether any series is of pods or objects, and whether any is external.
func (b *Book) Adapters() (custom, external bool) {
	for i := range b.options.Series {
		if s := &b.options.Series[i]; s.Pods != nil || s.Object != nil {
			custom = true
		} else {
			external = true
		}
	}
	return custom, external
}

// answers says whether a series answers a question about a metric.
func (s *Series) answers(namespace, metric string, selector *model.Selector) bool {
	return s.Name == metric && (s.Namespace == "" || s.Namespace == namespace) && (selector == nil || selector.Matches(s.Labels))
}

// OfPod is the first series of that name that is of the pod.
func (b *Book) OfPod(now sim.Time, p *model.Pod, metric string, selector *model.Selector) controllers.Reading {
	for i := range b.options.Series {
		s := &b.options.Series[i]
		if s.Pods != nil && s.answers(p.Namespace, metric, selector) && s.Pods.Matches(p.Labels) {
			return controllers.Reading{Milli: b.value(now, s, p.Name, b.requests(now, s, p)), At: now, Known: true, Listed: true}
		}
	}
	return controllers.Reading{}
}

// requests are the requests a second that a pod is sent, where that matters to a series.
func (b *Book) requests(now sim.Time, s *Series, p *model.Pod) (sum float64) {
	if b.options.Load == nil || s.Value.PerRequest == 0 {
		return 0
	}
	first := len(p.Spec.InitContainers)
	for i := range p.Spec.Containers {
		rate, _, _ := b.options.Load(now, &kubelet.Use{Pod: p, Node: p.NodeName, Index: first + i, Spec: &p.Spec.Containers[i]})
		sum += rate
	}
	return sum
}

// OfObject is the first series of that name that is of the object.
func (b *Book) OfObject(now sim.Time, namespace string, o model.ScaleTarget, metric string, selector *model.Selector) controllers.Reading {
	for i := range b.options.Series {
		s := &b.options.Series[i]
		if s.Object != nil && s.Object.Kind == o.Kind && s.Object.Name == o.Name && s.answers(namespace, metric, selector) {
			return controllers.Reading{Milli: b.value(now, s, o.Name, 0), At: now, Known: true, Listed: true}
		}
	}
	return controllers.Reading{}
}

// External are the values of all external series of that name.
func (b *Book) External(now sim.Time, namespace, metric string, selector *model.Selector) (values []int64) {
	for i := range b.options.Series {
		s := &b.options.Series[i]
		if s.Pods == nil && s.Object == nil && s.answers(namespace, metric, selector) {
			values = append(values, b.value(now, s, "", 0))
		}
	}
	return values
}

// value is what a series is now, of one object, in thousandths.
func (b *Book) value(now sim.Time, s *Series, object string, load float64) int64 {
	a := s.Value.At(now.Sub(0), b.clock(now), b.noises.Of(s.Place).Of(object), load)
	return int64(math.Round(a.Value * 1000))
}
