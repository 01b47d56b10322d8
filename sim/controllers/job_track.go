package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// track counts the pods that have ended: it writes down which they are, takes their finalizers off, counts
// them, and writes again. So each is counted once, whatever fails in between. When all are counted the Job is
// finished, if it is to be.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers.
func (s *jobSync) track(flush bool) error {
	if s.indexed() {
		slices.SortStableFunc(s.pods, func(a, b *model.Pod) int { return cmp.Compare(indexOf(a), indexOf(b)) })
	}
	kept := map[string]bool{} // pods that have their finalizer
	for _, p := range s.pods {
		if s.tracks(p) {
			kept[p.UID] = true
		}
	}
	flush = s.countFree(kept) || flush
	free, news, full := s.gather()
	flush = s.writeIndexes(news.indexes) || news.any || flush
	flush = s.interim() || flush
	if flush {
		if err := s.flush(); err != nil {
			return err
		}
		s.c.failures[s.key] = s.record
	}
	failed := s.freeAll(free, kept)
	flush = s.countFree(kept)
	finished := failed == nil && !full && s.finish()
	if finished || flush {
		if err := s.flush(); err != nil {
			return err
		}
	}
	if finished {
		s.tellFinished()
	}
	return failed
}

// newlyEnded is what a sync has found: indexes that have succeeded, and whether there is anything to write.
type newlyEnded struct {
	indexes []int
	any     bool
}

// gather finds the pods whose finalizer may go, and notes those that are not counted yet.
func (s *jobSync) gather() (free []*model.Pod, news newlyEnded, full bool) {
	st := &s.job.Status
	st.UncountedSucceeded, st.UncountedFailed = slices.Clone(st.UncountedSucceeded), slices.Clone(st.UncountedFailed)
	for _, p := range s.pods {
		lost := s.podFailed(p)
		if !s.tracks(p) || !s.mayGo(p, lost) {
			continue
		}
		free = append(free, p)
		n := indexOf(p)
		known := slices.Contains(st.UncountedFailed, p.UID)
		switch {
		case p.Status.Phase == model.PodSucceeded && !known:
			if s.indexed() {
				if s.validIndex(n) && !s.previous.has(n) {
					news.indexes, news.any = append(news.indexes, n), true
				}
			} else if !slices.Contains(st.UncountedSucceeded, p.UID) {
				st.UncountedSucceeded, news.any = append(st.UncountedSucceeded, p.UID), true
			}
		case lost || s.finished != nil && s.finished.Type != model.JobSuccessCriteriaMet:
			if !known && (!s.indexed() || s.validIndex(n)) && s.counts(p) {
				st.UncountedFailed, news.any = append(st.UncountedFailed, p.UID), true
			}
		}
		if len(news.indexes)+len(st.UncountedSucceeded)+len(st.UncountedFailed) >= jobUncounted {
			return free, news, true
		}
	}
	return free, news, false
}

// mayGo says whether a pod's finalizer may be taken off.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go canRemoveFinalizer.
func (s *jobSync) mayGo(p *model.Pod, lost bool) bool {
	if s.job.Deleting || s.finished != nil || p.Status.Phase == model.PodSucceeded {
		return true
	}
	if !lost {
		return false
	}
	waits, ok := s.delayed[indexOf(p)]
	return !ok || waits.UID != p.UID
}

// writeIndexes brings the indexes of the status up to date.
func (s *jobSync) writeIndexes(succeeded []int) (news bool) {
	if !s.indexed() {
		return false
	}
	st := &s.job.Status
	s.done = s.done.withIndexes(succeeded...)
	text := s.done.String()
	news = text != st.CompletedIndexes
	st.Succeeded, st.CompletedIndexes = int32(s.done.total()), text
	if s.perIndex() {
		lost := s.lost.String()
		news = news || st.FailedIndexes == nil || *st.FailedIndexes != lost
		st.FailedIndexes = &lost
	}
	return news
}

