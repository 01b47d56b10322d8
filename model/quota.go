package model

// ResourceQuota limits what all objects of a namespace use together.
type ResourceQuota struct {
	ObjectMeta
	Hard ResourceList
	// Scopes are those of spec.scopes and spec.scopeSelector alike: all must take a pod for it to count.
	Scopes []QuotaScope
	Status QuotaStatus
}

// Kind is KindResourceQuota.
func (*ResourceQuota) Kind() Kind { return KindResourceQuota }

// QuotaScope is one scope of a quota.
type QuotaScope struct {
	Name     string   // Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass, CrossNamespacePodAffinity
	Operator Operator // Exists (as for spec.scopes), In, NotIn, DoesNotExist
	Values   []string
}

// QuotaStatus is what the quota allows and what is used of it.
type QuotaStatus struct {
	Hard ResourceList
	Used ResourceList
}

// LimitRange limits what single pods, containers and claims of a namespace ask for, and says what they
// ask for when they do not say.
type LimitRange struct {
	ObjectMeta
	Limits []LimitRangeItem
}

// Kind is KindLimitRange.
func (*LimitRange) Kind() Kind { return KindLimitRange }

// LimitRangeItem is the limits for one sort of thing.
type LimitRangeItem struct {
	Type                 string // Pod, Container, PersistentVolumeClaim
	Max                  ResourceList
	Min                  ResourceList
	Default              ResourceList
	DefaultRequest       ResourceList
	MaxLimitRequestRatio ResourceList
}
