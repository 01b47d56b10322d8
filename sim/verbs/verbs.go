// Package verbs holds what people do to a cluster at an instant, with kubectl's words: one file per
// verb and one line in registry.go. The struct's yaml tags are the verb's fields in a scenario.
package verbs

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Verb does one thing to the cluster. An error is told and counted in the record; the run goes on.
type Verb interface {
	Do(env *Env) error
}

// Env is what a verb may touch.
type Env struct {
	Now  sim.Time
	Seed uint64
	API  *apiserver.Server
	// Place is where the verb stands in the scenario (file:line:column); it keys draws.
	Place string
	// Arrive schedules an arrival process (verb create with a count and a gap).
	Arrive func(Arrivals)
	// Slow is how many times as long as otherwise requests take; 0 counts as 1.
	Slow float64
	// Note has a remark kept and counted, which is not an error; nil: nobody keeps it.
	Note func(text string)
	// Start has a process go on, from now on.
	Start func(Process)
	// Wall is the time of the wall clock.
	Wall time.Time
	// Patch makes the object that a strategic merge patch, in JSON, makes of one; old is not written to.
	Patch func(old model.Object, patch []byte) (model.Object, error)
	// Machines are the nodes as machines, for what breaks them.
	Machines Machines
	// Registries are where images come from, for what breaks them.
	Registries Registries
	// ControlPlane is what keeps the cluster, for what breaks it.
	ControlPlane ControlPlane
}

// Machines are the nodes of a cluster as machines, and the containers on them. A node that is not there, or
// that is so already, is left as it is.
type Machines interface {
	// Crash has a node lose power, Boot starts it again.
	Crash(now sim.Time, node string)
	Boot(now sim.Time, node string)
	// Shutdown has a node go off as its kubelet is set: pods are stopped first, or not.
	Shutdown(now sim.Time, node string)
	// StopKubelet stops a node's kubelet, StartKubelet starts it again; the containers run on.
	StopKubelet(now sim.Time, node string)
	StartKubelet(now sim.Time, node string)
	// Cut cuts a node off from the control plane, Mend connects it again; its kubelet goes on.
	Cut(now sim.Time, node string)
	Mend(now sim.Time, node string)
	// KillContainer ends a container of a pod that runs, with an exit code and a reason ("": as the code has
	// it), and says whether there was one.
	KillContainer(now sim.Time, podUID, container string, exit int32, reason string) bool
}

// Registries are the registries of images, by host. Faults of one that overlap add up: it is well again when
// the last of them is over.
type Registries interface {
	// Down has a registry refuse all requests, Up ends one such fault.
	Down(now sim.Time, host string)
	Up(now sim.Time, host string)
	// Slow has it take times as long, Quick ends one such fault.
	Slow(now sim.Time, host string, times float64)
	Quick(now sim.Time, host string, times float64)
	// Lose has it not know an image, Find ends one such fault. The error is about the image's name.
	Lose(now sim.Time, image string) error
	Find(now sim.Time, image string) error
}

// ControlPlane is the API server, the scheduler and the controllers of a cluster. Faults that overlap add up.
type ControlPlane interface {
	// StopControllers has the controller manager end, StartControllers ends one such fault.
	StopControllers(now sim.Time)
	StartControllers(now sim.Time)
	// StopScheduler has the scheduler end, StartScheduler ends one such fault.
	StopScheduler(now sim.Time)
	StartScheduler(now sim.Time)
	// StopAPI has the API server refuse everything, StartAPI ends one such fault.
	StopAPI(now sim.Time)
	StartAPI(now sim.Time)
	// StopEtcd has etcd take no writes, so that those of the API server time out; StartEtcd ends one such fault.
	StopEtcd(now sim.Time)
	StartEtcd(now sim.Time)
	// SlowAPI has it take times as long for requests, QuickAPI ends one such fault.
	SlowAPI(now sim.Time, times float64)
	QuickAPI(now sim.Time, times float64)
	// DelayWatches has what watches tell come so much later; a negative time takes that back.
	DelayWatches(now sim.Time, by time.Duration)
}

// Process is something that people do which takes time, such as a kubectl that waits and tries again.
type Process interface {
	// Step goes on and says when it wants to go on again; next is sim.Never when it has ended. What it
	// returns as an error is told and counted, like that of a verb.
	Step(env *Env) (next sim.Time, err error)
}

// Endless is a process that goes on for ever: a run that lasts until it is idle does not wait for it.
type Endless interface {
	Process
	Endless()
}

// Arrivals is a batch of pods made from one template, one after another.
type Arrivals struct {
	Template *model.Pod
	Count    int64
	Every    sim.Dist // gap between two pods, seconds; nil: all at once
	Place    string   // keys the draws of the gaps
}

// Target says which objects a verb is about: one by name, several by their names, or all that a selector takes.
// In a scenario: `pod: shop/web-0`, `node: node-3`, `nodes: [node-3, node-4]`, `nodes: {labels: {pool: spot}}`,
// `pods: {namespace: shop, labels: {app: web}}`, with the lower-case kind as the key.
type Target struct {
	Kind      model.Kind
	Namespace string // "" with a selector: every namespace
	Name      string // "": use Several or Selector
	Several   []apiserver.Name
	Selector  *model.Selector
}
