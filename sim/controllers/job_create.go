package controllers

import (
	"maps"
	"strconv"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// pending are the lowest indexes that have no pod and have neither succeeded nor failed.
// Source: kubernetes v1.37.2 pkg/controller/job/indexed_job_utils.go firstPendingIndexes.
func (s *jobSync) pending(n int) (out []int) {
	taken := s.done.with(s.lost)
	for _, p := range s.pods {
		if active(p) || s.replacesFailedOnly() && terminating(p) {
			if i := indexOf(p); i >= 0 {
				taken = taken.withIndexes(i)
			}
		}
	}
	candidate := 0
	for _, t := range append(taken, interval{s.completions(), s.completions()}) {
		for ; candidate < t.first && candidate < s.completions() && len(out) < n; candidate++ {
			out = append(out, candidate)
		}
		candidate = max(candidate, t.last+1)
	}
	return out
}

// readyIndexes are the indexes of which a pod may be made now; when none is, wait is how long until one is.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go getPodCreationInfoForIndependentIndexes.
func (s *jobSync) readyIndexes(indexes []int) (now []int, wait time.Duration) {
	for _, i := range indexes {
		w := time.Duration(0)
		if p, ok := s.delayed[i]; ok {
			count := failuresOf(p, indexFailures) + failuresOf(p, indexIgnoredFailures) + 1
			w = waitAfter(s.c.manager.Engine.Now(), count, s.c.manager.finishTime(p))
		}
		if w == 0 {
			now = append(now, i)
		} else if wait == 0 || w < wait {
			wait = w
		}
	}
	return now, wait
}

// create makes pods, of the given indexes when there are any, and says of how many that succeeded.
func (s *jobSync) create(n int, indexes []int) (int, error) {
	s.c.expects.ExpectCreations(s.key, n)
	refs := []model.OwnerReference{controllerRef("batch/v1", s.job)}
	made := 0
	_, err := s.c.loop.SlowStart(n, func(i int) error {
		pod := podFrom(s.job.Template, s.job, refs)
		pod.Finalizers = append(append([]string(nil), pod.Finalizers...), model.FinalizerJobTracking)
		if len(indexes) > 0 {
			s.number(pod, indexes[i])
		}
		stored, err := s.c.manager.API.Create(pod)
		if isTerminatingNamespace(err) {
			made++
			return nil
		}
		if err != nil {
			s.c.loop.Event(s.job, apiserver.Warning, reasonFailedCreate, "Error creating: %v", err)
			return err
		}
		made++
		s.c.consistency.WroteAt(s.key, s.job.UID, stored)
		s.c.loop.Event(s.job, apiserver.Normal, reasonSuccessfulCreate, "Created pod: %s", stored.Meta().Name)
		return nil
	})
	for range n - made {
		s.c.expects.CreationObserved(s.key)
	}
	return made, err
}

// number gives a pod its index, and the failures of the one that it replaces.
// Source: kubernetes v1.37.2 pkg/controller/job/indexed_job_utils.go addCompletionIndexAnnotation,
// podGenerateNameWithIndex, addIndexFailureCountAnnotation.
func (s *jobSync) number(pod *model.Pod, index int) {
	text := strconv.Itoa(index)
	pod.GenerateName = s.job.Name + "-" + text + "-"
	pod.Labels, pod.Annotations = maps.Clone(pod.Labels), maps.Clone(pod.Annotations)
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Labels[model.AnnotationCompletion], pod.Annotations[model.AnnotationCompletion] = text, text
	if !s.perIndex() {
		return
	}
	counted, ignored := int32(0), int32(0)
	if old, ok := s.delayed[index]; ok {
		counted, ignored = failuresOf(old, indexFailures), failuresOf(old, indexIgnoredFailures)
		if s.counts(old) {
			counted++
		} else {
			ignored++
		}
	}
	pod.Annotations[indexFailures] = strconv.Itoa(int(counted))
	if ignored > 0 {
		pod.Annotations[indexIgnoredFailures] = strconv.Itoa(int(ignored))
	}
}
