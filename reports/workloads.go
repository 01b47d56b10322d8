package reports

import (
	"cmp"
	"fmt"
	"slices"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// Workloads is the report on pods by their owner; pods without one are gathered by namespace. It keeps
// eight bytes a pod, and a row per owner and per workload. The zero Workloads is ready.
type Workloads struct {
	base
	list  []*workload
	byKey map[string]*workload
	// lives and jobs are the workloads themselves.
	lives, jobs []record.WorkloadRow
}

type workload struct {
	namespace, name                        string
	pods, scheduled, never, failed, ending int64
	restarts, attempts                     int64
	waits                                  Spans
}

var _ Builder = (*Workloads)(nil)

// workloadsShown is how many owners the report names.
const workloadsShown = 50

// Pod counts the pod for its owner.
func (w *Workloads) Pod(r *record.PodRow) {
	owner := "(no owner)"
	if r.OwnerKind != "" {
		owner = r.OwnerKind + "/" + r.OwnerName
	}
	key := r.Namespace + "\x00" + owner
	found, ok := w.byKey[key]
	if !ok {
		if w.byKey == nil {
			w.byKey = map[string]*workload{}
		}
		found = &workload{namespace: r.Namespace, name: owner}
		w.byKey[key] = found
		w.list = append(w.list, found)
	}
	found.add(r)
}

func (w *workload) add(r *record.PodRow) {
	w.pods++
	w.restarts += int64(r.Restarts)
	w.attempts += int64(r.Attempts)
	wait, placed := r.Wait()
	switch {
	case placed:
		w.scheduled++
		w.waits.Add(wait)
	case r.Node == "":
		w.never++
	}
	switch {
	case r.Phase == "Failed":
		w.failed++
	case r.Ended != sim.Never:
		w.ending++
	}
}

// Doc lists the owners: those with pods that never ran first, then those whose pods failed, then by
// the longest wait.
func (w *Workloads) Doc() *Doc {
	list := slices.Clone(w.list)
	slices.SortStableFunc(list, func(a, b *workload) int {
		return cmp.Or(cmp.Compare(b.never, a.never), cmp.Compare(b.failed, a.failed),
			cmp.Compare(b.waits.Percentile(100), a.waits.Percentile(100)),
			cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	t := &Table{Columns: []Column{
		{Key: "namespace", Head: "NAMESPACE"}, {Key: "owner", Head: "OWNER"}, {Key: "pods", Head: "PODS"}, {Key: "scheduled", Head: "SCHEDULED"},
		{Key: "never_ran", Head: "NEVER RAN"}, {Key: "failed", Head: "FAILED"}, {Key: "ended", Head: "ENDED"}, {Key: "restarts", Head: "RESTARTS"},
		{Key: "attempts", Head: "ATTEMPTS"}, {Key: "wait_p50_seconds", Head: "P50"}, {Key: "wait_max_seconds", Head: "MAX WAIT"},
	}}
	for _, o := range list[:min(len(list), workloadsShown)] {
		t.Rows = append(t.Rows, []Value{
			Text(o.namespace), Text(o.name), Count(o.pods), Count(o.scheduled), Count(o.never), Count(o.failed), Count(o.ending),
			Count(o.restarts), Count(o.attempts), Number(o.waits.Percentile(50), UnitSpan), Number(o.waits.Percentile(100), UnitSpan),
		})
	}
	if left := len(list) - workloadsShown; left > 0 {
		t.More = fmt.Sprintf("and %s more owners: see %s", Count(int64(left)), record.PodsFile)
	}
	d := w.doc("workloads")
	d.Sections = []Section{{Key: "workloads", Title: "WORKLOADS", Table: t}, w.availability(), w.jobList()}
	return d
}
