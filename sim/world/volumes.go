package world

import (
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/pressure"
	"towtank.dev/towtank/sim/record"
)

// lost writes the row of what was written and has vanished.
func (r *recorder) lost(now sim.Time, w *pressure.Written) { r.volume(w, now) }

// writeVolumes writes the rows of what was written and is still there.
func (r *recorder) writeVolumes(now sim.Time) {
	if r.world.short != nil {
		r.world.short.Left(now, func(w *pressure.Written) { r.volume(w, sim.Never) })
	}
}

func (r *recorder) volume(w *pressure.Written, vanished sim.Time) {
	row := record.VolumeRow{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, Where: w.Where, Node: w.Node, Bytes: w.Bytes,
		Vanished: vanished, Containers: w.Containers, Pods: w.Pods}
	for _, s := range r.sinks {
		s.Volume(&row)
	}
}
