package controllers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

// interval is a run of indexes, both ends in it.
type interval struct{ first, last int }

// intervals are indexes in order, without overlap.
// Source: kubernetes v1.37.2 pkg/controller/job/indexed_job_utils.go orderedIntervals.
type intervals []interval

// parseIntervals reads indexes below a limit, as "1,3-5"; what cannot be read is left out.
func parseIntervals(text string, limit int) (out intervals) {
	if text == "" {
		return nil
	}
	for _, part := range strings.Split(text, ",") {
		low, high, is := strings.Cut(part, "-")
		first, err := strconv.Atoi(low)
		if err != nil {
			continue
		}
		if first >= limit {
			break
		}
		last := first
		if is {
			if last, err = strconv.Atoi(high); err != nil {
				continue
			}
			last = min(last, limit-1)
		}
		out = out.add(interval{first, last})
	}
	return out
}

// add puts an interval that begins no sooner than the last one at the end.
func (v intervals) add(i interval) intervals {
	if n := len(v); n > 0 && i.first <= v[n-1].last+1 {
		v[n-1].last = max(v[n-1].last, i.last)
		return v
	}
	return append(v, i)
}

// with returns the union with other intervals.
func (v intervals) with(others intervals) (out intervals) {
	all := slices.Concat(v, others)
	slices.SortFunc(all, func(a, b interval) int { return cmp.Compare(a.first, b.first) })
	for _, i := range all {
		out = out.add(i)
	}
	return out
}

// withIndexes returns the union with single indexes.
func (v intervals) withIndexes(indexes ...int) intervals {
	others := make(intervals, len(indexes))
	for i, n := range indexes {
		others[i] = interval{n, n}
	}
	return v.with(others)
}

// total is how many indexes there are.
func (v intervals) total() (n int) {
	for _, i := range v {
		n += i.last - i.first + 1
	}
	return n
}

func (v intervals) has(n int) bool {
	return slices.ContainsFunc(v, func(i interval) bool { return i.first <= n && n <= i.last })
}

// String writes them as "1,3-5"; two that follow each other as "1,2".
func (v intervals) String() string {
	var parts []string
	for _, i := range v {
		switch i.last {
		case i.first:
			parts = append(parts, strconv.Itoa(i.first))
		case i.first + 1:
			parts = append(parts, strconv.Itoa(i.first), strconv.Itoa(i.last))
		default:
			parts = append(parts, strconv.Itoa(i.first)+"-"+strconv.Itoa(i.last))
		}
	}
	return strings.Join(parts, ",")
}

// overlap is how many indexes are in both.
func (v intervals) overlap(others intervals) (n int) {
	for _, a := range v {
		for _, b := range others {
			n += max(0, min(a.last, b.last)-max(a.first, b.first)+1)
		}
	}
	return n
}

// Annotations of the pods of indexed Jobs.
// Source: kubernetes v1.37.2 api batch/v1/types.go JobIndexFailureCountAnnotation.
const (
	indexFailures        = "batch.kubernetes.io/job-index-failure-count"
	indexIgnoredFailures = "batch.kubernetes.io/job-index-ignored-failure-count"
)

func (s *jobSync) indexed() bool { return s.job.CompletionMode == model.Indexed }

func (s *jobSync) perIndex() bool { return s.job.BackoffLimitPerIndex != nil }

func (s *jobSync) completions() int { return int(*s.job.Completions) }

func (s *jobSync) validIndex(n int) bool { return n >= 0 && n < s.completions() }

// indexOf is the index of a pod, negative when it has none.
func indexOf(p *model.Pod) int {
	n, err := strconv.Atoi(p.Annotations[model.AnnotationCompletion])
	if err != nil {
		return -1
	}
	return n
}

func failuresOf(p *model.Pod, annotation string) int32 {
	n, err := strconv.ParseInt(p.Annotations[annotation], 10, 32)
	if err != nil || n < 0 {
		return 0
	}
	return int32(n)
}

