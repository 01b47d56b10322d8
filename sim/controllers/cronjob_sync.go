package controllers

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// errNoInterval is a schedule that names no instants.
var errNoInterval = errors.New("time difference between two schedules is less than 1 second")

// sync deletes old Jobs of a CronJob, takes note of those that have ended, and makes one when it is due.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go sync.
func (c *cronJobs) sync(key apiserver.Name) error {
	shared, ok := c.cronJobs.Get(key.Namespace, key.Name)
	if !ok {
		return nil
	}
	cj := apiserver.Copy(shared).(*model.CronJob)
	jobs := slices.Collect(c.jobs.OwnedBy(cj.UID))
	before := cj.Status
	cleaned := c.cleanup(cj, jobs)
	changed, failed := c.step(cj, jobs)
	if cleaned || changed || !slices.Equal(before.Active, cj.Status.Active) {
		if _, err := c.loop.Update(cj); err != nil {
			return err
		}
	}
	return failed
}

// step does what is due now and says whether the status has changed.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob.
func (c *cronJobs) step(cj *model.CronJob, jobs []*model.Job) (changed bool, err error) {
	now := c.now()
	if changed, err = c.notice(cj, jobs); err != nil || cj.Deleting {
		return changed, err
	}
	if cj.TimeZone != "" {
		if _, err := time.LoadLocation(cj.TimeZone); err != nil {
			c.loop.Event(cj, apiserver.Warning, "UnknownTimeZone", "invalid timeZone: %q: %s", cj.TimeZone, err)
			return changed, nil
		}
	}
	if cj.Suspend {
		return changed, nil
	}
	s := c.schedule(cj)
	if s.err != nil {
		c.loop.Event(cj, apiserver.Warning, "UnparseableSchedule", "unparseable schedule: %q : %s", cj.Schedule, s.err)
		return changed, nil
	}
	_, due, missed, err := c.mostRecent(cj, s, now, true)
	if err != nil {
		c.loop.Event(cj, apiserver.Warning, "InvalidSchedule", "invalid schedule: %s : %s", cj.Schedule, err)
		return changed, nil
	}
	if missed > manyMissed {
		c.loop.Event(cj, apiserver.Warning, "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew")
	}
	if due.IsZero() || !c.startable(cj, due, now) {
		c.again(cj, s, now)
		return changed, nil
	}
	started, err := c.start(cj, due)
	if err == nil && started {
		c.again(cj, s, now)
	}
	return changed || started, err
}

