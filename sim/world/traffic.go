package world

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/traffic"
)

// newTraffic has traffic come to Services, if the scenario has any.
func (w *world) newTraffic() *traffic.Manager {
	if w.cfg.Traffic == nil || len(w.cfg.Traffic.Entries) == 0 {
		return nil
	}
	m := traffic.New(w.engine, w.api, w.kubelets, w.cfg.Traffic)
	w.kubelets.Follow(m)
	return m
}

// requests is what tells the requests that a container is sent; nil: nobody sends any.
func (w *world) requests() func(now sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time) {
	if w.traffic == nil {
		return nil
	}
	return w.traffic.Load
}

// changing has a function called just before the requests that a pod is sent take another course.
func (w *world) changing(do func(now sim.Time, pod *model.Pod)) {
	if w.traffic != nil {
		w.traffic.OnChanging(do)
	}
}

// power tells traffic that a node has no power, or has it again.
func (w *world) power(now sim.Time, node string) {
	if w.traffic != nil {
		w.traffic.NodeOff(now, node, w.kubelets.Trouble(node).Crashed)
	}
}

// cable tells traffic that a node is cut off, or connected again.
func (w *world) cable(now sim.Time, node string, cut bool) {
	if w.traffic != nil {
		w.traffic.NodeCut(now, node, cut)
	}
}

// writeServices writes the rows of the Services that have traffic.
func (r *recorder) writeServices(now sim.Time) {
	if r.world.traffic == nil {
		return
	}
	for _, t := range r.world.traffic.Close(now) {
		row := record.ServiceRow{Namespace: t.Namespace, Name: t.Name, Asked: t.Asked, NoEndpoint: t.NoEndpoint, Gone: t.Gone,
			Unreachable: t.Unreachable, FailingFor: t.FailingFor, LongestFailing: t.LongestFailing, NoEndpointFor: t.NoEndpointFor,
			Peak: t.Peak, PeakOfOne: t.PeakOfOne, FewestEndpoints: int32(t.FewestEndpoints), MostEndpoints: int32(t.MostEndpoints)}
		if t.For > 0 {
			row.MeanEndpoints = t.EndpointSeconds / t.For.Seconds()
		}
		for _, s := range r.sinks {
			s.Service(&row)
		}
	}
}
