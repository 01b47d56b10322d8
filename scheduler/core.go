package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/cache"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
)

// Core decides one pod at a time. It is told of nodes and of pods on nodes, and has no queue.
type Core struct {
	options    Options
	vocabulary *framework.Vocabulary
	cache      *cache.Cache
	snapshot   *framework.Snapshot
	objects    *cache.Objects
	nominator  *queue.Nominator
	profiles   map[string]*profile
	order      []*profile // as configured
	ties       *sim.Stream
	// start is where the next search begins in the list of nodes, upstream's nextStartNodeIndex.
	start  int
	cycle  scratch
	fast   *fast        // nil: every cycle is naive
	spare  []Cycle      // to be used
	trials []*trialNode // that have ended
	detail *Detail      // of the cycle under way, nil unless asked for
}

// NewCore makes a Core. Errors are those of the configuration.
func NewCore(o Options) (*Core, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	v := framework.NewVocabulary()
	c := &Core{options: o, vocabulary: v, cache: cache.New(v), objects: &cache.Objects{}, profiles: map[string]*profile{}}
	c.snapshot = c.cache.Snapshot()
	c.ties = sim.NewStream(o.Seed, "scheduler/ties")
	c.nominator = &queue.New(queue.Options{}).Nominator
	h := &framework.Handle{Vocabulary: v, Snapshot: c.snapshot, Objects: c.objects, Seed: o.Seed, EveryCandidate: o.EveryCandidate,
		WallOffset: o.WallOffset}
	for i := range o.Config.Profiles {
		p, err := newProfile(&o.Config.Profiles[i], *o.Config.PercentageOfNodesToScore, o.Plugins, h)
		if err != nil {
			return nil, err
		}
		c.profiles[p.name] = p
		c.order = append(c.order, p)
	}
	if !o.Naive && !o.Explain {
		c.fast = newFast(c)
		for _, p := range c.order {
			c.fast.programs[p].usable = c.fast.programs[p].usable && p.prepares()
		}
	}
	return c, nil
}

// Pod derives what scheduling needs to know of a pod. Give it back with Release.
func (c *Core) Pod(pod *model.Pod) *framework.PodInfo { return c.vocabulary.Pod(pod) }

// Release tells that a pod is gone.
func (c *Core) Release(pod *framework.PodInfo) { c.vocabulary.Release(pod) }

// SetNode adds a node or replaces its object.
func (c *Core) SetNode(node *model.Node) { c.cache.SetNode(node) }

// RemoveNode takes a node out.
func (c *Core) RemoveNode(name string) { c.cache.RemoveNode(name) }

// AddPod counts a pod in on the node it is on.
func (c *Core) AddPod(pod *framework.PodInfo) { c.cache.AddPod(pod) }

// RemovePod counts a pod out and says whether it was there.
func (c *Core) RemovePod(pod *framework.PodInfo) bool { return c.cache.RemovePod(pod) }

// SetObject adds an object that is neither pod nor node, or replaces it, and says whether plugins can
// read objects of that kind.
func (c *Core) SetObject(o model.Object) bool {
	c.objectChanged(o, true)
	return c.objects.Set(o)
}

// RemoveObject takes such an object out.
func (c *Core) RemoveObject(o model.Object) bool {
	c.objectChanged(o, false)
	return c.objects.Remove(o)
}

// Nominate makes a pending pod count on a node for pods of no higher priority; node "" ends that.
func (c *Core) Nominate(pod *model.Pod, node string) { c.nominator.Nominate(pod, node) }

// Serves says whether a profile has that scheduler name.
func (c *Core) Serves(schedulerName string) bool { return c.profiles[schedulerName] != nil }

// PreEnqueue asks whether a pod may enter the active queue: the first status that is not Success, or
// nil.
func (c *Core) PreEnqueue(pod *model.Pod) *framework.Status {
	p := c.profiles[pod.Spec.SchedulerName]
	if p == nil {
		return nil
	}
	for _, pl := range p.preEnqueue {
		if s := pl.PreEnqueue(pod); !s.OK() {
			return s
		}
	}
	return nil
}

// NodeOrder lists the nodes in the order in which they are searched.
func (c *Core) NodeOrder() []string {
	c.cache.Refresh()
	names := make([]string, len(c.snapshot.Nodes))
	for i, n := range c.snapshot.Nodes {
		names[i] = n.Name
	}
	return names
}

// Percentage is the percentageOfNodesToScore of a profile, 0 for adaptive.
func (c *Core) Percentage(schedulerName string) int32 { return c.profiles[schedulerName].percentage }
