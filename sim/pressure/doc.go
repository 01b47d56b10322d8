// Package pressure is what happens on a node when containers use more than there is: one that is over its
// memory limit is killed, on a node that is out of memory the kernel chooses whom to kill, and a kubelet that
// sees its node run short evicts pods, one after the other, and says so in the node's conditions. Containers
// that want more CPU than they get are told, for their probes may be answered more slowly then.
//
// What containers use comes from behaviours, in pieces that are straight lines. From them follows when
// something happens next, and only that is an event. A container of which no behaviour says what it uses,
// uses nothing, and a node on which there is no other costs nothing.
package pressure
