package controllers

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Info describes a controller.
type Info struct {
	// Name is its name in kube-controller-manager.
	Name string
	// Doc is one sentence on what it does here.
	Doc string
	// Start makes it observe a cluster.
	Start func(engine *sim.Engine, api *apiserver.Server)
}

// Registry returns all controllers in the order in which they are started.
func Registry() []Info {
	return []Info{
		nodeTaintsInfo,
		volumeBinderInfo,
		volumeProvisionerInfo,
	}
}

// syncDelay is the time from a write to a controller's answer to it: a delivery, a decision and a
// request, 3 to 8 ms in a small cluster at rest. It also lies between two writes of one controller that
// follow each other.
const syncDelay = 5 * time.Millisecond
