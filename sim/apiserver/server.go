package apiserver

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Server holds the objects of one cluster and tells its watchers what changes.
type Server struct {
	Namespaces               *Store[*model.Namespace]
	PriorityClasses          *Store[*model.PriorityClass]
	Nodes                    *Store[*model.Node]
	Pods                     *Store[*model.Pod]
	Services                 *Store[*model.Service]
	ReplicationControllers   *Store[*model.ReplicationController]
	ReplicaSets              *Store[*model.ReplicaSet]
	StatefulSets             *Store[*model.StatefulSet]
	PodDisruptionBudgets     *Store[*model.PodDisruptionBudget]
	StorageClasses           *Store[*model.StorageClass]
	PersistentVolumes        *Store[*model.PersistentVolume]
	PersistentVolumeClaims   *Store[*model.PersistentVolumeClaim]
	CSINodes                 *Store[*model.CSINode]
	CSIDrivers               *Store[*model.CSIDriver]
	CSIStorageCapacities     *Store[*model.CSIStorageCapacity]
	VolumeAttachments        *Store[*model.VolumeAttachment]
	Deployments              *Store[*model.Deployment]
	DaemonSets               *Store[*model.DaemonSet]
	ControllerRevisions      *Store[*model.ControllerRevision]
	Jobs                     *Store[*model.Job]
	CronJobs                 *Store[*model.CronJob]
	HorizontalPodAutoscalers *Store[*model.HorizontalPodAutoscaler]
	EndpointSlices           *Store[*model.EndpointSlice]
	Leases                   *Store[*model.Lease]
	ResourceQuotas           *Store[*model.ResourceQuota]
	LimitRanges              *Store[*model.LimitRange]
	ConfigMaps               *Store[*model.ConfigMap]
	Secrets                  *Store[*model.Secret]
	ServiceAccounts          *Store[*model.ServiceAccount]

	// Events are the Kubernetes events told so far about objects that are still there.
	Events *EventLog

	engine     *sim.Engine
	actor      sim.Actor
	version    uint64
	loading    bool
	refuses    bool          // see Refuse
	timesOut   bool          // see TimeOut
	delay      time.Duration // of watches
	stores     map[model.Kind]Collection
	observers  []func(Change)
	lanes      []*lane
	watchers   []*watcher
	names      names
	admission  admission
	topology   topologyLabels
	namespaces namespaces
	addresses  addresses
	quotas     quotas
	denials    []*Denial
	byNode     *podsByNode // nil until somebody asks
}

// New returns an empty server that is an actor of the engine. It has the namespaces of every cluster
// (default, kube-system, kube-public, kube-node-lease) and the two system priority classes.
func New(engine *sim.Engine) *Server {
	s := &Server{
		Namespaces:               newStore[*model.Namespace](model.KindNamespace),
		PriorityClasses:          newStore[*model.PriorityClass](model.KindPriorityClass),
		Nodes:                    newStore[*model.Node](model.KindNode),
		Pods:                     newStore[*model.Pod](model.KindPod),
		Services:                 newStore[*model.Service](model.KindService),
		ReplicationControllers:   newStore[*model.ReplicationController](model.KindReplicationController),
		ReplicaSets:              newStore[*model.ReplicaSet](model.KindReplicaSet),
		StatefulSets:             newStore[*model.StatefulSet](model.KindStatefulSet),
		PodDisruptionBudgets:     newStore[*model.PodDisruptionBudget](model.KindPodDisruptionBudget),
		StorageClasses:           newStore[*model.StorageClass](model.KindStorageClass),
		PersistentVolumes:        newStore[*model.PersistentVolume](model.KindPersistentVolume),
		PersistentVolumeClaims:   newStore[*model.PersistentVolumeClaim](model.KindPersistentVolumeClaim),
		CSINodes:                 newStore[*model.CSINode](model.KindCSINode),
		CSIDrivers:               newStore[*model.CSIDriver](model.KindCSIDriver),
		CSIStorageCapacities:     newStore[*model.CSIStorageCapacity](model.KindCSIStorageCapacity),
		VolumeAttachments:        newStore[*model.VolumeAttachment](model.KindVolumeAttachment),
		Deployments:              newStore[*model.Deployment](model.KindDeployment),
		DaemonSets:               newStore[*model.DaemonSet](model.KindDaemonSet),
		ControllerRevisions:      newStore[*model.ControllerRevision](model.KindControllerRevision),
		Jobs:                     newStore[*model.Job](model.KindJob),
		CronJobs:                 newStore[*model.CronJob](model.KindCronJob),
		HorizontalPodAutoscalers: newStore[*model.HorizontalPodAutoscaler](model.KindHorizontalPodAutoscaler),
		EndpointSlices:           newStore[*model.EndpointSlice](model.KindEndpointSlice),
		Leases:                   newStore[*model.Lease](model.KindLease),
		ResourceQuotas:           newStore[*model.ResourceQuota](model.KindResourceQuota),
		LimitRanges:              newStore[*model.LimitRange](model.KindLimitRange),
		ConfigMaps:               newStore[*model.ConfigMap](model.KindConfigMap),
		Secrets:                  newStore[*model.Secret](model.KindSecret),
		ServiceAccounts:          newStore[*model.ServiceAccount](model.KindServiceAccount),
		engine:                   engine,
		stores:                   map[model.Kind]Collection{},
		names:                    newNames(engine.Seed()),
		admission:                newAdmission(),
		topology:                 newTopologyLabels(),
		namespaces:               namespaces{deleted: map[string]bool{}},
		addresses:                addresses{},
	}
	for _, c := range s.collections() {
		s.stores[c.Resource().Kind] = c
	}
	s.Events = newEventLog(s)
	s.actor = engine.Register("apiserver", s)
	s.bootstrap()
	return s
}

