package oracle

import (
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/client-go/informers"
	corev1informers "k8s.io/client-go/informers/core/v1"
	storagev1informers "k8s.io/client-go/informers/storage/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// orderStores has volumes and storage capacities listed in the order in which they came. Upstream lists
// them in the order of a map, and where several do equally well takes the one that comes first: each
// order is right, and this one is the same every time.
func orderStores(f informers.SharedInformerFactory) {
	f.InformerFor(&v1.PersistentVolume{}, func(c kubernetes.Interface, resync time.Duration) cache.SharedIndexInformer {
		return ordered(corev1informers.NewPersistentVolumeInformer(c, resync, cache.Indexers{}))
	})
	f.InformerFor(&storagev1.CSIStorageCapacity{}, func(c kubernetes.Interface, resync time.Duration) cache.SharedIndexInformer {
		byNamespace := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}
		return ordered(storagev1informers.NewCSIStorageCapacityInformer(c, v1.NamespaceAll, resync, byNamespace))
	})
}

// orderedInformer is an informer whose store is ordered.
type orderedInformer struct {
	cache.SharedIndexInformer
	indexer *orderedIndexer
}

func ordered(i cache.SharedIndexInformer) *orderedInformer {
	return &orderedInformer{i, &orderedIndexer{Indexer: i.GetIndexer(), came: map[string]int{}}}
}

func (i *orderedInformer) GetIndexer() cache.Indexer { return i.indexer }
func (i *orderedInformer) GetStore() cache.Store     { return i.indexer }

// orderedIndexer lists objects in the order in which their names were added.
type orderedIndexer struct {
	cache.Indexer
	came map[string]int
	next int
}

func (i *orderedIndexer) Add(o any) error {
	if key, err := cache.MetaNamespaceKeyFunc(o); err == nil {
		if _, there := i.came[key]; !there {
			i.came[key] = i.next
			i.next++
		}
	}
	return i.Indexer.Add(o)
}

func (i *orderedIndexer) Delete(o any) error {
	if key, err := cache.MetaNamespaceKeyFunc(o); err == nil {
		delete(i.came, key)
	}
	return i.Indexer.Delete(o)
}

func (i *orderedIndexer) List() []any { return i.sorted(i.Indexer.List()) }

func (i *orderedIndexer) ByIndex(index, value string) ([]any, error) {
	found, err := i.Indexer.ByIndex(index, value)
	return i.sorted(found), err
}

func (i *orderedIndexer) Index(index string, o any) ([]any, error) {
	found, err := i.Indexer.Index(index, o)
	return i.sorted(found), err
}

func (i *orderedIndexer) sorted(found []any) []any {
	place := func(o any) int {
		key, _ := cache.MetaNamespaceKeyFunc(o)
		return i.came[key]
	}
	slices.SortFunc(found, func(a, b any) int { return place(a) - place(b) })
	return found
}
