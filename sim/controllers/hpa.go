package controllers

import (
	"reflect"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var horizontalPodAutoscalerInfo = Info{
	Name:  "horizontal-pod-autoscaler-controller",
	Doc:   "Has the number of pods of workloads follow what they use, and what is measured elsewhere.",
	Kinds: []model.Kind{model.KindHorizontalPodAutoscaler},
	Start: startAutoscalers,
}

// Every autoscaler is looked at anew autoscaleEvery after the look before has ended, so many at once.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/config/v1alpha1/defaults.go
// RecommendedDefaultHPAControllerConfiguration (HorizontalPodAutoscalerSyncPeriod,
// ConcurrentHorizontalPodAutoscalerSyncs).
const (
	autoscaleEvery   = 15 * time.Second
	autoscaleWorkers = 5
)

// autoscalers brings workloads to the size that HorizontalPodAutoscalers want.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go HorizontalController.
type autoscalers struct {
	manager *Manager
	loop    *Loop
	hpas    *Informer[*model.HorizontalPodAutoscaler]
	pods    *Informer[*model.Pod]
	// scales and metrics limit the clients of scales and of metrics, which are others than that of the
	// autoscalers themselves and of events.
	// Source: kubernetes v1.37.2 cmd/kube-controller-manager/app/autoscaling.go newHorizontalPodAutoscalerController.
	scales, metrics *limiter
	wrote           *Consistency
	selected        selections
	of              map[apiserver.Name]*scaling
}

func startAutoscalers(m *Manager) { newAutoscalers(m) }

func newAutoscalers(m *Manager) *autoscalers {
	client := func() *limiter { return newLimiter(m.options.ClientQPS, m.options.ClientBurst) }
	c := &autoscalers{manager: m, scales: client(), metrics: client(), wrote: NewConsistency(), selected: newSelections(),
		of: map[apiserver.Name]*scaling{}}
	c.loop = m.NewLoop(LoopOptions{Name: "horizontal-pod-autoscaler-controller", Component: "horizontal-pod-autoscaler",
		Workers: autoscaleWorkers, Sync: c.sync})
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	c.hpas = InformerOf[*model.HorizontalPodAutoscaler](m, model.KindHorizontalPodAutoscaler)
	c.wrote.Watches(model.KindHorizontalPodAutoscaler, c.hpas.Seen)
	m.again = append(m.again, func(sim.Time) { c.restart() })
	c.pods.Handle(Handlers[*model.Pod]{Add: c.selected.podAdded, Update: c.selected.podUpdated, Delete: c.selected.podGone})
	c.hpas.Handle(Handlers[*model.HorizontalPodAutoscaler]{Add: c.enqueue,
		Update: func(old, h *model.HorizontalPodAutoscaler) {
			if old.Generation != h.Generation {
				c.enqueue(h)
			}
		},
		Delete: func(h *model.HorizontalPodAutoscaler) {
			c.wrote.Clear(apiserver.NameOf(h))
			c.selected.drop(apiserver.NameOf(h))
		}})
	return c
}

// restart has the controller know what a new process knows.
func (c *autoscalers) restart() {
	clear(c.of)
	c.selected.forget()
	now := c.manager.Engine.Now()
	c.scales.reset(now)
	c.metrics.reset(now)
}

// enqueue has an autoscaler looked at now: one that is new, or of which something else is asked.
func (c *autoscalers) enqueue(h *model.HorizontalPodAutoscaler) {
	c.selected.add(apiserver.NameOf(h))
	c.loop.Add(apiserver.NameOf(h))
}

// sync looks at an autoscaler, and has it looked at again, failures or not. What is remembered of one that
// is gone goes with it then, not before.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go processNextWorkItem, reconcileKey.
func (c *autoscalers) sync(key apiserver.Name) error {
	if c.wrote.Ready(key) == nil {
		h, ok := c.hpas.Get(key.Namespace, key.Name)
		if !ok {
			c.wrote.Clear(key)
			delete(c.of, key)
			return nil
		}
		c.look(key, h)
	}
	c.loop.AddPeriodic(key, autoscaleEvery)
	return nil
}

// look decides on an autoscaler's workload.
func (c *autoscalers) look(key apiserver.Name, shared *model.HorizontalPodAutoscaler) {
	h := apiserver.Copy(shared).(*model.HorizontalPodAutoscaler)
	h.Status.Conditions = append([]model.Condition(nil), shared.Status.Conditions...)
	l := &look{c: c, key: key, h: h}
	err := l.reconcile()
	l.write(shared)
	if err != nil {
		l.warn("FailedComputeMetricsReplicas", "%v", err)
	}
}

// look is one look at an autoscaler, of which h is a copy whose status becomes what it should be.
type look struct {
	c       *autoscalers
	key     apiserver.Name
	h       *model.HorizontalPodAutoscaler
	scaling *scaling
	scale   apiserver.Scale
}

// write writes the status when it has changed.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go updateStatusIfNeeded, updateStatus.
func (l *look) write(shared *model.HorizontalPodAutoscaler) {
	if reflect.DeepEqual(shared.Status, l.h.Status) {
		return
	}
	stored, err := l.c.loop.Update(l.h)
	if err != nil {
		l.warn("FailedUpdateStatus", "%v", err)
		return
	}
	l.c.wrote.WroteAt(l.key, stored.Meta().UID, stored)
}

// warn tells of what went wrong.
func (l *look) warn(reason, format string, args ...any) {
	l.c.loop.Event(l.h, apiserver.Warning, reason, format, args...)
}

// through asks the API server as Do does, with the tokens of another client.
func (l *Loop) through(client *limiter, do func() error) error {
	w := l.worker()
	own := l.limiter
	l.limiter = client
	r := request{group: &group{worker: w, left: 1}, do: do}
	l.issue(&r)
	l.limiter = own
	w.pause()
	return r.err
}
