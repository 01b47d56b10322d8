package reports

import (
	"fmt"
	"strconv"

	"towtank.dev/towtank/model"
)

// countText writes a count.
func countText(n int32) string { return strconv.Itoa(int(n)) }

var deploymentColumns = &KubectlKind{Kind: model.KindDeployment, Names: []string{"deployments", "deployment", "deploy"}, Group: "apps", Namespace: true,
	Heads:     []string{"NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES", "SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		d := o.(*model.Deployment)
		return []string{d.Name, fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, d.Replicas), countText(d.Status.UpdatedReplicas),
				countText(d.Status.AvailableReplicas), k.Age(d.Created)},
			append(containerCells(d.Template), selectorText(d.Selector))
	}}

var replicaSetColumns = &KubectlKind{Kind: model.KindReplicaSet, Names: []string{"replicasets", "replicaset", "rs"}, Group: "apps", Namespace: true,
	Heads:     []string{"NAME", "DESIRED", "CURRENT", "READY", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES", "SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		r := o.(*model.ReplicaSet)
		return []string{r.Name, countText(r.Replicas), countText(r.Status.Replicas), countText(r.Status.ReadyReplicas), k.Age(r.Created)},
			append(containerCells(r.Template), selectorText(r.Selector))
	}}

var statefulSetColumns = &KubectlKind{Kind: model.KindStatefulSet, Names: []string{"statefulsets", "statefulset", "sts"}, Group: "apps", Namespace: true,
	Heads:     []string{"NAME", "READY", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		s := o.(*model.StatefulSet)
		return []string{s.Name, fmt.Sprintf("%d/%d", s.Status.ReadyReplicas, s.Replicas), k.Age(s.Created)}, containerCells(s.Template)
	}}

var daemonSetColumns = &KubectlKind{Kind: model.KindDaemonSet, Names: []string{"daemonsets", "daemonset", "ds"}, Group: "apps", Namespace: true,
	Heads:     []string{"NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES", "SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		d := o.(*model.DaemonSet)
		s := &d.Status
		return []string{d.Name, countText(s.DesiredNumberScheduled), countText(s.CurrentNumberScheduled), countText(s.NumberReady),
				countText(s.UpdatedNumberScheduled), countText(s.NumberAvailable), labelText(d.Template.Spec.NodeSelector), k.Age(d.Created)},
			append(containerCells(d.Template), selectorText(d.Selector))
	}}

var jobColumns = &KubectlKind{Kind: model.KindJob, Names: []string{"jobs", "job"}, Group: "batch", Namespace: true,
	Heads:     []string{"NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES", "SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		j := o.(*model.Job)
		return []string{j.Name, jobStatus(j), jobCompletions(j), k.jobDuration(j), k.Age(j.Created)},
			append(containerCells(j.Template), selectorText(j.Selector))
	}}

// jobStatus is the column STATUS.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go printJob.
func jobStatus(j *model.Job) string {
	has := func(kind string) bool {
		c := model.FindCondition(j.Status.Conditions, kind)
		return c != nil && c.Status == model.ConditionTrue
	}
	switch {
	case has(model.JobComplete):
		return "Complete"
	case has(model.JobFailed):
		return "Failed"
	case j.Deleting:
		return "Terminating"
	case has(model.JobSuspended):
		return "Suspended"
	case has(model.JobFailureTarget):
		return "FailureTarget"
	case has(model.JobSuccessCriteriaMet):
		return "SuccessCriteriaMet"
	}
	return "Running"
}

func jobCompletions(j *model.Job) string {
	switch {
	case j.Completions != nil:
		return fmt.Sprintf("%d/%d", j.Status.Succeeded, *j.Completions)
	case j.Parallelism > 1:
		return fmt.Sprintf("%d/1 of %d", j.Status.Succeeded, j.Parallelism)
	}
	return fmt.Sprintf("%d/1", j.Status.Succeeded)
}

func (k *Kubectl) jobDuration(j *model.Job) string {
	switch {
	case j.Status.StartTime == nil:
		return ""
	case j.Status.CompletionTime == nil:
		return k.Age(*j.Status.StartTime)
	}
	at := *k
	at.Now = j.Status.CompletionTime.Truncate(1e9)
	return at.Age(*j.Status.StartTime)
}

var cronJobColumns = &KubectlKind{Kind: model.KindCronJob, Names: []string{"cronjobs", "cronjob", "cj"}, Group: "batch", Namespace: true,
	Heads:     []string{"NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES", "SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		c := o.(*model.CronJob)
		last := noneWord
		if c.Status.LastSchedule != nil {
			last = k.Age(*c.Status.LastSchedule)
		}
		suspend := "False"
		if c.Suspend {
			suspend = "True"
		}
		return []string{c.Name, c.Schedule, orNone(c.TimeZone), suspend, strconv.Itoa(len(c.Status.Active)), last, k.Age(c.Created)},
			append(containerCells(c.JobTemplate.Spec.Template), selectorText(c.JobTemplate.Spec.Selector))
	}}

var budgetColumns = &KubectlKind{Kind: model.KindPodDisruptionBudget, Names: []string{"poddisruptionbudgets", "poddisruptionbudget", "pdb"}, Group: "policy", Namespace: true,
	Heads: []string{"NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		b := o.(*model.PodDisruptionBudget)
		return []string{b.Name, shareText(b.MinAvailable), shareText(b.MaxUnavailable), countText(b.Status.DisruptionsAllowed), k.Age(b.Created)}, nil
	}}

// shareText writes a number or a percentage.
func shareText(v *model.IntOrPercent) string {
	switch {
	case v == nil:
		return "N/A"
	case v.Percent:
		return fmt.Sprintf("%d%%", v.Value)
	}
	return countText(v.Value)
}
