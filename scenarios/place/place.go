package place

import (
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/sim"
)

// The orders in which pending pods are taken.
const (
	OrderGiven = "given" // as the objects stand
	OrderQueue = "queue" // by priority, then as they stand
)

// Options say how to place.
type Options struct {
	// Order is OrderGiven (the default) or OrderQueue.
	Order string
	// TieBreak is one of the scheduler's; "" is upstream's rule.
	TieBreak string
	Seed     uint64
	// Plugins is the registry; nil is kube-scheduler's own plugins.
	Plugins *plugins.Registry
	// Running is when the first placed pod starts, in the time of the objects; each further one starts
	// a second after the one before.
	Running sim.Time
	// Explain says of which pods the result holds the attempts with what every plugin said; the others are
	// placed faster. Nil: of all.
	Explain func(pod *model.Pod) bool
	// Cycle is told of every attempt, with its detail where Explain says so. Nil: nobody is.
	Cycle func(cy *scheduler.Cycle)
}

// explains says whether the pod's attempts are told in full.
func (o *Options) explains(pod *model.Pod) bool { return o.Explain == nil || o.Explain(pod) }

// placer takes the pods one after the other.
type placer struct {
	core    *scheduler.Core
	options Options
	order   []string
	pending []*framework.PodInfo
	placed  int
	// pods are those that are there, by uid; final names those on nodes.
	pods  map[string]*framework.PodInfo
	final map[string][]string
}

// Place gives every pending pod among the objects one try. All nodes are scored unless the
// configuration says otherwise, so it is to be passed as read, not completed; nil is the default one.
// Errors are those of the configuration and of options.
func Place(objects []model.Object, c *config.Configuration, o Options) (*Result, error) {
	p, r, err := open(objects, c, o)
	if err != nil {
		return nil, err
	}
	for _, pod := range p.pending {
		r.Pods = append(r.Pods, p.place(pod))
	}
	p.close(r)
	return r, nil
}

// open sets the snapshot up: nobody has been tried yet.
func open(objects []model.Object, c *config.Configuration, o Options) (*placer, *Result, error) {
	if o.Order != "" && o.Order != OrderGiven && o.Order != OrderQueue {
		return nil, nil, fmt.Errorf("order: %q is unknown, want %s or %s", o.Order, OrderGiven, OrderQueue)
	}
	if c == nil {
		c = &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind}
	}
	if c.PercentageOfNodesToScore == nil {
		all := int32(100)
		c.PercentageOfNodesToScore = &all
	}
	core, err := scheduler.NewCore(scheduler.Options{Config: c, Plugins: o.Plugins, TieBreak: o.TieBreak, Seed: o.Seed,
		EveryCandidate: true, Explain: o.Explain == nil, ExplainOnly: o.explains})
	if err != nil {
		return nil, nil, err
	}
	p := &placer{core: core, options: o, pods: map[string]*framework.PodInfo{}, final: map[string][]string{}}
	p.pending = p.load(objects)
	r := &Result{PercentageOfNodesToScore: map[string]int32{}, Pods: []Pod{}}
	for i := range c.Profiles {
		name := *c.Profiles[i].SchedulerName
		r.PercentageOfNodesToScore[name] = core.Percentage(name)
	}
	p.order = core.NodeOrder()
	r.NodeOrder = p.order
	return p, r, nil
}

// close takes down where everybody is.
func (p *placer) close(r *Result) {
	for _, names := range p.final {
		slices.Sort(names)
	}
	r.Final = p.final
}

// load tells the core of nodes and of pods on nodes, and returns the pending ones in their order.
func (p *placer) load(objects []model.Object) []*framework.PodInfo {
	for _, namespace := range undeclared(objects) {
		p.core.SetObject(namespace)
	}
	priorities := newPriorities(objects)
	var pending []*framework.PodInfo
	for _, o := range objects {
		switch o := o.(type) {
		case *model.Node:
			p.core.SetNode(o)
		case *model.Pod:
			if o.Terminal() {
				continue
			}
			info := p.core.Pod(complete(o, priorities))
			p.pods[info.Pod.UID] = info
			if info.Node != "" {
				p.core.AddPod(info)
				p.final[info.Node] = append(p.final[info.Node], o.Key())
				continue
			}
			pending = append(pending, info)
			if p.core.Serves(info.SchedulerName) {
				p.core.Nominate(info.Pod, o.Status.NominatedNodeName)
			}
		default:
			p.core.SetObject(identified(o))
		}
	}
	if p.options.Order == OrderQueue {
		slices.SortStableFunc(pending, func(a, b *framework.PodInfo) int { return int(b.Priority) - int(a.Priority) })
	}
	return pending
}

// complete fills in what creation would have given the pod.
func complete(pod *model.Pod, priorities *priorities) *model.Pod {
	c := *pod
	c.Spec = priorities.complete(pod.Spec)
	if c.UID == "" {
		c.UID = c.Key()
	}
	if c.NodeName != "" && !c.Status.HasStarted {
		c.Status.Started, c.Status.HasStarted = c.Created, true
	}
	return &c
}

// identified is the object with a uid, where one is looked for: claims are told apart by it.
func identified(o model.Object) model.Object {
	claim, ok := o.(*model.PersistentVolumeClaim)
	if !ok || claim.UID != "" {
		return o
	}
	c := *claim
	c.UID = c.Key()
	return &c
}

// place gives one pod its try.
func (p *placer) place(info *framework.PodInfo) Pod {
	if out := p.refuse(info); out != nil {
		return *out
	}
	out := Pod{Pod: info.Pod.Key()}
	for again := true; again; {
		again = p.try(info, &out)
	}
	return out
}

// refuse says of a pod that it gets no try, nil when it does.
func (p *placer) refuse(info *framework.PodInfo) *Pod {
	pod := info.Pod
	out := &Pod{Pod: pod.Key(), Result: Skipped}
	switch {
	case !p.core.Serves(info.SchedulerName):
		out.Message = "no profile for schedulerName " + info.SchedulerName
		return out
	case pod.Deleting:
		out.Message = "skip schedule deleting pod: " + pod.Key()
		return out
	}
	if s := p.core.PreEnqueue(pod); !s.OK() {
		out.Result, out.Message = Gated, s.Message()
		return out
	}
	return nil
}

// try gives the pod one cycle and says whether room has been made for another.
func (p *placer) try(info *framework.PodInfo, out *Pod) (again bool) {
	cy := p.decide(info)
	out.Result, out.Node = cy.Result, cy.Node
	if cy.Message != "" {
		out.Message = scheduler.Note(cy.Message)
	}
	if cy.Detail != nil {
		out.Attempts = append(out.Attempts, Describe(cy, p.order))
	}
	if p.options.Cycle != nil {
		p.options.Cycle(cy)
	}
	if cy.Node != "" {
		p.run(info, cy.Node)
		return false
	}
	p.evict(cy)
	if cy.Renominate {
		p.nominate(info, cy.NominatedNode)
	}
	return len(cy.Victims) > 0
}

// run lets a placed pod run.
func (p *placer) run(info *framework.PodInfo, node string) {
	p.core.Nominate(info.Pod, "")
	running := *info.Pod
	running.NodeName = node
	running.Status.Phase = model.PodRunning
	running.Status.NominatedNodeName = ""
	running.Status.Started, running.Status.HasStarted = p.options.Running.Add(time.Duration(p.placed)*time.Second), true
	p.placed++
	p.core.Release(info)
	placed := p.core.Pod(&running)
	p.core.AddPod(placed)
	p.pods[running.UID] = placed
	p.final[node] = append(p.final[node], running.Key())
}
