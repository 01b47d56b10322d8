package scheduler

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// The forms that plugins for volumes take here.
type (
	volumeRestrictor interface {
		framework.FilterPlugin
		Undisturbed(pod *framework.PodInfo, inUse func(key string) bool) bool
		HasDisks(*framework.PodInfo) bool
		DisksConflict(*framework.PodInfo, *framework.NodeInfo) *framework.Status
	}
	volumeCounter interface {
		framework.FilterPlugin
		Wanted(*framework.PodInfo, []plugins.AttachedVolume) ([]plugins.AttachedVolume, bool)
		OnNode(*framework.NodeInfo, []*model.VolumeAttachment, *plugins.NodeVolumes)
		Room(driver string, node *framework.NodeInfo, on *plugins.NodeVolumes) int32
	}
	volumeBinder interface {
		framework.PreFilterPlugin
		framework.FilterPlugin
		AppendClaims(key []byte, pod *framework.PodInfo, version uint64) ([]byte, plugins.ClaimsForm, bool)
	}
	volumeZoner interface {
		framework.FilterPlugin
		AppendZones([]byte, *framework.PodInfo) ([]byte, bool)
	}
)

// volumeProgram is what a profile does for pods with volumes; plugins that it lacks are nil. Those that
// stand in unusual places are left to the naive runtime.
type volumeProgram struct {
	restrictor      volumeRestrictor
	restrictorOrder uint32
	counter         volumeCounter
	counterOrder    uint32
	counterSlot     int
	binder          volumeBinder
	binderSlot      int
	zoner           volumeZoner
	// layer holds binder and zoner: their answers hang on the node's object, once the claims are known.
	layer layer
}

// takeVolumes takes in a plugin for volumes, if it prepares for all that it does.
func (pr *program) takeVolumes(pl framework.Plugin, p *profile, slot int) bool {
	prepares := slices.ContainsFunc(p.preFilter, func(e preFilterEntry) bool { return e.slot == slot })
	preScores := slices.ContainsFunc(p.preScore, func(e preScoreEntry) bool { return e.slot == slot })
	scores := slices.ContainsFunc(p.score, func(e scoreEntry) bool { return e.slot == slot })
	order := slices.IndexFunc(p.filter, func(e filterEntry) bool { return e.slot == slot })
	if !prepares || order < 0 || scores && !preScores {
		return false
	}
	v := &pr.volumes
	switch pl := pl.(type) {
	case volumeRestrictor:
		v.restrictor, v.restrictorOrder = pl, uint32(order)
	case volumeCounter:
		v.counter, v.counterOrder, v.counterSlot = pl, uint32(order), slot
	case volumeBinder:
		v.binder, v.binderSlot = pl, slot
	case volumeZoner:
		v.zoner = pl
	default:
		return false
	}
	if idler, ok := pl.(framework.Idler); ok {
		pr.states[slot], _ = idler.Idle(noPod)
	}
	return true
}

// noPod has nothing that concerns any plugin for volumes.
var noPod = &framework.PodInfo{Pod: &model.Pod{}, SpecInfo: &framework.SpecInfo{PodSpec: &model.PodSpec{}}}

// volumePlan is what the plugins for volumes do for the pod of a cycle.
type volumePlan struct {
	nodes   *volumeNodes
	program *volumeProgram
	pod     *framework.PodInfo
	// answers are those of binder and zoner; nil when every node will do.
	answers *answers
	// waiting says that Reserve needs a state of the pod's own.
	waiting bool
	own     bool // the answers are of this pod alone
	// wanted are the volumes to be attached, drivers count them; shared says that some are in use somewhere.
	wanted  []plugins.AttachedVolume
	drivers []wantedDriver
	shared  bool
	disks   bool
	full    verdict // on a node that has too many volumes, once it is known
}

// wantedDriver counts the volumes wanted of a driver beside the room that nodes have, by index.
type wantedDriver struct {
	*driverRoom
	count int32
}

