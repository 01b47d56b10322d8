package model

import "towtank.dev/towtank/sim"

// Lease is a coordination.k8s.io/v1 Lease, as kubelets renew and leaders hold.
type Lease struct {
	ObjectMeta
	Holder           string
	DurationSeconds  int32 // 0: not given
	Acquired         *sim.Time
	Renewed          *sim.Time
	LeaseTransitions int32
}

// Kind is KindLease.
func (*Lease) Kind() Kind { return KindLease }
