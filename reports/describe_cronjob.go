package reports

import (
	"strings"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeCronJob.
var cronJobDescription = description{model.KindCronJob, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.CronJob)
	s.head(&w.ObjectMeta)
	s.marks(&w.ObjectMeta)
	s.put(0, "Schedule:\t%s", w.Schedule)
	s.put(0, "Concurrency Policy:\t%s", w.ConcurrencyPolicy)
	s.put(0, "Suspend:\t%s", capital(w.Suspend))
	s.put(0, "Time Zone:\t%s", orWord(w.TimeZone, unsetWord))
	s.put(0, "Successful Job History Limit:\t%s", numberOr(w.SuccessfulJobsHistoryLimit, "", unsetWord))
	s.put(0, "Failed Job History Limit:\t%s", numberOr(w.FailedJobsHistoryLimit, "", unsetWord))
	s.put(0, "Starting Deadline Seconds:\t%s", numberOr(w.StartingDeadlineSeconds, "s", unsetWord))
	d.jobTemplate(s, w)
	last := unsetWord
	if w.Status.LastSchedule != nil {
		last = d.clock(*w.Status.LastSchedule)
	}
	s.put(0, "Last Schedule Time:\t%s", last)
	var active []string
	for _, job := range w.Status.Active {
		active = append(active, job.Name)
	}
	s.put(0, "Active Jobs:\t%s", orNone(strings.Join(active, ", ")))
	d.events(s)
}}

// jobTemplate: Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeJobTemplate.
func (d *Describer) jobTemplate(s *sheet, w *model.CronJob) {
	t := &w.JobTemplate.Spec
	selector := unsetWord
	if t.Selector != nil {
		selector = selectorText(t.Selector)
	}
	s.put(0, "Selector:\t%s", selector)
	// The API server leaves a CronJob's template without the defaults of a Job.
	s.put(0, "Parallelism:\t%s", orWord(d.written(w, "spec", "jobTemplate", "spec", "parallelism"), unsetWord))
	s.put(0, "Completions:\t%s", orWord(d.written(w, "spec", "jobTemplate", "spec", "completions"), unsetWord))
	s.maybe("Active Deadline Seconds", numberOr(t.ActiveDeadlineSeconds, "s", ""))
	d.template(s, w, t.Template)
}