// judgeIndexes counts by index, and decides whether the Job has to end because of what it finds.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go syncJob (the part about indexed Jobs).
func (s *jobSync) judgeIndexes() {
	s.previous = parseIntervals(s.job.Status.CompletedIndexes, s.completions())
	var won, lost []int
	for _, p := range s.pods {
		n := indexOf(p)
		if !s.validIndex(n) || !tracked(p) {
			continue
		}
		if p.Status.Phase == model.PodSucceeded {
			won = append(won, n)
		}
		if s.perIndex() && s.indexFailed(p) {
			lost = append(lost, n)
		}
	}
	s.done = s.previous.withIndexes(won...)
	s.succeeded = int32(s.done.total())
	if s.perIndex() {
		s.judgeLost(lost)
	}
	if s.finished == nil {
		if rule := s.successRule(); rule >= 0 {
			s.finished = s.condition(model.JobSuccessCriteriaMet, jobSuccessPolicy, fmt.Sprintf("Matched rules at index %d", rule))
		}
	}
}

// judgeLost counts the indexes that have failed for good.
func (s *jobSync) judgeLost(lost []int) {
	if s.job.Status.FailedIndexes != nil {
		s.lost = parseIntervals(*s.job.Status.FailedIndexes, s.completions())
	}
	s.lost = s.lost.withIndexes(lost...)
	if s.finished == nil {
		switch n := s.lost.total(); {
		case s.job.MaxFailedIndexes != nil && n > int(*s.job.MaxFailedIndexes):
			s.finished = s.condition(model.JobFailureTarget, jobMaxIndexes, "Job has exceeded the specified maximal number of failed indexes")
		case n > 0 && n+s.done.total() >= s.completions():
			s.finished = s.condition(model.JobFailureTarget, jobFailedIndexes, "Job has failed indexes")
		}
	}
	s.delayed = s.delayedPods()
}

// indexFailed says whether an index is given up with the failure of this pod.
// Source: kubernetes v1.37.2 pkg/controller/job/indexed_job_utils.go isIndexFailed.
func (s *jobSync) indexFailed(p *model.Pod) bool {
	if !s.podFailed(p) {
		return false
	}
	action, counted, _ := s.rule(p)
	return action == ruleFailIndex || counted && failuresOf(p, indexFailures) >= *s.job.BackoffLimitPerIndex
}

// delayedPods are the failed pods of indexes that wait for a new one: their count goes on with it.
// Source: kubernetes v1.37.2 pkg/controller/job/indexed_job_utils.go getPodsWithDelayedDeletionPerIndex.
func (s *jobSync) delayedPods() map[int]*model.Pod {
	busy := map[int]bool{}
	for _, p := range s.active {
		busy[indexOf(p)] = true
	}
	total := func(p *model.Pod) int32 { return failuresOf(p, indexFailures) + failuresOf(p, indexIgnoredFailures) }
	out := map[int]*model.Pod{}
	for _, p := range s.uncounted(nil, s.podFailed) {
		n := indexOf(p)
		if s.done.has(n) || s.lost.has(n) || busy[n] {
			continue
		}
		last, ok := out[n]
		if !ok || total(last) <= total(p) && s.c.manager.finishTime(p) >= s.c.manager.finishTime(last) {
			out[n] = p
		}
	}
	return out
}

// successRule is the number of the first rule of the success policy that is met, negative for none.
// Source: kubernetes v1.37.2 pkg/controller/job/success_policy.go matchSuccessPolicy.
func (s *jobSync) successRule() int {
	if len(s.done) == 0 {
		return -1
	}
	for i, r := range s.job.SuccessRules {
		if r.SucceededIndexes == "" {
			if r.SucceededCount != nil && s.done.total() >= int(*r.SucceededCount) {
				return i
			}
			continue
		}
		wanted := parseIntervals(r.SucceededIndexes, s.completions())
		n := s.done.overlap(wanted)
		if len(wanted) > 0 && (n == wanted.total() || r.SucceededCount != nil && n >= int(*r.SucceededCount)) {
			return i
		}
	}
	return -1
}
