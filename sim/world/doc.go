// Package world assembles a cluster and runs it: the engine, the API server, the kubelets, the scheduler
// and what comes from outside (arrivals, the timeline) and what is seen of it (the record). A pod
// travels through all of them here; what each does is its own package's matter.
//
// A run is a function of its Config: it shares nothing with other runs, so that a sweep is a loop.
//
// Memory is bounded by what is alive. Of a pod that has ended, the row of the record is written at once;
// its object stays, as in a cluster, until more than Config.TerminatedPods have ended, and then the
// oldest go (every 20 s, as pod garbage collection does).
package world
