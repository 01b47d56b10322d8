// Package kubelet is the life of pods on their nodes: a bound pod is seen and admitted, its images are
// pulled, its init containers run in order, its containers start, are probed, run, end and start again as
// the restart policy and the crash back-off say, and a deleted pod is stopped with grace and its object
// removed. What a manifest cannot say, such as how long a container runs, comes from behaviours.
//
// One Fleet stands for the kubelets of all nodes. Each pod has a worker whose syncs never overlap: a sync
// looks at what the last relist of the container runtime saw, writes the status that follows from it, and
// does one thing after the other; pulls, starts, hooks and kills take their time. What ends by itself is
// seen by the next relist, a second apart; what the worker did itself is seen at once. Timers that change
// nothing are not events: the next instant at which a sync would do something is computed.
//
// What a behaviour does not say takes no time: containers start at once, answer their probes well, run for
// ever and end at once on SIGTERM with code 143 (plain init containers end at once with code 0).
package kubelet
