package pressure

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
)

// watch is a node's eviction manager.
type watch struct {
	// grid is an instant of its loop, statuses one at which its kubelet looks at the node's status.
	grid, statuses sim.Time
	passes, status sim.Handle
	passed         sim.Time // the last pass
	met            []bool   // by threshold: past its grace and not over
	since          []sim.Time
	seen           []bool // it was met in the last pass, since then
	observed       [conditions]sim.Time
	active         [conditions]bool
	cleaning       []string // UIDs of pods that it has evicted and waits for
	cleaned        sim.Time // when it waits no longer
	everLooked     bool
}

func (m *Manager) newWatch(of *node) watch {
	draw := m.clocks.Of(of.name).Draw(0)
	phase := func() sim.Time { return sim.At(time.Duration(draw.Float64() * float64(monitoringPeriod))) }
	n := len(of.config.Thresholds)
	return watch{grid: phase(), statuses: phase(), met: make([]bool, n), since: make([]sim.Time, n), seen: make([]bool, n)}
}

// tick is the first instant of a grid of monitoringPeriod that is not before t.
func tick(grid, t sim.Time) sim.Time {
	if on := t.TruncateFrom(grid, monitoringPeriod); on == t {
		return on
	}
	return t.TruncateFrom(grid, monitoringPeriod).Add(monitoringPeriod)
}

// observation is how much of something is available and how much there is, in bytes, inodes or processes.
type observation struct {
	available, capacity int64
	known               bool
	used, slope         float64 // and by how much that grows a second
}

// observe looks at a node's signals.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go makeSignalObservations.
func (m *Manager) observe(now sim.Time, n *node) (out [signals]observation) {
	set := func(s Signal, used, slope float64, capacity int64) {
		if capacity > 0 {
			out[s] = observation{available: max(capacity-int64(used)/s.unit()*s.unit(), 0), capacity: capacity, known: true, used: used, slope: slope}
		}
	}
	p := pool{uses: n.uses}
	used, slope := p.total(now)
	all, capacity := m.memory(n)
	set(MemoryAvailable, used, slope, capacity)
	set(AllocatableMemoryAvailable, used, slope, all)
	own, images := m.fileSystems(n)
	set(NodeFsAvailable, own.used, own.slope, own.capacity)
	set(NodeFsInodesFree, own.files, own.making, own.capacity/n.config.BytesPerInode)
	set(ImageFsAvailable, images.used, images.slope, images.capacity)
	set(ImageFsInodesFree, images.files, images.making, images.capacity/n.config.BytesPerInode)
	used, slope = n.processes(now)
	set(PIDAvailable, used, slope, n.config.MaxPIDs)
	return out
}

// below says whether a threshold is met.
func (o *observation) below(t *Threshold) bool {
	return o.known && o.available < t.quantity(o.capacity)
}

// unreclaimed says whether less is available than must be for one that was met not to be met any more.
func (o *observation) unreclaimed(t *Threshold) bool {
	return o.known && o.available < t.quantity(o.capacity)+t.MinReclaim
}

// watchNext has the next pass be that which finds something to do.
func (m *Manager) watchNext(now sim.Time, n *node) {
	seen := m.observe(now, n)
	at := m.nextLocal(now, n)
	for i := range n.config.Thresholds {
		t := &n.config.Thresholds[i]
		o := &seen[t.Signal]
		if !n.seen[i] && o.known {
			unit := t.Signal.unit()
			whole := (o.capacity-t.quantity(o.capacity))/unit*unit + unit // with that, it is met
			at = min(at, passes(now, o.used, o.slope, float64(whole-1)))
		}
	}
	m.passAt(n, at)
}

// passAt plans a pass for the first tick at or after an instant.
func (m *Manager) passAt(n *node, at sim.Time) {
	if at == sim.Never || len(n.cleaning) > 0 {
		return
	}
	at = tick(n.grid, at)
	if n.everLooked && at <= n.passed {
		at = n.passed.Add(monitoringPeriod)
	}
	m.schedule(&n.passes, opPass, n, at)
}

