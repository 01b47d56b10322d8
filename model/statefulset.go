package model

// StatefulSet is an apps/v1 StatefulSet; what the API server defaults is filled in when it is read.
type StatefulSet struct {
	ObjectMeta
	Selector             *Selector
	Replicas             int32
	Template             *PodTemplate // nil when there is none
	ClaimTemplates       []ClaimTemplate
	ServiceName          string
	PodManagementPolicy  string // OrderedReady, Parallel
	UpdateStrategy       StatefulSetStrategy
	RevisionHistoryLimit *int32 // default 10
	MinReadySeconds      int32
	// WhenDeleted and WhenScaled say what becomes of claims: Retain, Delete.
	WhenDeleted string
	WhenScaled  string
	// OrdinalsStart is the number of the first pod.
	OrdinalsStart int32
	Status        StatefulSetStatus
}

// Kind is KindStatefulSet.
func (*StatefulSet) Kind() Kind { return KindStatefulSet }

// StatefulSetStrategy says how pods of an old revision are replaced.
type StatefulSetStrategy struct {
	Type string // RollingUpdate, OnDelete
	// Partition is the lowest ordinal that is updated.
	Partition int32
	// MaxUnavailable is how many may be down during an update (default 1); nil counts as 1.
	MaxUnavailable *IntOrPercent
}

// ClaimTemplate is the template of a claim that each pod of a StatefulSet gets, named <Name>-<pod>.
type ClaimTemplate struct {
	Name        string
	Labels      map[string]string
	Annotations map[string]string
	Spec        ClaimSpec
}

// StatefulSetStatus is what the controller has counted.
type StatefulSetStatus struct {
	ObservedGeneration int64
	Replicas           int32
	ReadyReplicas      int32
	CurrentReplicas    int32
	UpdatedReplicas    int32
	AvailableReplicas  int32
	CurrentRevision    string
	UpdateRevision     string
	CollisionCount     *int32
	Conditions         []Condition
}

// ControllerRevision is an apps/v1 ControllerRevision: a template that a StatefulSet or a DaemonSet had.
type ControllerRevision struct {
	ObjectMeta
	Revision int64
	Template *PodTemplate
}

// Kind is KindControllerRevision.
func (*ControllerRevision) Kind() Kind { return KindControllerRevision }
