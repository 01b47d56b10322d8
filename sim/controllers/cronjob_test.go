package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// nightly is a CronJob as the API server has it.
func nightly(schedule string, change ...func(*model.CronJob)) *model.CronJob {
	cj := &model.CronJob{ObjectMeta: model.ObjectMeta{Name: "night"}, Schedule: schedule, ConcurrencyPolicy: "Allow",
		JobTemplate:                model.JobTemplate{Spec: batchJob().JobSpec},
		SuccessfulJobsHistoryLimit: int32Of(3), FailedJobsHistoryLimit: int32Of(1)}
	for _, f := range change {
		f(cj)
	}
	return cj
}

// clock is a control plane that starts on a day at an hour.
func clock(day, hour int) Options {
	o := quick
	o.Start = time.Date(2026, time.March, day, hour, 0, 0, 0, time.UTC)
	return o
}

// starts are when Jobs were made, on the wall clock.
func (b *bed) starts() *[]string {
	var lines []string
	b.Observe(func(c apiserver.Change) {
		if j, ok := c.Object().(*model.Job); ok && c.Type == apiserver.Added {
			lines = append(lines, b.manager.wall(b.engine.Now()).Format("02 15:04:05.0")+" "+j.Name)
		}
	})
	return &lines
}

func TestCronJobsMakeJobsWhenTheScheduleSays(t *testing.T) {
	// Names end in the minutes since 1970: 2026-03-28T00:00Z is day 20540, minute 29577600.
	minute := func(day, hour, min int) string {
		return fmt.Sprint(time.Date(2026, time.March, day, hour, min, 0, 0, time.UTC).Unix() / 60)
	}
	for _, test := range []struct {
		name string
		cron *model.CronJob
		run  time.Duration
		want []string
	}{
		{"every 20 minutes, 100 ms after the minute", nightly("*/20 * * * *"), 70 * time.Minute, []string{
			"28 12:20:00.1 night-" + minute(28, 12, 20), "28 12:40:00.1 night-" + minute(28, 12, 40), "28 13:00:00.1 night-" + minute(28, 13, 0)}},
		// In Zurich clocks go forward in the night to the 29th: 02:30 is in winter time 01:30 UTC, and there is none on the 29th.
		{"in its time zone", nightly("30 4 * * *", func(cj *model.CronJob) { cj.TimeZone = "Europe/Zurich" }), 48 * time.Hour, []string{
			"29 02:30:00.1 night-" + minute(29, 2, 30), "30 02:30:00.1 night-" + minute(30, 2, 30)}},
		{"not while suspended", nightly("*/20 * * * *", func(cj *model.CronJob) { cj.Suspend = true }), 70 * time.Minute, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, clock(28, 12))
			starts := b.starts()
			b.add(test.cron)
			b.run(test.run)
			if got := strings.Join(*starts, "\n"); got != strings.Join(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(test.want, "\n"))
			}
		})
	}
}

// Jobs of the bed never end unless they are ended.
func TestJobsThatStillRunAreTreatedByThePolicy(t *testing.T) {
	for _, test := range []struct {
		policy  string
		made    int
		running int
	}{{"Allow", 3, 3}, {"Forbid", 1, 1}, {"Replace", 3, 1}} {
		t.Run(test.policy, func(t *testing.T) {
			b := newBed(t, clock(28, 12))
			starts := b.starts()
			b.add(nightly("*/10 * * * *", func(cj *model.CronJob) { cj.ConcurrencyPolicy = test.policy }))
			b.run(35 * time.Minute)
			cj, _ := b.CronJobs.Get("default", "night")
			if len(*starts) != test.made || b.Jobs.Len() != test.running || len(cj.Status.Active) != test.running {
				t.Errorf("%d made, %d there, %d active", len(*starts), b.Jobs.Len(), len(cj.Status.Active))
			}
		})
	}
}

func TestOldJobsAreDeletedBeyondTheLimits(t *testing.T) {
	b := newBed(t, clock(28, 12))
	b.add(nightly("*/2 * * * *"))
	b.play(20*time.Minute, always(0))
	cj, _ := b.CronJobs.Get("default", "night")
	if b.Jobs.Len() != 3 || len(cj.Status.Active) != 0 || cj.Status.LastSuccessful == nil {
		t.Errorf("%d jobs are there, %d active, last success %v", b.Jobs.Len(), len(cj.Status.Active), cj.Status.LastSuccessful)
	}
}
