package world

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// The resources that every cluster has, by index; extended ones follow.
const (
	cpu = iota
	memory
	podCount
	basic
)

// amounts holds an amount per resource: millicores, bytes, pods, then the extended ones in whole units.
type amounts []int64

// resources numbers the resources of a run.
type resources struct {
	names []string // "cpu", "memory", "pods", then the extended ones, sorted
}

func newResources(extended []string) resources {
	return resources{append([]string{model.ResourceCPU, model.ResourceMemory, model.ResourcePods}, extended...)}
}

// of reads the amounts of a list.
func (r *resources) of(list model.ResourceList) amounts {
	out := make(amounts, len(r.names))
	for i, name := range r.names {
		if q, ok := list.Get(name); ok {
			if i == cpu {
				out[i] = q.MilliValue()
			} else {
				out[i] = q.Value()
			}
		}
	}
	return out
}

// extended are the amounts of the extended resources that a list names.
func extendedOf(list model.ResourceList) []record.Amount {
	var out []record.Amount
	for _, a := range list {
		switch a.Name {
		case model.ResourceCPU, model.ResourceMemory, model.ResourcePods, model.ResourceEphemeralStorage:
		default:
			out = append(out, record.Amount{Name: a.Name, Value: a.Quantity.Value()})
		}
	}
	return out
}

func (a amounts) add(b amounts, sign int64) {
	for i := range a {
		a[i] += sign * b[i]
	}
}

// nodeUse is what is known of a node while it is there.
type nodeUse struct {
	node        *model.Node
	created     sim.Time
	from, last  sim.Time // since when it is watched, until when the sums are complete
	allocatable amounts
	requested   amounts
	peak        amounts
	sums        [basic]integral
	started     int64
	// ready, cordoned and pressed are its state; the spans sum it up.
	ready, cordoned, pressed                       bool
	readyFor, notReadyFor, cordonedFor, pressedFor time.Duration
	// foreign says that pods came to it by other ways than the scheduler, or that it has shrunk: it may
	// hold more than it offers.
	foreign bool
}

// advance completes the sums up to now.
func (n *nodeUse) advance(now sim.Time) {
	span := now.Sub(n.last)
	if span <= 0 {
		return
	}
	n.last = now
	for i := range n.sums {
		n.sums[i].add(n.requested[i], int64(span))
	}
	n.notePeak()
	if n.ready {
		n.readyFor += span
	} else {
		n.notReadyFor += span
	}
	if n.cordoned {
		n.cordonedFor += span
	}
	if n.pressed {
		n.pressedFor += span
	}
}

func (n *nodeUse) notePeak() {
	for i, v := range n.requested {
		n.peak[i] = max(n.peak[i], v)
	}
}

// see takes the node as it is from now on.
func (n *nodeUse) see(node *model.Node, r *resources) {
	n.node = node
	n.allocatable = r.of(node.Status.Allocatable)
	n.ready, n.cordoned, n.pressed = nodeReady(node), node.Unschedulable, false
	for _, kind := range [...]string{"MemoryPressure", "DiskPressure", "PIDPressure"} {
		if c := node.Status.Condition(kind); c != nil && c.Status == "True" {
			n.pressed = true
		}
	}
}

// nodeReady says whether a node is ready; one that says nothing of it is.
func nodeReady(node *model.Node) bool {
	c := node.Status.Condition("Ready")
	return c == nil || c.Status == "True"
}

// row is the node's row of the record.
func (n *nodeUse) row(removed sim.Time) *record.NodeRow {
	n.notePeak()
	return &record.NodeRow{Name: n.node.Name, Zone: n.node.Labels[model.LabelZone],
		MilliCPU: n.allocatable[cpu], Memory: n.allocatable[memory], PodLimit: n.allocatable[podCount],
		Extended: extendedOf(n.node.Status.Allocatable), Created: n.created, Removed: removed,
		MeanMilliCPU: n.sums[cpu].mean(n.from, n.last, n.requested[cpu]),
		MeanMemory:   n.sums[memory].mean(n.from, n.last, n.requested[memory]),
		MeanPods:     n.sums[podCount].mean(n.from, n.last, n.requested[podCount]),
		PeakMilliCPU: n.peak[cpu], PeakMemory: n.peak[memory], PeakPods: n.peak[podCount],
		PodsStarted: n.started, ReadyFor: n.readyFor, NotReadyFor: n.notReadyFor,
		UnschedulableFor: n.cordonedFor, PressureFor: n.pressedFor}
}

// totals follows the cluster as a whole.
type totals struct {
	last        sim.Time
	requested   amounts
	allocatable amounts
	sums        []struct{ requested, allocatable integral }
	peaks       []struct {
		share float64
		at    sim.Time
	}
	// nodes, used and queue are the nodes there are, those with at least one unfinished pod, and the pods
	// waiting to be scheduled.
	nodes, used, queue           int64
	nodesOver, usedOver, queuing extremes
}

func newTotals(resources int) *totals {
	t := &totals{requested: make(amounts, resources), allocatable: make(amounts, resources)}
	t.sums = make([]struct{ requested, allocatable integral }, resources)
	t.peaks = make([]struct {
		share float64
		at    sim.Time
	}, resources)
	return t
}

// advance completes the sums up to now.
func (t *totals) advance(now sim.Time) {
	span := int64(now.Sub(t.last))
	if span <= 0 {
		return
	}
	t.notePeaks(t.last)
	for i := range t.sums {
		t.sums[i].requested.add(t.requested[i], span)
		t.sums[i].allocatable.add(t.allocatable[i], span)
	}
	t.nodesOver.add(t.nodes, span)
	t.usedOver.add(t.used, span)
	t.queuing.add(t.queue, span)
	t.last = now
}

func (t *totals) notePeaks(at sim.Time) {
	for i := range t.peaks {
		if t.allocatable[i] <= 0 {
			continue
		}
		if share := float64(t.requested[i]) / float64(t.allocatable[i]); share > t.peaks[i].share {
			t.peaks[i].share, t.peaks[i].at = share, at
		}
	}
}

// close writes the totals of a run that ends now.
func (t *totals) close(now sim.Time, names []string, f *record.Footer) {
	t.advance(now)
	t.notePeaks(now)
	if !t.nodesOver.seen {
		t.nodesOver.note(t.nodes)
		t.usedOver.note(t.used)
		t.queuing.note(t.queue)
	}
	for i, name := range names {
		total := record.ResourceTotal{Name: name, Requested: t.sums[i].requested.seconds(),
			Allocatable: t.sums[i].allocatable.seconds(), PeakShare: t.peaks[i].share, PeakAt: t.peaks[i].at}
		if i == cpu {
			total.Requested, total.Allocatable = total.Requested/1000, total.Allocatable/1000
		}
		f.Totals = append(f.Totals, total)
	}
	f.Nodes = t.nodesOver.over(now, t.nodes)
	f.Used = t.usedOver.over(now, t.used)
	f.Queue = t.queuing.over(now, t.queue)
}