// pass is one round of the eviction manager.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go synchronize.
func (m *Manager) pass(now sim.Time, n *node) {
	if !m.kubelets.Runs(n.name) {
		return // its containers start anew with it, as far as is to be seen from here
	}
	if m.cleans(now, n) {
		return
	}
	n.writes(now)
	m.tellDisks(now, n)
	n.passed, n.everLooked = now, true
	seen := m.observe(now, n)
	n.look(now, n.config, &seen)
	m.nodeStatus(now, n)
	if evicted := m.evictLocal(now, n); len(evicted) > 0 {
		m.cleanAfter(now, n, evicted)
		return
	}
	if uid := m.reclaim(now, n, &seen); uid != "" {
		m.cleanAfter(now, n, []string{uid})
		return
	}
	m.passAgain(now, n)
}

// look finds out which thresholds are met, and what that makes of the conditions.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go thresholdsMet, thresholdsFirstObservedAt,
// nodeConditionsObservedSince, thresholdsMetGracePeriod.
func (n *node) look(now sim.Time, c *Config, seen *[signals]observation) {
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		below := seen[t.Signal].below(t) || n.met[i] && seen[t.Signal].unreclaimed(t)
		if below && !n.seen[i] {
			n.since[i] = now
		}
		n.seen[i] = below
		n.met[i] = below && (t.Hard || now.Sub(n.since[i]) >= t.Grace)
		if k := t.Signal.condition(); below {
			n.observed[k], n.active[k] = now, true
		}
	}
	for k := range n.active {
		n.active[k] = n.active[k] && now.Sub(n.observed[k]) < c.Transition
	}
}

// passAgain plans the pass after one that has evicted nobody.
func (m *Manager) passAgain(now sim.Time, n *node) {
	if slices.Contains(n.seen, true) {
		m.passAt(n, now.Add(monitoringPeriod))
	}
	for k := range n.active {
		if n.active[k] {
			m.passAt(n, n.observed[k].Add(n.config.Transition))
		}
	}
	m.watchNext(now, n)
}

// cleanAfter waits for what the pods that were evicted have held.
func (m *Manager) cleanAfter(now sim.Time, n *node, evicted []string) {
	n.cleaning, n.cleaned = evicted, now.Add(cleanupTimeout)
	m.engine.Cancel(n.passes)
	m.schedule(&n.passes, opPass, n, now.Add(cleanupPoll))
}

// cleans says whether the manager still waits for pods that it has evicted. The pass after that is the first
// one of a new grid.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go Start, waitForPodsCleanup.
func (m *Manager) cleans(now sim.Time, n *node) bool {
	if len(n.cleaning) == 0 {
		return false
	}
	left := slices.ContainsFunc(n.cleaning, func(uid string) bool { return !m.kubelets.Stopped(uid) })
	if left && now < n.cleaned {
		m.schedule(&n.passes, opPass, n, now.Add(cleanupPoll))
		return true
	}
	n.cleaning, n.grid = nil, now
	return false
}

// Refuses says why a node takes no such pod: it is under pressure.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/eviction_manager.go Admit.
func (m *Manager) Refuses(name string, p *model.Pod) (reason, message string) {
	n := m.nodes[name]
	if n == nil || !slices.Contains(n.active[:], true) || kubelet.Critical(p) {
		return "", ""
	}
	if !n.active[diskPressure] && !n.active[pidPressure] {
		taint := model.Taint{Key: "node.kubernetes.io/memory-pressure", Effect: model.NoSchedule}
		if p.Status.QOSClass != "BestEffort" || taint.ToleratedBy(p.Spec.Tolerations) {
			return "", ""
		}
	}
	return evictedReason, "The node had condition: " + n.conditionsText() + ". "
}
