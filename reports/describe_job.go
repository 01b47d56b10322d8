package reports

import (
	"strings"
	"time"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeJob.
var jobDescription = description{model.KindJob, func(d *Describer, s *sheet, o model.Object) {
	w := o.(*model.Job)
	s.head(&w.ObjectMeta)
	s.put(0, "Selector:\t%s", selectorText(w.Selector))
	s.marks(&w.ObjectMeta)
	s.controlledBy(&w.ObjectMeta)
	s.put(0, "Parallelism:\t%d", w.Parallelism)
	s.put(0, "Completions:\t%s", numberOr(w.Completions, "", unsetWord))
	s.maybe("Completion Mode", w.CompletionMode)
	s.put(0, "Suspend:\t%v", w.Suspend)
	s.put(0, "Backoff Limit:\t%d", w.BackoffLimit)
	s.maybe("TTL Seconds After Finished", numberOr(w.TTLSecondsAfterFinished, "", ""))
	d.jobTimes(s, w)
	s.maybe("Active Deadline Seconds", numberOr(w.ActiveDeadlineSeconds, "s", ""))
	if w.Status.Ready == nil {
		s.put(0, "Pods Statuses:\t%d Active / %d Succeeded / %d Failed", w.Status.Active, w.Status.Succeeded, w.Status.Failed)
	} else {
		s.put(0, "Pods Statuses:\t%d Active (%d Ready) / %d Succeeded / %d Failed", w.Status.Active, *w.Status.Ready, w.Status.Succeeded, w.Status.Failed)
	}
	if w.CompletionMode == model.Indexed {
		s.put(0, "Completed Indexes:\t%s", fewIndexes(w.Status.CompletedIndexes))
	}
	d.template(s, w, w.Template)
	d.events(s)
}}

func (d *Describer) jobTimes(s *sheet, w *model.Job) {
	begun, ended := w.Status.StartTime, w.Status.CompletionTime
	if begun != nil {
		s.put(0, "Start Time:\t%s", d.clock(*begun))
	}
	if ended != nil {
		s.put(0, "Completed At:\t%s", d.clock(*ended))
	}
	if begun != nil && ended != nil {
		s.put(0, "Duration:\t%s", HumanDuration(ended.Truncate(time.Second).Sub(begun.Truncate(time.Second))))
	}
}

// fewIndexes cuts a list of indexes off after about fifty letters.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go capIndexesListOrNone.
func fewIndexes(indexes string) string {
	const softLimit = 50
	if len(indexes) <= softLimit {
		return orNone(indexes)
	}
	if at := strings.IndexByte(indexes[softLimit:], ','); at >= 0 {
		return indexes[:softLimit+at+1] + "..."
	}
	return indexes
}
