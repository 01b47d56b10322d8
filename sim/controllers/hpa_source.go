package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Metrics answers for the APIs of metrics: what is measured of pods, and of what is beside them. Values are
// in thousandths of their unit. A nil selector of a metric takes all of its series.
type Metrics interface {
	// Usage is what metrics-server says of a resource that a pod uses, or a container of it where one is named.
	Usage(now sim.Time, pod *model.Pod, resource, container string) Reading
	// Adapters says whether anybody answers for custom metrics, and for external ones.
	Adapters() (custom, external bool)
	// OfPod is a custom metric of a pod, OfObject one of another object in the namespace.
	OfPod(now sim.Time, pod *model.Pod, metric string, selector *model.Selector) Reading
	OfObject(now sim.Time, namespace string, object model.ScaleTarget, metric string, selector *model.Selector) Reading
	// External are the values of an external metric, one of each of its series.
	External(now sim.Time, namespace, metric string, selector *model.Selector) []int64
}

// Reading is what was measured of one thing, at an instant, over the Window before it.
type Reading struct {
	Milli  int64
	At     sim.Time
	Window time.Duration
	// Known: there is a value. Listed: something is known of the pod, be it of other resources or containers.
	Known, Listed bool
}