// volumePlan makes the plan for the pod; false when the naive runtime must decide. A pod without
// volumes that matter gets none.
func (f *fast) volumePlan(pod *framework.PodInfo) (*volumePlan, bool) {
	if plugins.Diskless(pod) {
		return nil, true
	}
	plan, nodes, pr := &f.volumes.plan, &f.volumes, &f.program.volumes
	*plan = volumePlan{nodes: nodes, program: pr, pod: pod, wanted: plan.wanted[:0], drivers: plan.drivers[:0]}
	if pr.counter != nil || pr.restrictor != nil {
		if !nodes.refresh(f.counter()) {
			return nil, false
		}
	}
	if r := pr.restrictor; r != nil {
		if !r.Undisturbed(pod, nodes.inUse) {
			return nil, false
		}
		plan.disks = r.HasDisks(pod)
	}
	return plan, plan.bind(f) && plan.count()
}

// counter is a plugin that can collect the volumes on nodes, nil when no profile has one. It need not
// be of the profile at hand.
func (f *fast) counter() volumeCounter {
	if c := f.program.volumes.counter; c != nil {
		return c
	}
	for _, p := range f.core.order {
		if c := f.programs[p].volumes.counter; c != nil {
			return c
		}
	}
	return nil
}

// bind finds out where the pod's claims allow it.
func (plan *volumePlan) bind(f *fast) bool {
	pr, k := plan.program, &f.kept
	form := plugins.ClaimsAnywhere
	k.key = append(k.key[:0], byte(f.program.number), byte(f.program.number>>8)|0x80)
	head := len(k.key)
	if pr.binder != nil {
		k.key, form, plan.waiting = pr.binder.AppendClaims(k.key, plan.pod, f.volumes.version)
	}
	if pr.zoner != nil {
		var ok bool
		if k.key, ok = pr.zoner.AppendZones(append(k.key, '|'), plan.pod); !ok {
			return false
		}
		head++
	}
	switch {
	case form == plugins.ClaimsUnfit:
		return false
	case form == plugins.ClaimsAnywhere && len(k.key) == head:
		return true
	case form == plugins.ClaimsOfTheirOwn:
		plan.own = true
		plan.answers = f.beginVolumes(&f.volumes.once, plan.pod)
	default:
		plan.answers = f.volumeAnswers(plan.pod)
	}
	return plan.answers != nil
}

// volumeAnswers finds or begins the answers for the key at hand; nil when a plugin stands in the way.
func (f *fast) volumeAnswers(pod *framework.PodInfo) *answers {
	k := &f.kept
	if a := k.byKey[string(k.key)]; a != nil {
		a.used = k.cycle
		a.catchUp(pod, f)
		if a.naive {
			return nil
		}
		return a
	}
	if !k.again() {
		return f.beginVolumes(&f.volumes.once, pod)
	}
	a := &answers{key: string(k.key)}
	if f.beginVolumes(a, pod) == nil {
		return nil
	}
	f.keep(a)
	return a
}

func (f *fast) beginVolumes(a *answers, pod *framework.PodInfo) *answers {
	a.layer, a.object, a.used = &f.program.volumes.layer, nil, f.kept.cycle
	a.open(pod, f)
	if a.naive {
		return nil
	}
	a.size(len(f.nodes), f)
	return a
}

// count finds out how many volumes of which drivers are to be attached.
func (plan *volumePlan) count() bool {
	counter := plan.program.counter
	if counter == nil {
		return true
	}
	var ok bool
	if plan.wanted, ok = counter.Wanted(plan.pod, plan.wanted); !ok || len(plan.wanted) > 0 && plan.nodes.odd > 0 {
		return false
	}
	for _, v := range plan.wanted {
		plan.shared = plan.shared || plan.nodes.held[v] > 0
		i := slices.IndexFunc(plan.drivers, func(d wantedDriver) bool { return d.name == v.Driver })
		if i < 0 {
			i = len(plan.drivers)
			plan.drivers = append(plan.drivers, wantedDriver{plan.nodes.driver(v.Driver), 0})
		}
		plan.drivers[i].count++
	}
	return true
}

// states is what Reserve and what follows get for the pod on a node, where that is not the same for all
// pods: the states of all plugins.
func (plan *volumePlan) states(f *fast, row int32) []any {
	states := slices.Clone(f.program.states)
	b := plan.program.binder
	if plan.own {
		states[plan.program.binderSlot] = plan.answers.states[plan.program.binderSlot]
		return states
	}
	state, _, status := b.PreFilter(plan.pod, f.core.snapshot)
	if status.OK() {
		status = b.Filter(state, plan.pod, f.nodes[row])
	}
	if !status.OK() {
		panic("scheduler: a node that was found for a pod's volumes is refused: " + status.Message())
	}
	states[plan.program.binderSlot] = state
	return states
}
