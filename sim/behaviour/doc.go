// Package behaviour says what containers do that a manifest cannot say: how long they take to start, run
// and stop, how they end, what their probes and hooks are answered, what they use. A Set is what a scenario
// says, Lives what it comes to for one pod, and a Life one run of one container. The kubelet asks a Life
// when something in the container's life begins; every answer is a function of the pod's name, the number
// of the restart and the time since the container started, so that the order of asking changes nothing.
package behaviour