// interim adds the condition that says that the Job is about to end, and prepares the one that says that it has.
func (s *jobSync) interim() (news bool) {
	st := &s.job.Status
	switch {
	case s.finished == nil:
	case s.finished.Type == model.JobFailureTarget:
		st.Conditions = append(slices.Clip(st.Conditions), *s.finished)
		s.finished = s.condition(model.JobFailed, s.finished.Reason, s.finished.Message)
		return true
	case s.finished.Type == model.JobSuccessCriteriaMet:
		if model.FindCondition(st.Conditions, model.JobSuccessCriteriaMet) == nil {
			st.Conditions, news = append(slices.Clip(st.Conditions), *s.finished), true
		}
		s.finished = s.condition(model.JobComplete, s.finished.Reason, s.finished.Message)
	}
	return news
}

// flush writes the status.
func (s *jobSync) flush() error {
	written, err := s.c.loop.Update(apiserver.Copy(s.job))
	if err != nil {
		return err
	}
	s.c.consistency.WroteAt(s.key, s.job.UID, written)
	s.job = apiserver.Copy(written).(*model.Job)
	return nil
}

// freeAll takes the finalizers off pods, all at once.
func (s *jobSync) freeAll(pods []*model.Pod, kept map[string]bool) error {
	if len(pods) == 0 {
		return nil
	}
	if s.c.removing[s.key] == nil {
		s.c.removing[s.key] = map[string]bool{}
	}
	for _, p := range pods {
		s.c.removing[s.key][p.UID] = true
	}
	errs := s.c.loop.Parallel(len(pods), func(i int) error {
		p := pods[i]
		err := s.c.manager.patch(model.KindPod, p.Namespace, p.Name, p.UID, freed)
		if err != nil {
			delete(s.c.removing[s.key], p.UID)
			if !apiserver.Is(err, apiserver.NotFound) {
				return err
			}
		}
		delete(kept, p.UID)
		return nil
	})
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// countFree counts the noted pods that have lost their finalizer.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go cleanUncountedPodsWithoutFinalizers.
func (s *jobSync) countFree(kept map[string]bool) bool {
	st := &s.job.Status
	count := func(list []string, counter *int32) []string {
		left := slices.DeleteFunc(slices.Clone(list), func(uid string) bool { return !kept[uid] })
		*counter += int32(len(list) - len(left))
		return left
	}
	before := len(st.UncountedSucceeded) + len(st.UncountedFailed)
	st.UncountedSucceeded = count(st.UncountedSucceeded, &st.Succeeded)
	st.UncountedFailed = count(st.UncountedFailed, &st.Failed)
	return len(st.UncountedSucceeded)+len(st.UncountedFailed) != before
}

// finish marks the Job as finished when all its pods are counted and gone.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go enactJobFinished.
func (s *jobSync) finish() bool {
	st := &s.job.Status
	if s.finished == nil || len(st.UncountedSucceeded)+len(st.UncountedFailed) > 0 || s.terminating > 0 {
		return false
	}
	s.finished = s.condition(s.finished.Type, s.finished.Reason, s.finished.Message)
	st.Conditions = append(without(st.Conditions, s.finished.Type), *s.finished)
	if s.finished.Type == model.JobComplete {
		at := s.finished.LastTransition
		st.CompletionTime = &at
	}
	return true
}

// tellFinished records the event about the end of the Job.
func (s *jobSync) tellFinished() {
	s.c.finished[s.job.UID] = true
	if s.finished.Type != model.JobComplete {
		s.c.loop.Event(s.job, apiserver.Warning, s.finished.Reason, "%s", s.finished.Message)
		return
	}
	if s.job.Completions != nil && s.job.Status.Succeeded > *s.job.Completions {
		s.c.loop.Event(s.job, apiserver.Warning, "TooManySucceededPods", "Too many succeeded pods running after completion count reached")
	}
	s.c.loop.Event(s.job, apiserver.Normal, "Completed", "Job completed")
}
