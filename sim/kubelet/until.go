package kubelet

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
)

// waitingFor is an instance of a container that ends when something has come.
type waitingFor struct {
	w      *worker
	index  int
	number uint64
	until  *behaviour.Until
}

// awaitUntil has a container end when what it waits for has come.
func (f *Fleet) awaitUntil(now sim.Time, w *worker, i int) {
	c := &w.containers[i]
	until := c.life.Until()
	switch {
	case until == nil:
	case until.HasAt:
		c.over = ending{own: true}
		c.end = f.at(max(until.At, now), opEnd, w, i)
	default:
		if len(f.untils) == 0 && !f.observing {
			f.observing = true
			f.api.Observe(f.observed)
		}
		f.untils = append(f.untils, waitingFor{w, i, c.rt.cur.number, until})
		f.lookUntil(now)
	}
}

// observed has those who wait look again when what they wait for may have come.
func (f *Fleet) observed(c apiserver.Change) {
	if len(f.untils) == 0 || !f.look.IsZero() {
		return
	}
	switch c.Object().Kind() {
	case model.KindPod, model.KindEndpointSlice, model.KindService:
		f.look = f.engine.Schedule(f.engine.Now(), sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opLook})
	}
}

// lookUntil ends the containers for which what they wait for has come: at once, or when they look next.
func (f *Fleet) lookUntil(now sim.Time) {
	f.look = sim.Handle{}
	waiting := f.untils[:0]
	for _, x := range f.untils {
		c := &x.w.containers[x.index]
		switch {
		case x.w.dropped || !c.running() || c.rt.cur.number != x.number:
		case !f.hasCome(x.w, x.until):
			waiting = append(waiting, x)
		default:
			at := now
			if x.until.Every > 0 {
				at = atOrAfter(now, c.rt.cur.started, x.until.Every)
			}
			if _, ends := f.engine.When(c.end); !ends {
				c.over = ending{own: true}
				c.end = f.at(at, opEnd, x.w, x.index)
			}
		}
	}
	clear(f.untils[len(waiting):])
	f.untils = waiting
}

// hasCome says whether what is waited for is there.
func (f *Fleet) hasCome(w *worker, u *behaviour.Until) bool {
	namespace := u.Namespace
	if namespace == "" {
		namespace = w.pod.Namespace
	}
	if u.Service != "" {
		return f.readyEndpoints(namespace, u.Service) >= max(u.Ready, 1)
	}
	pod, there := f.api.Pods.Get(namespace, u.Pod)
	switch {
	case u.State == "Gone":
		return !there
	case !there:
		return false
	case u.State == "Ready" || u.State == "":
		ready := pod.Status.Condition(model.PodReady)
		return ready != nil && ready.Status == "True"
	}
	return string(pod.Status.Phase) == u.State
}

// readyEndpoints is the number of ready endpoints of a Service: those of its slices or, where there are none
// for want of a controller, the ready pods that it selects.
func (f *Fleet) readyEndpoints(namespace, service string) (n int) {
	sliced := false
	for s := range f.api.EndpointSlices.All() {
		if s.Namespace != namespace || s.Labels["kubernetes.io/service-name"] != service {
			continue
		}
		sliced = true
		for i := range s.Endpoints {
			if s.Endpoints[i].Ready {
				n++
			}
		}
	}
	svc, there := f.api.Services.Get(namespace, service)
	if sliced || !there || len(svc.Selector) == 0 {
		return n
	}
	for pod := range f.api.Pods.All() {
		ready := pod.Status.Condition(model.PodReady)
		if pod.Namespace == namespace && !pod.Deleting && ready != nil && ready.Status == "True" && selects(svc.Selector, pod.Labels) {
			n++
		}
	}
	return n
}

func selects(want, have map[string]string) bool {
	for k, v := range want {
		if got, ok := have[k]; !ok || got != v {
			return false
		}
	}
	return true
}
