// Package parity holds this scheduler against the real kube-scheduler.
//
// It is a module of its own, so that what it needs of Kubernetes reaches nobody who only
// wants the simulator. Package oracle runs k8s.io/kubernetes v1.37.2 in process on a folder
// of ordinary Kubernetes objects; package generate makes such folders from a seed; package
// compare says where two answers part and package shrink makes a parting case small.
package parity