func (s *Server) collections() []Collection {
	return []Collection{s.Namespaces, s.PriorityClasses, s.Nodes, s.Pods, s.Services, s.ReplicationControllers,
		s.ReplicaSets, s.StatefulSets, s.PodDisruptionBudgets, s.StorageClasses, s.PersistentVolumes,
		s.PersistentVolumeClaims, s.CSINodes, s.CSIDrivers, s.CSIStorageCapacities, s.VolumeAttachments,
		s.Deployments, s.DaemonSets, s.ControllerRevisions, s.Jobs, s.CronJobs, s.HorizontalPodAutoscalers, s.EndpointSlices,
		s.Leases, s.ResourceQuotas, s.LimitRanges, s.ConfigMaps, s.Secrets, s.ServiceAccounts}
}

// Collection returns the store of a kind, nil for a kind that is not stored.
func (s *Server) Collection(kind model.Kind) Collection {
	if c, ok := s.stores[kind]; ok {
		return c
	}
	return nil
}

// Version is the resource version of the last write.
func (s *Server) Version() uint64 { return s.version }

// Observe adds a function that is called at every write, at once and in the order of the writes. It
// must not write itself. Watches are for those who live in the cluster; this is for who records it.
func (s *Server) Observe(observer func(Change)) { s.observers = append(s.observers, observer) }

// Create stores a copy of the object as a new one: named, given a UID and the present as its creation
// time, and, for pods, passed through admission. It returns what is stored. Errors have the API
// server's wording.
func (s *Server) Create(o model.Object) (model.Object, error) {
	if err := s.unavailable(); err != nil {
		return nil, err
	}
	return s.create(o, false)
}

// Load stores a copy of an object of the initial state, which may have lived before the run: its UID,
// creation time, status and a priority that is already resolved are kept. Watchers see it without
// latency, as what was there when they began.
func (s *Server) Load(o model.Object) (model.Object, error) {
	s.loading = true
	defer func() { s.loading = false }()
	return s.create(o, true)
}

// Loading says whether the write that is being observed is one of the initial state.
func (s *Server) Loading() bool { return s.loading }

// put makes a change to a store and tells of it.
func (s *Server) put(store Collection, c Change) {
	s.version++
	switch c.Type {
	case Added:
		c.New.Meta().ResourceVersion = s.version
		store.addObject(c.New)
	case Modified:
		c.New.Meta().ResourceVersion = s.version
		store.replaceObject(c.New)
	case Deleted:
		store.remove(NameOf(c.Old))
	}
	if s.byNode != nil {
		s.byNode.follow(c)
	}
	if s.quotas != nil {
		s.account(c)
	}
	for _, observe := range s.observers {
		observe(c)
	}
	for _, w := range s.watchers {
		s.enqueue(w, c)
	}
}
