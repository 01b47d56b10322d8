package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var endpointSliceInfo = Info{
	Name:  "endpointslice-controller",
	Doc:   "Lists the endpoints of Services: the pods that their selectors match, and whether each takes traffic.",
	Kinds: []model.Kind{model.KindService},
	Start: startEndpointSlices,
}

// A slice holds up to maxEndpoints endpoints; so many Services are synced at once.
// Source: kubernetes v1.37.2 pkg/controller/endpointslice/config/v1alpha1/defaults.go
// MaxEndpointsPerSlice, ConcurrentServiceEndpointSyncs.
const (
	maxEndpoints        = 100
	endpointSyncWorkers = 5
	managedBySlices     = "endpointslice-controller.k8s.io"
)

// endpointSlices keeps the EndpointSlices of Services with a selector.
// Source: kubernetes v1.37.2 pkg/controller/endpointslice/endpointslice_controller.go Controller.
type endpointSlices struct {
	manager  *Manager
	loop     *Loop
	services *Informer[*model.Service]
	pods     *Informer[*model.Pod]
	slices   *Informer[*model.EndpointSlice]
	labels   *podLabels
	// selectors finds the Services of pods, matched has the pods of each Service in the order of their coming.
	selectors model.SelectorIndex[apiserver.Name]
	matched   map[apiserver.Name]*endpointPods
	wrote     *Consistency
}

// endpointPods are the pods of a Service.
type endpointPods struct {
	names []apiserver.Name
	pods  map[apiserver.Name]*model.Pod
}

func startEndpointSlices(m *Manager) {
	c := &endpointSlices{manager: m, labels: podLabelsOf(m), matched: map[apiserver.Name]*endpointPods{}, wrote: NewConsistency()}
	c.loop = m.NewLoop(LoopOptions{Name: "endpointslice-controller", Workers: endpointSyncWorkers, Sync: c.sync})
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	c.slices = InformerOf[*model.EndpointSlice](m, model.KindEndpointSlice)
	c.services = InformerOf[*model.Service](m, model.KindService)
	c.wrote.Watches(model.KindEndpointSlice, c.slices.Seen)
	c.services.Handle(Handlers[*model.Service]{Add: c.serviceAdded, Update: c.serviceUpdated, Delete: c.serviceGone})
	c.pods.Handle(Handlers[*model.Pod]{Add: func(p *model.Pod) { c.podChanged(nil, p) }, Update: c.podChanged,
		Delete: func(p *model.Pod) { c.podChanged(p, nil) }})
	c.slices.Handle(Handlers[*model.EndpointSlice]{Delete: func(s *model.EndpointSlice) {
		if name := s.Labels[model.LabelServiceName]; name != "" {
			c.loop.Add(apiserver.Name{Namespace: s.Namespace, Name: name})
		}
	}})
}

func (c *endpointSlices) serviceAdded(s *model.Service) {
	key := apiserver.NameOf(s)
	e := &endpointPods{pods: map[apiserver.Name]*model.Pod{}}
	c.matched[key] = e
	required := model.RequiredLabels(s.Selector)
	c.selectors.Set(key, s.Namespace, required)
	if len(required) > 0 {
		for p := range c.labels.mayMatch(s.Namespace, required) {
			if serves(s, p) {
				e.set(p)
			}
		}
	}
	c.loop.Add(key)
}

func (c *endpointSlices) serviceUpdated(_, s *model.Service) {
	c.serviceAdded(s)
}

func (c *endpointSlices) serviceGone(s *model.Service) {
	key := apiserver.NameOf(s)
	delete(c.matched, key)
	c.selectors.Remove(key)
	c.loop.Add(key)
}

// serves says whether a pod is one of a Service's.
func serves(s *model.Service, p *model.Pod) bool {
	return len(s.Selector) > 0 && s.Type != "ExternalName" && s.Namespace == p.Namespace && subset(s.Selector, p.Labels)
}

func (e *endpointPods) set(p *model.Pod) {
	name := apiserver.NameOf(p)
	if _, ok := e.pods[name]; !ok {
		e.names = append(e.names, name)
	}
	e.pods[name] = p
}

func (e *endpointPods) drop(name apiserver.Name) {
	if _, ok := e.pods[name]; ok {
		delete(e.pods, name)
		e.names = slices.DeleteFunc(e.names, func(n apiserver.Name) bool { return n == name })
	}
}

// podChanged has the Services synced for which a pod means something else than before.
// Source: endpointslice util/controller_utils.go GetServicesToUpdateOnPodChange, podEndpointsChanged.
func (c *endpointSlices) podChanged(old, p *model.Pod) {
	seen := cmp.Or(p, old)
	for _, key := range c.selectors.Find(seen.Namespace, seen.Labels, cmp.Or(old, p).Labels) {
		s, ok := c.services.Get(key.Namespace, key.Name)
		if !ok {
			continue
		}
		was, is := old != nil && serves(s, old), p != nil && serves(s, p)
		switch {
		case is:
			c.matched[key].set(p)
		case was:
			c.matched[key].drop(apiserver.NameOf(seen))
		}
		if was != is || is && endpointChanged(old, p) {
			c.loop.Add(key)
		}
	}
}

// endpointChanged says whether a pod's endpoint is another than before.
func endpointChanged(old, p *model.Pod) bool {
	return old == nil || old.Status.PodIP != p.Status.PodIP || old.NodeName != p.NodeName || ready(old) != ready(p) ||
		old.Deleting != p.Deleting || old.Terminal() != p.Terminal() || old.UID != p.UID
}

// sync brings the slices of a Service up to date.
// Source: kubernetes v1.37.2 pkg/controller/endpointslice/endpointslice_controller.go syncService.
func (c *endpointSlices) sync(key apiserver.Name) error {
	s, ok := c.services.Get(key.Namespace, key.Name)
	if !ok || len(s.Selector) == 0 || s.Type == "ExternalName" {
		c.wrote.Clear(key)
		return nil
	}
	if err := c.wrote.Ready(key); err != nil {
		return err
	}
	existing := slices.Collect(c.slices.OwnedBy(s.UID))
	existing = slices.DeleteFunc(existing, func(e *model.EndpointSlice) bool { return e.Deleting })
	return c.finalize(s, c.reconcile(s, existing))
}
