package faults

import "towtank.dev/towtank/sim/verbs"

// Registry returns all faults, sorted by name. Each is a verb of the timeline; those that are a Lasting may
// have `for` beside them, and those that are a Recurring may stand in a scenario's faults.
func Registry() []verbs.Info {
	return []verbs.Info{
		apiDownInfo,
		apiSlowInfo,
		controllerManagerDownInfo,
		crashInfo,
		etcdSlowInfo,
		killContainerInfo,
		kubeletStopInfo,
		partitionInfo,
		rebootInfo,
		registryDownInfo,
		registryMissingInfo,
		registrySlowInfo,
		schedulerDownInfo,
		shutdownInfo,
		watchDelayInfo,
	}
}

// Lookup returns the fault of that name.
func Lookup(name string) (verbs.Info, bool) {
	for _, f := range Registry() {
		if f.Name == name {
			return f, true
		}
	}
	return verbs.Info{}, false
}
