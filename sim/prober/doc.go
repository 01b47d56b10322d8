// Package prober is the probe worker of the kubelet: what one startup, liveness or readiness probe of one
// container does over time. It is a pure state machine: instants and what the kubelet knows go in, the next
// instant at which something can be seen comes out. Probes that change nothing are not stepped through:
// where answers are known functions of time, whole periods are jumped over.
package prober
