package place

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim"
)

// Origin is the instant 0 of a snapshot: when objects were created whose manifests do not say.
var Origin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Running is when the first placed pod starts to run, in a snapshot that counts from Origin.
var Running = sim.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Sub(Origin))

// Snapshot makes objects of what was read with Origin as start. One without a creationTimestamp is as
// many seconds old as objects stand before it.
func Snapshot(read []manifest.Object) []model.Object {
	objects := make([]model.Object, len(read))
	for i := range read {
		objects[i] = read[i].Object
		if !read[i].Dated {
			objects[i].Meta().Created = sim.At(time.Duration(read[i].Index) * time.Second)
		}
	}
	return objects
}
