// Package sim is a discrete-event kernel: instants, an event queue, named random streams,
// distributions and a fingerprint. It knows nothing of clusters; its subfolders are the cluster
// built on it, as net is to net/http.
//
// An [Engine] holds the events to come and runs them in one total order: by time, then by phase,
// then by the order in which they were scheduled. Instants are integer nanoseconds, so equal means
// equal on every machine. An event is a small value that names the actor to handle it; an actor is
// a [Handler] registered once, before the run.
//
// Nothing here reads a clock, starts a goroutine or touches a global random source. A run is a
// function of its inputs and its seed, and [Engine.Fingerprint] says in 64 bits whether two runs
// were the same.
package sim
