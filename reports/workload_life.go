package reports

import (
	"cmp"
	"fmt"
	"slices"

	"towtank.dev/towtank/sim/record"
)

// Workload takes in the life of a workload.
func (w *Workloads) Workload(r *record.WorkloadRow) {
	if r.Kind == "Job" {
		w.jobs = append(w.jobs, *r)
		return
	}
	w.lives = append(w.lives, *r)
}

// availability lists Deployments, StatefulSets and DaemonSets: those that lacked pods for the longest time first.
func (w *Workloads) availability() Section {
	list := slices.Clone(w.lives)
	slices.SortStableFunc(list, func(a, b record.WorkloadRow) int {
		return cmp.Or(cmp.Compare(b.BelowFor, a.BelowFor), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	t := &Table{Columns: []Column{
		{Key: "namespace", Head: "NAMESPACE"}, {Key: "workload", Head: "WORKLOAD"}, {Key: "wanted", Head: "WANTED"}, {Key: "available", Head: "AVAILABLE"},
		{Key: "availability", Head: "AVAILABILITY"}, {Key: "below_seconds", Head: "BELOW"}, {Key: "rollouts", Head: "ROLLOUTS"},
		{Key: "longest_rollout_seconds", Head: "LONGEST"}, {Key: "surge", Head: "SURGE"},
	}}
	for i := range list[:min(len(list), workloadsShown)] {
		r := &list[i]
		t.Rows = append(t.Rows, []Value{Text(r.Namespace), Text(r.Kind + "/" + r.Name), Count(int64(r.Wanted)), Count(int64(r.Available)),
			Number(ratio(r.AvailableIntegral, r.WantedIntegral), UnitShare), Span(r.BelowFor), Count(int64(r.Rollouts)), Span(r.LongestRollout), Count(int64(r.Surge))})
	}
	t.More = moreWorkloads(len(list))
	return Section{Key: "availability", Title: "AVAILABILITY", Table: t}
}

// jobList lists Jobs: those with failures first, then those that took longest.
func (w *Workloads) jobList() Section {
	list := slices.Clone(w.jobs)
	slices.SortStableFunc(list, func(a, b record.WorkloadRow) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Completed.Sub(b.Created), a.Completed.Sub(a.Created)),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	t := &Table{Columns: []Column{{Key: "namespace", Head: "NAMESPACE"}, {Key: "job", Head: "JOB"}, {Key: "succeeded", Head: "SUCCEEDED"},
		{Key: "failed", Head: "FAILED"}, {Key: "created_seconds", Head: "CREATED"}, {Key: "completed_seconds", Head: "COMPLETED"}}}
	for i := range list[:min(len(list), workloadsShown)] {
		r := &list[i]
		t.Rows = append(t.Rows, []Value{Text(r.Namespace), Text(r.Name), Count(int64(r.Succeeded)), Count(int64(r.Failed)), Instant(r.Created), Instant(r.Completed)})
	}
	t.More = moreWorkloads(len(list))
	return Section{Key: "jobs", Title: "JOBS", Table: t}
}

func moreWorkloads(n int) string {
	if n <= workloadsShown {
		return ""
	}
	return fmt.Sprintf("and %s more: see %s", Count(int64(n-workloadsShown)), record.WorkloadsFile)
}
