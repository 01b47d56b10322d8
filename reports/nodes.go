package reports

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// Nodes is the report on each node. It keeps a row for every node. The zero Nodes is ready.
type Nodes struct {
	base
	rows []record.NodeRow
}

var _ Builder = (*Nodes)(nil)

// Node keeps the row.
func (n *Nodes) Node(r *record.NodeRow) { n.rows = append(n.rows, *r) }

// Doc lists the nodes, the fullest by CPU first.
func (n *Nodes) Doc() *Doc {
	rows := slices.Clone(n.rows)
	slices.SortStableFunc(rows, func(a, b record.NodeRow) int {
		return cmp.Or(cmp.Compare(cpuShare(&b), cpuShare(&a)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Created, b.Created))
	})
	t := &Table{Columns: []Column{
		{Key: "node", Head: "NODE"}, {Key: "zone", Head: "ZONE"}, {Key: "cpu_cores", Head: "CPU"}, {Key: "cpu_mean_share", Head: "MEAN"},
		{Key: "cpu_peak_share", Head: "MAX"}, {Key: "memory_bytes", Head: "MEMORY"}, {Key: "memory_mean_share", Head: "MEAN"},
		{Key: "memory_peak_share", Head: "MAX"}, {Key: "pods_mean", Head: "PODS"}, {Key: "pods_peak", Head: "MAX"},
		{Key: "pods_started", Head: "BOUND"}, {Key: "not_ready_seconds", Head: "NOT READY"}, {Key: "removed_seconds", Head: "REMOVED"},
	}}
	for i := range rows {
		t.Rows = append(t.Rows, nodeRow(&rows[i]))
	}
	d := n.doc("nodes")
	d.Sections = []Section{{Key: "nodes", Title: "NODES", Table: t}}
	return d
}

func cpuShare(r *record.NodeRow) float64 {
	if r.MilliCPU == 0 {
		return 0
	}
	return r.MeanMilliCPU / float64(r.MilliCPU)
}

func nodeRow(r *record.NodeRow) []Value {
	cpu, memory := float64(r.MilliCPU), float64(r.Memory)
	removed := Absent()
	if r.Removed != sim.Never {
		removed = Instant(r.Removed)
	}
	return []Value{
		Text(r.Name), Text(r.Zone), Number(cpu/1000, UnitCores), Number(ratio(r.MeanMilliCPU, cpu), UnitShare),
		Number(ratio(float64(r.PeakMilliCPU), cpu), UnitShare), Number(memory, UnitBytes), Number(ratio(r.MeanMemory, memory), UnitShare),
		Number(ratio(float64(r.PeakMemory), memory), UnitShare), Number(r.MeanPods, UnitNone), Count(r.PeakPods),
		Count(r.PodsStarted), Span(r.NotReadyFor), removed,
	}
}
