// Package apiserver keeps the objects of a simulated cluster, as the API server and its etcd do: typed
// stores, one counter of resource versions, admission of new pods, graceful deletion, the binding of
// pods to nodes, and watches that tell others what changed, in a fixed order and after a latency. It is
// where a pod's journey begins (admitted and stored) and ends (deleted).
//
// Objects are immutable once stored. Who changes one copies it (Copy), replaces what differs and hands
// the copy to Update; the store takes it over and gives it the next resource version. A run is
// single-threaded, so such a read and write is one step and never conflicts.
package apiserver
