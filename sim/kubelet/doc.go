// Package kubelet is the life of pods on their nodes: a bound pod is seen, its init containers run in
// order, its containers start, get ready, run, end and start again as the restart policy and the crash
// back-off say, and a deleted pod is stopped with grace and its object removed. What a manifest cannot
// say, such as how long a container runs, comes from behaviours.
//
// One Fleet stands for the kubelets of all nodes. Every stage is an event of the engine. What a
// behaviour does not say takes no time: containers start at once, are ready at once, run for ever and
// end at once on SIGTERM with code 143 (plain init containers end at once with code 0).
package kubelet
