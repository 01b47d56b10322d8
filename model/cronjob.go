package model

import "towtank.dev/towtank/sim"

// CronJob is a batch/v1 CronJob; what the API server defaults is filled in when it is read.
type CronJob struct {
	ObjectMeta
	Schedule string // five fields, or @hourly and the like
	TimeZone string // "": that of the controller manager (UTC)
	// StartingDeadlineSeconds is how late a Job may still be started; nil: at any time.
	StartingDeadlineSeconds    *int64
	ConcurrencyPolicy          string // Allow, Forbid, Replace
	Suspend                    bool
	JobTemplate                JobTemplate
	SuccessfulJobsHistoryLimit *int32 // default 3
	FailedJobsHistoryLimit     *int32 // default 1
	Status                     CronJobStatus
}

// Kind is KindCronJob.
func (*CronJob) Kind() Kind { return KindCronJob }

// JobTemplate is what Jobs are made of.
type JobTemplate struct {
	Labels      map[string]string
	Annotations map[string]string
	Spec        JobSpec
}

// CronJobStatus is what the controller remembers.
type CronJobStatus struct {
	Active         []ObjectReference
	LastSchedule   *sim.Time
	LastSuccessful *sim.Time
}
