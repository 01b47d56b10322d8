// Package queue is the scheduling queue of kube-scheduler v1.37.2 in simulated time.
//
// A pod that waits for a node is in exactly one place: active, in back-off, unschedulable, gated, or in
// flight between Pop and Done. The queue is a plain data structure: every call brings the current
// instant along, NextWake says when a timer is due, and Tick runs the timers.
//
// Upstream's order among pods that its queue sort cannot tell apart is that of a heap or of a map. Here
// such pods come in the order in which they last came (back) to the queue, and an event moves
// unschedulable pods in the order in which they became unschedulable.
//
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue.
package queue
