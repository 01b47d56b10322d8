package controllers

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var namespaceInfo = Info{
	Name:  "namespace-controller",
	Doc:   "Empties namespaces that are being deleted, pods first, and lets them go.",
	Start: startNamespaces,
}

// Source: kubernetes v1.37.2 pkg/controller/namespace/namespace_controller.go namespaceDeletionGracePeriod;
// pkg/controller/namespace/deletion/namespaced_resources_deleter.go finalizerEstimateSeconds;
// pkg/controller/namespace/config/v1alpha1/defaults.go; cmd/kube-controller-manager/app/core.go newNamespaceController.
const (
	namespaceGrace    = 5 * time.Second
	finalizerEstimate = 15
	namespaceWorkers  = 10
	namespaceQPS      = 20
	namespaceBurst    = 100
)

// namespaces empties namespaces. It costs nothing while none is deleted.
type namespaces struct {
	manager *Manager
	loop    *Loop // nil until a namespace is deleted
	lag     *sim.Stream
}

func startNamespaces(m *Manager) {
	c := &namespaces{manager: m}
	for n := range m.API.Namespaces.All() {
		c.look(n)
	}
	m.API.Observe(func(change apiserver.Change) {
		if n, ok := change.New.(*model.Namespace); ok {
			c.look(n)
		}
	})
}

// look has a namespace emptied a while after its deletion began, so that what was on its way is in it.
// Source: kubernetes v1.37.2 pkg/controller/namespace/namespace_controller.go enqueueNamespace.
func (c *namespaces) look(n *model.Namespace) {
	if !n.Deleting {
		return
	}
	if c.loop == nil {
		c.lag = c.manager.Engine.Stream("controllers/namespace/watch")
		c.loop = c.manager.NewLoop(LoopOptions{Name: "namespace-controller", Workers: namespaceWorkers, QPS: namespaceQPS,
			Burst: namespaceBurst, Sync: c.sync})
	}
	c.loop.AddAfter(apiserver.NameOf(n), namespaceGrace+sim.SampleDuration(c.manager.options.WatchLatency, c.lag))
}

// sync deletes what is in a namespace, pods first and everything else when they are gone, and lets the
// namespace go once it is empty. Otherwise it comes back after half of what the deletion should take, or, when
// that is over, as after a failure.
// Source: kubernetes v1.37.2 pkg/controller/namespace/deletion/namespaced_resources_deleter.go Delete, deleteAllContent.
func (c *namespaces) sync(key apiserver.Name) error {
	n, ok := c.manager.API.Namespaces.Get("", key.Name)
	if !ok || !n.Deleting {
		return nil
	}
	left, estimate, err := c.clear(model.KindPod, n)
	if err != nil {
		return err
	}
	if left == 0 {
		for _, r := range apiserver.Resources() {
			if !r.Namespaced || r.Kind == model.KindPod {
				continue
			}
			remain, wait, err := c.clear(r.Kind, n)
			if err != nil {
				return err
			}
			left, estimate = left+remain, max(estimate, wait)
		}
	}
	if left > 0 && estimate == 0 {
		return fmt.Errorf("unexpected items still remain in namespace: %s", key.Name)
	}
	if left > 0 {
		c.loop.AddAfter(key, time.Duration(estimate/2+1)*time.Second)
		return nil
	}
	return ignoreNotFound(c.loop.Do(func() error { return c.manager.API.FinalizeNamespace(key.Name) }))
}

// clear deletes all objects of a kind in a namespace by one request, and says how many are left and how
// many seconds they may take.
// Source: kubernetes v1.37.2 pkg/controller/namespace/deletion/namespaced_resources_deleter.go
// deleteAllContentForGroupVersionResource, estimateGracefulTerminationForPods.
func (c *namespaces) clear(kind model.Kind, n *model.Namespace) (left int, estimate int64, err error) {
	content := c.content(kind, n.Name)
	if len(content) == 0 {
		return 0, 0, nil
	}
	for _, o := range content {
		if pod, ok := o.(*model.Pod); ok && !pod.Terminal() {
			estimate = max(estimate, pod.Spec.TerminationGracePeriodSeconds)
		}
	}
	if c.manager.Engine.Now() >= n.Deleted.Add(time.Duration(estimate)*time.Second) {
		estimate = 0
	}
	err = c.loop.Do(func() error {
		for _, o := range content {
			m := o.Meta()
			if err := c.manager.API.Delete(kind, m.Namespace, m.Name, apiserver.DeleteOptions{Propagation: apiserver.Background}); ignoreNotFound(err) != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	remaining := c.content(kind, n.Name)
	for _, o := range remaining {
		if len(o.Meta().Finalizers) > 0 && estimate == 0 {
			estimate = finalizerEstimate
		}
	}
	return len(remaining), estimate, nil
}

func (c *namespaces) content(kind model.Kind, namespace string) []model.Object {
	var out []model.Object
	for _, o := range c.manager.API.Collection(kind).Objects() {
		if o.Meta().Namespace == namespace {
			out = append(out, o)
		}
	}
	return out
}
