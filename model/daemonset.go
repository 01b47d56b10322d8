package model

// DaemonSet is an apps/v1 DaemonSet; what the API server defaults is filled in when it is read.
type DaemonSet struct {
	ObjectMeta
	Selector             *Selector
	Template             *PodTemplate
	UpdateStrategy       DaemonSetStrategy
	MinReadySeconds      int32
	RevisionHistoryLimit *int32 // default 10
	// TemplateGeneration counts the changes of the template, from 1; it is in the deprecated label
	// pod-template-generation of the pods.
	TemplateGeneration int64
	Status             DaemonSetStatus
}

// Kind is KindDaemonSet.
func (*DaemonSet) Kind() Kind { return KindDaemonSet }

// DaemonSetStrategy says how pods of an old template are replaced.
type DaemonSetStrategy struct {
	Type           string       // RollingUpdate, OnDelete
	MaxUnavailable IntOrPercent // RollingUpdate: default 1
	MaxSurge       IntOrPercent // RollingUpdate: default 0
}

// DaemonSetStatus is what the controller has counted, in nodes.
type DaemonSetStatus struct {
	ObservedGeneration     int64
	CurrentNumberScheduled int32
	NumberMisscheduled     int32
	DesiredNumberScheduled int32
	NumberReady            int32
	UpdatedNumberScheduled int32
	NumberAvailable        int32
	NumberUnavailable      int32
	CollisionCount         *int32
	Conditions             []Condition
}
