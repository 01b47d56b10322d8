package controllers

import (
	"time"
	_ "time/tzdata" // time zones are the same on every machine

	"github.com/robfig/cron/v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var cronJobInfo = Info{
	Name:  "cronjob-controller",
	Doc:   "Makes a Job of a CronJob whenever its schedule says so, and deletes old ones.",
	Kinds: []model.Kind{model.KindCronJob},
	Start: startCronJobs,
}

// A CronJob is looked at nextScheduleDelta after the second that its schedule names; manyMissed is how many
// starts it may miss before that is told.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go nextScheduleDelta; utils.go
// mostRecentScheduleTime; config/v1alpha1/defaults.go ConcurrentCronJobSyncs.
const (
	nextScheduleDelta = 100 * time.Millisecond
	manyMissed        = 100
	cronJobWorkers    = 5
)

// cronJobs is the controller of CronJobs.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go ControllerV2.
type cronJobs struct {
	manager   *Manager
	loop      *Loop
	cronJobs  *Informer[*model.CronJob]
	jobs      *Informer[*model.Job]
	schedules map[string]parsedSchedule
}

type parsedSchedule struct {
	cron.Schedule
	err error
}

func startCronJobs(m *Manager) {
	c := &cronJobs{manager: m, schedules: map[string]parsedSchedule{}}
	c.loop = m.NewLoop(LoopOptions{Name: "cronjob-controller", Workers: cronJobWorkers, Sync: c.sync})
	c.cronJobs = InformerOf[*model.CronJob](m, model.KindCronJob)
	c.jobs = InformerOf[*model.Job](m, model.KindJob)
	add := func(cj *model.CronJob) { c.loop.Add(apiserver.NameOf(cj)) }
	c.cronJobs.Handle(Handlers[*model.CronJob]{Add: add, Update: c.updated, Delete: add})
	c.jobs.Handle(Handlers[*model.Job]{Add: c.jobChanged, Delete: c.jobChanged, Update: func(old, j *model.Job) {
		if !sameReference(old.Controller(), j.Controller()) {
			c.jobChanged(old)
		}
		c.jobChanged(j)
	}})
}

func (c *cronJobs) jobChanged(j *model.Job) {
	ref := j.Controller()
	if ref == nil || ref.Kind != string(model.KindCronJob) {
		return
	}
	if cj, ok := c.cronJobs.Get(j.Namespace, ref.Name); ok && cj.UID == ref.UID {
		c.loop.Add(apiserver.NameOf(cj))
	}
}

// updated has a CronJob looked at when its new schedule says so, or now.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go updateCronJob.
func (c *cronJobs) updated(old, cj *model.CronJob) {
	if old.Schedule == cj.Schedule && old.TimeZone == cj.TimeZone {
		c.loop.Add(apiserver.NameOf(cj))
		return
	}
	s := c.schedule(cj)
	if s.err != nil {
		c.loop.Event(cj, apiserver.Warning, "UnParseableCronJobSchedule", "unparseable schedule for cronjob: %s", cj.Schedule)
		return
	}
	c.again(cj, s, c.now())
}

// now is the wall clock.
func (c *cronJobs) now() time.Time { return c.manager.wall(c.manager.Engine.Now()) }

// schedule reads the schedule of a CronJob, in its time zone.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/cronjob_controllerv2.go formatSchedule.
func (c *cronJobs) schedule(cj *model.CronJob) parsedSchedule {
	text := cj.Schedule
	if cj.TimeZone != "" {
		text = "TZ=" + cj.TimeZone + " " + text
	}
	s, ok := c.schedules[text]
	if !ok {
		s.Schedule, s.err = cron.ParseStandard(text)
		c.schedules[text] = s
	}
	return s
}

// again has a CronJob looked at when its next Job is due.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/utils.go nextScheduleTimeDuration.
func (c *cronJobs) again(cj *model.CronJob, s parsedSchedule, now time.Time) {
	earliest, recent, missed, err := c.mostRecent(cj, s, now, false)
	from := recent
	switch {
	case err != nil:
		from = now
	case recent.IsZero() && missed == 0:
		from = earliest
	case recent.IsZero():
		from = now
	}
	next := s.Next(from)
	if next.IsZero() {
		return // never again
	}
	c.loop.AddPeriodic(apiserver.NameOf(cj), next.Add(nextScheduleDelta).Sub(now))
}

// mostRecent is the last instant up to now at which a Job was due since the last one, zero when there is none,
// and roughly how many there were.
// Source: kubernetes v1.37.2 pkg/controller/cronjob/utils.go mostRecentScheduleTime.
func (c *cronJobs) mostRecent(cj *model.CronJob, s parsedSchedule, now time.Time, deadline bool) (earliest, recent time.Time, missed int64, err error) {
	earliest = c.manager.wall(c.manager.Second(cj.Created))
	if cj.Status.LastSchedule != nil {
		earliest = c.manager.wall(*cj.Status.LastSchedule)
	}
	if deadline && cj.StartingDeadlineSeconds != nil {
		if limit := now.Add(-time.Duration(*cj.StartingDeadlineSeconds) * time.Second); limit.After(earliest) {
			earliest = limit
		}
	}
	first := s.Next(earliest)
	second := s.Next(first)
	switch {
	case now.Before(first):
		return earliest, time.Time{}, 0, nil
	case now.Before(second):
		return earliest, first, 0, nil
	}
	between := int64(second.Sub(first).Round(time.Second).Seconds())
	if between < 1 {
		return earliest, time.Time{}, 0, errNoInterval
	}
	missed = int64(now.Sub(first).Seconds())/between + 1
	for t := s.Next(first.Add(time.Duration((missed-2)*between) * time.Second)); !t.After(now); t = s.Next(t) {
		recent = t
	}
	return earliest, recent, missed, nil
}

// wall is an instant on the wall clock.
func (m *Manager) wall(t sim.Time) time.Time { return m.options.Start.Add(time.Duration(t)) }

// instant is an instant of the wall clock in the run.
func (m *Manager) instant(t time.Time) sim.Time { return sim.At(t.Sub(m.options.Start)) }
