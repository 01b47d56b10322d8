// Package scheduler decides where pods run, as kube-scheduler v1.37.2 does.
//
// It is a pure state machine: objects and the current instant go in, decisions and the next wake-up
// come out. It knows no engine, clock, file or goroutine, so that the same code runs in a simulation,
// in a test, on a snapshot, and in front of a live API server.
//
// Core decides one pod at a time on a cluster it is told of. Scheduler adds the queue and the life of
// a binding.
package scheduler
