package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// act ends the Job or makes and deletes pods, then counts what has ended and writes the status.
func (s *jobSync) act(due bool) error {
	st := &s.job.Status
	running, oldTerminating, oldReady := int32(len(s.active)), st.Terminating, st.Ready
	changed := false
	var failed error
	if s.finished != nil {
		running, failed = s.stopAll(running, due)
	} else {
		managed := false
		if due && !s.job.Deleting {
			running, failed = s.manage(running)
			managed = true
		}
		if s.complete(running) {
			s.finished = s.condition(model.JobSuccessCriteriaMet, jobCompletions, "Reached expected number of succeeded pods")
		} else if managed {
			changed = s.suspension()
		}
	}
	ready, leaving := s.ready, s.terminating
	changed = changed || running != st.Active || !sameInt(oldReady, &ready) || !sameInt(oldTerminating, &leaving)
	st.Active, st.Ready, st.Terminating = running, &ready, &leaving
	if err := s.track(changed); err != nil {
		return err
	}
	return failed
}

func sameInt(a, b *int32) bool { return a == b || a != nil && b != nil && *a == *b }

// complete says whether enough pods have succeeded and none runs any more.
func (s *jobSync) complete(running int32) bool {
	if s.job.Completions == nil {
		return s.succeeded > 0 && running == 0
	}
	return s.succeeded >= *s.job.Completions && running == 0
}

// stopAll deletes the pods of a Job that ends. While some cannot be deleted, or are not seen yet, it does not
// end.
func (s *jobSync) stopAll(running int32, due bool) (int32, error) {
	deleted, err := s.deletePods(s.active, func(l *Loop, p *model.Pod) error { return s.deletePod(l, p) })
	if deleted != running || !due {
		s.finished = nil
	}
	s.terminating += deleted
	return running - deleted, err
}

// deletePods deletes pods side by side, and says of how many that succeeded.
func (s *jobSync) deletePods(pods []*model.Pod, do func(l *Loop, p *model.Pod) error) (deleted int32, err error) {
	errs := s.c.loop.Concurrently(len(pods), func(i int) error {
		if err := do(s.c.loop, pods[i]); err != nil && !apiserver.Is(err, apiserver.NotFound) {
			return err
		}
		if ready(pods[i]) {
			s.ready--
		}
		return nil
	})
	if len(errs) > 0 {
		err = errs[0]
	}
	return int32(len(pods) - len(errs)), err
}

// deletePod deletes a pod and tells of it.
func (s *jobSync) deletePod(l *Loop, p *model.Pod) error {
	err := l.Delete(model.KindPod, p.Namespace, p.Name, apiserver.DeleteOptions{})
	switch {
	case err == nil:
		l.Event(s.job, apiserver.Normal, reasonSuccessfulDelete, "Deleted pod: %s", p.Name)
	case !apiserver.Is(err, apiserver.NotFound):
		l.Event(s.job, apiserver.Warning, reasonFailedDelete, "Error deleting: %v", err)
	}
	return err
}

// remove deletes pods that are too many, which count for nothing.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go deleteJobPods.
func (s *jobSync) remove(pods []*model.Pod) (int32, error) {
	uids := make([]string, len(pods))
	for i, p := range pods {
		uids[i] = p.UID
	}
	s.c.expects.ExpectDeletions(s.key, uids)
	n, err := s.deletePods(pods, func(l *Loop, p *model.Pod) error {
		err := s.c.free(l, p)
		if err == nil {
			err = s.deletePod(l, p)
		}
		if err != nil {
			s.c.expects.DeletionObserved(s.key, p.UID)
		}
		return err
	})
	s.terminating += n
	return n, err
}

// manage makes the pods that are missing, or deletes those that are too many. It returns how many are active.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go manageJob.
func (s *jobSync) manage(running int32) (int32, error) {
	if s.job.Suspend {
		n, err := s.remove(s.spared(int(running)))
		return running - n, err
	}
	want := s.job.Parallelism
	switch {
	case s.job.Completions != nil:
		want = max(0, min(*s.job.Completions-s.succeeded, want))
	case s.succeeded > 0:
		want = running
	}
	if surplus := s.spared(int(max(0, running-want))); len(surplus) > 0 {
		n, err := s.remove(surplus[:min(len(surplus), jobBurst)])
		return running - n, err
	}
	leaving := int32(0)
	if s.replacesFailedOnly() {
		leaving = s.terminating
	}
	missing := want - leaving - running
	if missing <= 0 {
		return running, nil
	}
	now := s.c.manager.Engine.Now()
	if !s.perIndex() {
		if wait := waitAfter(now, s.record.count, s.record.last); wait > 0 {
			s.c.loop.AddAfter(s.key, max(wait, jobBatch))
			return running, nil
		}
	}
	missing = min(missing, jobBurst)
	var indexes []int
	if s.indexed() {
		if indexes = s.pending(int(missing)); s.perIndex() {
			ready, wait := s.readyIndexes(indexes)
			if len(ready) == 0 && wait > 0 {
				s.c.loop.AddAfter(s.key, max(wait, jobBatch))
				return running, nil
			}
			indexes = ready
		}
		missing = int32(len(indexes))
	}
	made, err := s.create(int(missing), indexes)
	return running + int32(made), err
}

// spared are pods to delete: those of an index twice, or of none, and as many others as it takes, those first
// that have come least far.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go activePodsForRemoval.
func (s *jobSync) spared(atLeast int) []*model.Pod {
	var gone []*model.Pod
	left := slices.Clone(s.active)
	s.leastFirst(left)
	if s.indexed() {
		last := map[int]int{} // of each index the pod that has come furthest stays
		for i, p := range left {
			if n := indexOf(p); s.validIndex(n) {
				last[n] = i + 1
			}
		}
		var stay []*model.Pod
		for i, p := range left {
			if last[indexOf(p)] == i+1 {
				stay = append(stay, p)
			} else {
				gone = append(gone, p)
			}
		}
		left = stay
	}
	if n := atLeast - len(gone); n > 0 {
		gone = append(gone, left[:min(n, len(left))]...)
	}
	return gone
}

// leastFirst puts pods in the order in which they can best be spared.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ActivePods.Less.
func (s *jobSync) leastFirst(pods []*model.Pod) {
	ranks := map[string]spare{}
	for _, p := range pods {
		r := s.c.manager.rank(p, 0)
		r.cost = 0
		ranks[p.UID] = r
	}
	slices.SortFunc(pods, func(a, b *model.Pod) int { return compareSpare(ranks[a.UID], ranks[b.UID]) })
}

// suspension brings the condition Suspended up to date and says whether that is news.
func (s *jobSync) suspension() bool {
	st, now := &s.job.Status, s.c.manager.Engine.Now()
	want := model.Condition{Type: model.JobSuspended, Status: model.ConditionFalse, Reason: "JobResumed", Message: "Job resumed", LastTransition: now, LastUpdate: now}
	if s.job.Suspend {
		want.Status, want.Reason, want.Message = model.ConditionTrue, "JobSuspended", "Job suspended"
	}
	was := model.FindCondition(st.Conditions, model.JobSuspended)
	if was == nil && !s.job.Suspend || was != nil && was.Status == want.Status && was.Reason == want.Reason {
		return false
	}
	st.Conditions = append(without(st.Conditions, model.JobSuspended), want)
	if s.job.Suspend {
		s.c.loop.Event(s.job, apiserver.Normal, "Suspended", "Job suspended")
		st.StartTime = nil
	} else {
		s.c.loop.Event(s.job, apiserver.Normal, "Resumed", "Job resumed")
		st.StartTime = &now
	}
	return true
}
