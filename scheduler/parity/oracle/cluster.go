package oracle

import (
	"context"
	"fmt"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	internalcache "k8s.io/kubernetes/pkg/scheduler/backend/cache"
)

// cluster is the real scheduler with the stores it reads from. The informers are never
// started: their stores are written directly, so that nothing happens behind the back of
// the one cycle under way.
type cluster struct {
	ctx       context.Context
	log       klog.Logger
	factory   informers.SharedInformerFactory
	scheduler *scheduler.Scheduler
	snapshot  *internalcache.Snapshot
	pods      cache.Indexer
	chance    chance
}

func newCluster(ctx context.Context, cfg *config.KubeSchedulerConfiguration, parallelism int32, objects []runtime.Object) (*cluster, error) {
	client := fake.NewClientset()
	c := &cluster{
		ctx:      ctx,
		log:      klog.FromContext(ctx),
		factory:  informers.NewSharedInformerFactory(client, 0),
		snapshot: internalcache.NewEmptySnapshot(),
		chance:   noChance{},
	}
	orderStores(c.factory)
	s, err := scheduler.New(ctx, client, c.factory, nil,
		func(string) events.EventRecorderLogger { return nil },
		scheduler.WithComponentConfigVersion(cfg.APIVersion),
		scheduler.WithProfiles(cfg.Profiles...),
		scheduler.WithPercentageOfNodesToScore(cfg.PercentageOfNodesToScore),
		scheduler.WithParallelism(parallelism),
		scheduler.WithNodeInfoSnapshot(c.snapshot))
	if err != nil {
		return nil, err
	}
	c.scheduler = s
	c.pods = c.factory.Core().V1().Pods().Informer().GetIndexer()
	for _, o := range objects {
		if err := c.add(o); err != nil {
			return nil, err
		}
	}
	return c, c.addNamespaces(objects)
}

// add puts one object where an informer would have put it.
func (c *cluster) add(o runtime.Object) error {
	switch o := o.(type) {
	case *v1.Node:
		c.scheduler.Cache.AddNode(c.log, o)
		return c.factory.Core().V1().Nodes().Informer().GetIndexer().Add(o)
	case *v1.Pod:
		return c.addPod(o)
	}
	if informer := c.informer(o); informer != nil {
		return informer.GetIndexer().Add(o)
	}
	return nil
}

// addPod does as upstream's event handlers: what has ended is not there, what has a node is
// in the cache, the rest is in the queue of the profile it names.
//
// Source: kubernetes v1.37.2 pkg/scheduler/eventhandlers.go addPod.
func (c *cluster) addPod(p *v1.Pod) error {
	if ended(p) {
		return nil
	}
	if err := c.pods.Add(p); err != nil {
		return err
	}
	if p.Spec.NodeName != "" {
		return c.scheduler.Cache.AddPod(c.log, p)
	}
	if _, ok := c.scheduler.Profiles[p.Spec.SchedulerName]; ok {
		c.scheduler.SchedulingQueue.Add(c.ctx, p)
	}
	return nil
}

// informer is the informer for a kind the scheduler reads, nil for any other.
func (c *cluster) informer(o runtime.Object) cache.SharedIndexInformer {
	core, storage, apps := c.factory.Core().V1(), c.factory.Storage().V1(), c.factory.Apps().V1()
	resource := c.factory.Resource().V1()
	switch o.(type) {
	case *v1.Node:
		return core.Nodes().Informer()
	case *v1.Pod:
		return core.Pods().Informer()
	case *v1.Namespace:
		return core.Namespaces().Informer()
	case *v1.Service:
		return core.Services().Informer()
	case *v1.ReplicationController:
		return core.ReplicationControllers().Informer()
	case *v1.PersistentVolume:
		return core.PersistentVolumes().Informer()
	case *v1.PersistentVolumeClaim:
		return core.PersistentVolumeClaims().Informer()
	case *appsv1.ReplicaSet:
		return apps.ReplicaSets().Informer()
	case *appsv1.StatefulSet:
		return apps.StatefulSets().Informer()
	case *policyv1.PodDisruptionBudget:
		return c.factory.Policy().V1().PodDisruptionBudgets().Informer()
	case *storagev1.StorageClass:
		return storage.StorageClasses().Informer()
	case *storagev1.CSINode:
		return storage.CSINodes().Informer()
	case *storagev1.CSIDriver:
		return storage.CSIDrivers().Informer()
	case *storagev1.CSIStorageCapacity:
		return storage.CSIStorageCapacities().Informer()
	case *storagev1.VolumeAttachment:
		return storage.VolumeAttachments().Informer()
	case *resourcev1.DeviceClass:
		return resource.DeviceClasses().Informer()
	}
	return nil
}

// addNamespaces makes the namespaces that pods live in and no document declares.
func (c *cluster) addNamespaces(objects []runtime.Object) error {
	for _, p := range only[*v1.Pod](objects) {
		if err := c.addNamespace(p.Namespace); err != nil {
			return err
		}
	}
	return nil
}

// addNamespace makes a namespace that is not there.
func (c *cluster) addNamespace(name string) error {
	store := c.factory.Core().V1().Namespaces().Informer().GetIndexer()
	if _, ok, _ := store.GetByKey(name); ok {
		return nil
	}
	labels := map[string]string{v1.LabelMetadataName: name}
	return store.Add(&v1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}})
}

// refresh brings the snapshot up to date, which upstream does before each cycle.
func (c *cluster) refresh() error { return c.scheduler.Cache.UpdateSnapshot(c.log, c.snapshot) }

// nodeOrder is the order in which the snapshot lists the nodes.
func (c *cluster) nodeOrder() ([]string, error) {
	nodes, err := c.snapshot.NodeInfos().List()
	if err != nil {
		return nil, fmt.Errorf("listing nodes: %w", err)
	}
	names := make([]string, 0, len(nodes))
	for _, n := range nodes {
		names = append(names, n.Node().Name)
	}
	return names, nil
}

// startIndex is where the scheduler begins its next walk over the nodes.
func (c *cluster) startIndex() int {
	return int(reflect.ValueOf(c.scheduler).Elem().FieldByName("nextStartNodeIndex").Int())
}

func ended(p *v1.Pod) bool {
	return p.Status.Phase == v1.PodSucceeded || p.Status.Phase == v1.PodFailed
}
