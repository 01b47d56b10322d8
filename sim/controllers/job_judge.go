package controllers

import (
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/model"
)

// The reasons for which a Job ends.
// Source: kubernetes v1.37.2 api batch/v1/types.go JobReasonBackoffLimitExceeded and its neighbours.
const (
	jobBackoffLimit  = "BackoffLimitExceeded"
	jobDeadline      = "DeadlineExceeded"
	jobFailurePolicy = "PodFailurePolicy"
	jobMaxIndexes    = "MaxFailedIndexesExceeded"
	jobFailedIndexes = "FailedIndexes"
	jobSuccessPolicy = "SuccessPolicy"
	jobCompletions   = "CompletionsReached"
	ruleIgnore       = "Ignore"
	ruleFailJob      = "FailJob"
	ruleFailIndex    = "FailIndex"
	operatorIn       = "In"
)

// condition is a new condition, as of now.
func (s *jobSync) condition(kind, reason, message string) *model.Condition {
	now := s.c.manager.Engine.Now()
	return &model.Condition{Type: kind, Status: model.ConditionTrue, Reason: reason, Message: message, LastTransition: now, LastUpdate: now}
}

// judge decides whether the Job has to end: because that was decided before, because of a pod that must not
// fail, of too many failures, or because it takes too long.
func (s *jobSync) judge() {
	st := &s.job.Status
	if c := model.FindCondition(st.Conditions, model.JobSuccessCriteriaMet); c != nil && c.Status == model.ConditionTrue {
		s.finished = c
		return
	}
	if c := model.FindCondition(st.Conditions, model.JobFailureTarget); c != nil && c.Status == model.ConditionTrue {
		s.finished = s.condition(model.JobFailed, c.Reason, c.Message)
		return
	}
	if message := s.fatal(); message != "" {
		s.finished = s.condition(model.JobFailureTarget, jobFailurePolicy, message)
		return
	}
	now := s.c.manager.Engine.Now()
	switch limit := s.job.ActiveDeadlineSeconds; {
	case s.failed > s.job.BackoffLimit || s.restartedTooOften():
		s.finished = s.condition(model.JobFailureTarget, jobBackoffLimit, "Job has reached the specified backoff limit")
	case limit == nil || s.job.Suspend || st.StartTime == nil:
	default:
		due := s.c.manager.Second(*st.StartTime).Add(time.Duration(*limit) * time.Second)
		if now >= due {
			s.finished = s.condition(model.JobFailureTarget, jobDeadline, "Job was active longer than specified deadline")
			return
		}
		s.c.loop.AddAfter(s.key, due.Sub(now))
	}
}

// restartedTooOften says whether the containers of pods that are restarted in place have failed too often.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go pastBackoffLimitOnFailure.
func (s *jobSync) restartedTooOften() bool {
	if s.job.Template.Spec.RestartPolicy != model.RestartOnFailure {
		return false
	}
	restarts := int32(0)
	for _, p := range s.pods {
		if p.Status.Phase != model.PodRunning && p.Status.Phase != model.PodPending {
			continue
		}
		for _, list := range [2][]model.ContainerStatus{p.Status.InitContainers, p.Status.Containers} {
			for i := range list {
				restarts += list[i].RestartCount
			}
		}
	}
	if s.job.BackoffLimit == 0 {
		return restarts > 0
	}
	return restarts >= s.job.BackoffLimit
}

// fatal is the message of a pod that must not fail as it did; "" when there is none.
func (s *jobSync) fatal() string {
	for _, p := range s.pods {
		if len(s.job.FailureRules) > 0 && s.podFailed(p) {
			if _, _, message := s.rule(p); message != "" {
				return message
			}
		}
	}
	return ""
}

// counts says whether the failure of a pod counts towards the limit.
func (s *jobSync) counts(p *model.Pod) bool {
	_, counted, _ := s.rule(p)
	return counted
}

// rule finds the first rule of the failure policy that a pod matches: its action, whether the failure counts,
// and the message when the Job is to fail.
// Source: kubernetes v1.37.2 pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy.
func (s *jobSync) rule(p *model.Pod) (action string, counted bool, message string) {
	for i := range s.job.FailureRules {
		r := &s.job.FailureRules[i]
		cause := ""
		if r.Operator != "" {
			if c := exitMatching(p, r); c != nil {
				cause = fmt.Sprintf("Container %s for pod %s/%s failed with exit code %d", c.Name, p.Namespace, p.Name, c.State.ExitCode)
			}
		} else if c := conditionMatching(p, r); c != nil {
			cause = fmt.Sprintf("Pod %s/%s has condition %s", p.Namespace, p.Name, c.Type)
		}
		if cause == "" {
			continue
		}
		if r.Action == ruleFailJob {
			message = fmt.Sprintf("%s matching %s rule at index %d", cause, r.Action, i)
		}
		return r.Action, r.Action != ruleIgnore, message
	}
	return "", true, ""
}

// exitMatching is the container that ended with a code a rule is about.
// Source: kubernetes v1.37.2 pkg/controller/job/pod_failure_policy.go matchOnExitCodes.
func exitMatching(p *model.Pod, r *model.PodFailureRule) *model.ContainerStatus {
	for _, list := range [2][]model.ContainerStatus{p.Status.Containers, p.Status.InitContainers} {
		for i := range list {
			c := &list[i]
			if c.State.Kind != model.ContainerTerminated || c.State.ExitCode == 0 ||
				r.ContainerName != "" && r.ContainerName != c.Name {
				continue
			}
			if slices.Contains(r.ExitCodes, c.State.ExitCode) == (r.Operator == operatorIn) {
				return c
			}
		}
	}
	return nil
}

func conditionMatching(p *model.Pod, r *model.PodFailureRule) *model.PodCondition {
	for i := range p.Status.Conditions {
		c := &p.Status.Conditions[i]
		if slices.Contains(r.Conditions, model.PodConditionPattern{Type: c.Type, Status: c.Status}) {
			return c
		}
	}
	return nil
}
