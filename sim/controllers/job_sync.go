package controllers

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// jobSync is one sync of a Job. The Job is a copy, whose status becomes what it should be.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go syncJobCtx.
type jobSync struct {
	c                 *jobs
	key               apiserver.Name
	job               *model.Job
	pods              []*model.Pod
	active            []*model.Pod
	ready             int32
	terminating       int32
	succeeded, failed int32
	record            failureRecord
	finished          *model.Condition // how the Job ends, if it does now

	// Of indexed Jobs:
	previous, done intervals // succeeded before, and now
	lost           intervals // failed
	// delayed are failed pods that are kept until their index has a new one, which counts on from theirs.
	delayed map[int]*model.Pod
}

// sync takes a Job a step further.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go syncJob.
func (c *jobs) sync(key apiserver.Name) error {
	if err := c.consistency.Ready(key); err != nil {
		return err
	}
	shared, ok := c.jobs.Get(key.Namespace, key.Name)
	if !ok {
		c.expects.Forget(key)
		delete(c.removing, key)
		delete(c.failures, key)
		c.consistency.Clear(key)
		return nil
	}
	if shared.ManagedBy != "" && shared.ManagedBy != "kubernetes.io/job-controller" {
		return nil
	}
	if shared.Finished() {
		delete(c.failures, key)
		c.consistency.Clear(key)
		delete(c.finished, shared.UID)
		return nil
	}
	if c.finished[shared.UID] {
		return nil
	}
	due := c.expects.Satisfied(key)
	pods, err := claim(c.claimer(shared), c.podsOf(shared))
	if err != nil {
		return err
	}
	s := c.look(key, shared, pods)
	s.judge()
	if s.indexed() {
		s.judgeIndexes()
	}
	return s.act(due)
}

// podsOf are the pods that a Job owns, and the orphans that it may adopt.
func (c *jobs) podsOf(j *model.Job) []*model.Pod {
	pods := slices.Collect(c.pods.OwnedBy(j.UID))
	for p := range c.pods.Orphans(j.Namespace) {
		if !p.Deleting && j.Selector.Matches(p.Labels) {
			pods = append(pods, p)
		}
	}
	return pods
}

func (c *jobs) claimer(j *model.Job) *claimer {
	return &claimer{loop: c.loop, owner: j, ref: controllerRef("batch/v1", j),
		matches: func(o model.Object) bool { return j.Selector.Matches(o.Meta().Labels) },
		wrote:   func(o model.Object) { c.consistency.WroteAt(apiserver.NameOf(j), j.UID, o) }}
}

// look counts what is there.
func (c *jobs) look(key apiserver.Name, shared *model.Job, pods []*model.Pod) *jobSync {
	s := &jobSync{c: c, key: key, job: apiserver.Copy(shared).(*model.Job), pods: pods}
	st := &s.job.Status
	for _, p := range pods {
		switch {
		case active(p):
			s.active = append(s.active, p)
			if ready(p) {
				s.ready++
			}
		case terminating(p):
			s.terminating++
		}
	}
	won := s.uncounted(st.UncountedSucceeded, func(p *model.Pod) bool { return p.Status.Phase == model.PodSucceeded })
	lost := s.uncounted(st.UncountedFailed, s.podFailed)
	s.succeeded = st.Succeeded + int32(len(won)+len(st.UncountedSucceeded))
	s.failed = st.Failed + int32(len(st.UncountedFailed))
	for _, p := range lost {
		if s.counts(p) {
			s.failed++
		}
	}
	if now := c.manager.Engine.Now(); st.StartTime == nil && !s.job.Suspend {
		st.StartTime = &now
	}
	s.record = s.newRecord(won, lost)
	return s
}

// uncounted are the pods that have ended and are in no count yet.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go getValidPodsWithFilter.
func (s *jobSync) uncounted(known []string, ended func(*model.Pod) bool) (out []*model.Pod) {
	for _, p := range s.pods {
		if !s.tracks(p) || slices.Contains(known, p.UID) || s.indexed() && !s.validIndex(indexOf(p)) {
			continue
		}
		if ended(p) {
			out = append(out, p)
		}
	}
	return out
}

// tracks says whether a pod's finalizer is still there for all that is known.
func (s *jobSync) tracks(p *model.Pod) bool { return tracked(p) && !s.c.removing[s.key][p.UID] }

// podFailed says whether a pod counts as failed: also one that is deleted, unless only failed ones are replaced.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go isPodFailed.
func (s *jobSync) podFailed(p *model.Pod) bool {
	if p.Status.Phase == model.PodFailed {
		return true
	}
	return !s.replacesFailedOnly() && p.Deleting && p.Status.Phase != model.PodSucceeded
}

func (s *jobSync) replacesFailedOnly() bool { return s.job.PodReplacementPolicy == "Failed" }

// newRecord is the record of failures with those that are new.
// Source: kubernetes v1.37.2 pkg/controller/job/backoff_utils.go newBackoffRecord.
func (s *jobSync) newRecord(won, lost []*model.Pod) failureRecord {
	r := s.c.failures[s.key]
	latest := func(pods []*model.Pod) (t sim.Time) {
		t = -1 << 62
		for _, p := range pods {
			t = max(t, s.c.manager.finishTime(p))
		}
		return t
	}
	switch {
	case len(won) == 0 && len(lost) > 0:
		r.count, r.last = r.count+int32(len(lost)), latest(lost)
	case len(won) > 0:
		r = failureRecord{}
		since := latest(won)
		for _, p := range lost {
			if t := s.c.manager.finishTime(p); t > since {
				r.count, r.last = r.count+1, max(r.last, t)
			}
		}
	}
	return r
}

// finishTime is when a pod ended, in whole seconds as its status says it.
// Source: kubernetes v1.37.2 pkg/controller/job/backoff_utils.go getFinishedTime.
func (m *Manager) finishTime(p *model.Pod) sim.Time {
	last, all := sim.Time(-1<<62), len(p.Status.Containers) > 0
	see := func(s *model.ContainerStatus) {
		if s.State.Kind != model.ContainerTerminated {
			all = false
		}
		last = max(last, s.State.Finished)
	}
	for i := range p.Status.Containers {
		see(&p.Status.Containers[i])
	}
	for i := range p.Status.InitContainers {
		if i < len(p.Spec.InitContainers) && p.Spec.InitContainers[i].Sidecar() {
			see(&p.Status.InitContainers[i])
		}
	}
	ready := p.Status.Condition(model.PodReady)
	switch {
	case all:
		return m.Second(last)
	case ready != nil && ready.Status == model.ConditionFalse:
		return m.Second(ready.LastTransition)
	case p.Deleting:
		return m.Second(p.Deleted.Add(-time.Duration(p.DeletionGracePeriodSeconds) * time.Second))
	}
	return m.Second(p.Created)
}

// waitAfter is how long until a pod may be made after so many failures, the last at an instant.
// Source: kubernetes v1.37.2 pkg/controller/job/backoff_utils.go getRemainingTimeForFailuresCount.
func waitAfter(now sim.Time, count int32, last sim.Time) time.Duration {
	if count == 0 {
		return 0
	}
	wait := jobBackoffFirst
	for range count - 1 {
		if wait *= 2; wait >= jobBackoffMost {
			wait = jobBackoffMost
			break
		}
	}
	return max(0, wait-now.Sub(last))
}