// startable says whether a Job that is due may be started.
func (c *cronJobs) startable(cj *model.CronJob, due, now time.Time) bool {
	name := jobName(cj, due)
	active := slices.ContainsFunc(cj.Status.Active, func(r model.ObjectReference) bool { return r.Name == name })
	last := cj.Status.LastSchedule
	switch {
	case cj.StartingDeadlineSeconds != nil && due.Add(time.Duration(*cj.StartingDeadlineSeconds)*time.Second).Before(now):
		c.loop.Event(cj, apiserver.Warning, "MissSchedule", "Missed scheduled time to start a job: %s", due.UTC().Format(time.RFC1123Z))
		return false
	case active || last != nil && c.manager.wall(*last).Equal(due):
		return false
	case cj.ConcurrencyPolicy == "Forbid" && len(cj.Status.Active) > 0:
		c.loop.Event(cj, apiserver.Normal, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid")
		return false
	}
	return true
}

// jobName is the name of the Job that is due at an instant.
func jobName(cj *model.CronJob, due time.Time) string {
	return fmt.Sprintf("%s-%d", cj.Name, due.Unix()/60)
}

// start makes the Job that is due, in the place of those that still run if that is the policy.
func (c *cronJobs) start(cj *model.CronJob, due time.Time) (started bool, err error) {
	if cj.ConcurrencyPolicy == "Replace" {
		for _, r := range slices.Clone(cj.Status.Active) {
			if !c.delete(cj, r.Name, r.UID) {
				return false, fmt.Errorf("could not replace job %s/%s", r.Namespace, r.Name)
			}
		}
	}
	made, err := c.loop.Create(c.jobOf(cj, due))
	switch {
	case isTerminatingNamespace(err):
		return false, err
	case apiserver.Is(err, apiserver.AlreadyExists):
		if made, err = c.loop.Get(model.KindJob, cj.Namespace, jobName(cj, due)); err != nil {
			return false, err
		}
		if ref := made.Meta().Controller(); ref == nil || ref.UID != cj.UID || runs(cj, made.Meta().UID) {
			return false, nil
		}
	case err != nil:
		c.loop.Event(cj, apiserver.Warning, reasonFailedCreate, "Error creating job: %v", err)
		return false, err
	default:
		c.loop.Event(cj, apiserver.Normal, reasonSuccessfulCreate, "Created job %s", made.Meta().Name)
	}
	m := made.Meta()
	cj.Status.Active = append(slices.Clone(cj.Status.Active), model.ObjectReference{Kind: model.KindJob, Namespace: m.Namespace, Name: m.Name, UID: m.UID})
	at := c.manager.instant(due)
	cj.Status.LastSchedule = &at
	return true, nil
}

// jobOf is the Job that is due.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/utils.go getJobFromTemplate2.
func (c *cronJobs) jobOf(cj *model.CronJob, due time.Time) *model.Job {
	annotations := maps.Clone(cj.JobTemplate.Annotations)
	if annotations == nil {
		annotations = map[string]string{}
	}
	zone, err := time.LoadLocation(cj.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = due.In(zone).Format(time.RFC3339)
	return &model.Job{ObjectMeta: model.ObjectMeta{Name: jobName(cj, due), Namespace: cj.Namespace, Labels: cj.JobTemplate.Labels,
		Annotations: annotations, Owners: []model.OwnerReference{controllerRef("batch/v1", cj)}}, JobSpec: cj.JobTemplate.Spec}
}

func runs(cj *model.CronJob, uid string) bool {
	return slices.ContainsFunc(cj.Status.Active, func(r model.ObjectReference) bool { return r.UID == uid })
}

// forget takes a Job out of the list of those that run.
func forget(cj *model.CronJob, uid string) {
	cj.Status.Active = slices.DeleteFunc(slices.Clone(cj.Status.Active), func(r model.ObjectReference) bool { return r.UID == uid })
}

// notice takes Jobs that have ended or are gone out of the list of those that run.
func (c *cronJobs) notice(cj *model.CronJob, jobs []*model.Job) (changed bool, err error) {
	children := map[string]bool{}
	for _, j := range jobs {
		children[j.UID] = true
		found, finished := runs(cj, j.UID), j.Finished()
		switch {
		case !found && !finished:
			fresh, err := c.loop.Get(model.KindCronJob, cj.Namespace, cj.Name)
			if err != nil {
				return changed, err
			}
			if now := fresh.(*model.CronJob); runs(now, j.UID) {
				*cj = *now
			} else {
				c.loop.Event(cj, apiserver.Warning, "UnexpectedJob", "Saw a job that the controller did not create or forgot: %s", j.Name)
			}
		case found && finished:
			forget(cj, j.UID)
			c.loop.Event(cj, apiserver.Normal, "SawCompletedJob", "Saw completed job: %s, condition: %s", j.Name, ending(j))
			changed = true
		}
		if done := j.Status.CompletionTime; done != nil && ending(j) == model.JobComplete &&
			(cj.Status.LastSuccessful == nil || *done > *cj.Status.LastSuccessful) {
			cj.Status.LastSuccessful, changed = done, true
		}
	}
	for _, r := range slices.Clone(cj.Status.Active) {
		if children[r.UID] {
			continue
		}
		_, err := c.loop.Get(model.KindJob, r.Namespace, r.Name)
		switch {
		case apiserver.Is(err, apiserver.NotFound):
			c.loop.Event(cj, apiserver.Normal, "MissingJob", "Active job went missing: %s", r.Name)
			forget(cj, r.UID)
			changed = true
		case err != nil:
			return changed, err
		}
	}
	return changed, nil
}

// ending is the condition with which a Job has ended, "" while it has not.
func ending(j *model.Job) string {
	for i := range j.Status.Conditions {
		if k := &j.Status.Conditions[i]; (k.Type == model.JobComplete || k.Type == model.JobFailed) && k.Status == model.ConditionTrue {
			return k.Type
		}
	}
	return ""
}

// cleanup deletes the oldest Jobs that have ended, beyond the limits.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go cleanupFinishedJobs, removeOldestJobs.
func (c *cronJobs) cleanup(cj *model.CronJob, jobs []*model.Job) (changed bool) {
	for _, end := range []struct {
		kind  string
		limit *int32
	}{{model.JobComplete, cj.SuccessfulJobsHistoryLimit}, {model.JobFailed, cj.FailedJobsHistoryLimit}} {
		ended := filter(slices.Values(jobs), func(j *model.Job) bool { return ending(j) == end.kind })
		if end.limit == nil || len(ended) <= int(*end.limit) {
			continue
		}
		slices.SortFunc(ended, func(a, b *model.Job) int {
			return cmp.Or(compareStart(a, b), cmp.Compare(a.Name, b.Name))
		})
		for _, j := range ended[:len(ended)-int(*end.limit)] {
			changed = c.delete(cj, j.Name, j.UID) || changed
		}
	}
	return changed
}

// compareStart puts Jobs in the order of their starts, those that have not started last.
func compareStart(a, b *model.Job) int {
	x, y := a.Status.StartTime, b.Status.StartTime
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	}
	return cmp.Compare(*x, *y)
}

// delete deletes a Job and says whether that succeeded.
func (c *cronJobs) delete(cj *model.CronJob, name, uid string) bool {
	err := c.loop.Delete(model.KindJob, cj.Namespace, name, apiserver.DeleteOptions{Propagation: apiserver.Background})
	if err != nil {
		c.loop.Event(cj, apiserver.Warning, reasonFailedDelete, "Deleted job: %v", err)
		return false
	}
	forget(cj, uid)
	c.loop.Event(cj, apiserver.Normal, reasonSuccessfulDelete, "Deleted job %s", name)
	return true
}
