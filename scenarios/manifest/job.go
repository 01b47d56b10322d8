package manifest

import (
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"towtank.dev/towtank/model"
)

func (c clock) job(j *batchv1.Job) *model.Job {
	s := &j.Status
	out := &model.Job{
		ObjectMeta: c.meta(&j.ObjectMeta), JobSpec: jobSpec(&j.Spec),
		Status: model.JobStatus{Conditions: each(s.Conditions, c.jobCondition), StartTime: c.instant(s.StartTime), CompletionTime: c.instant(s.CompletionTime),
			Active: s.Active, Ready: s.Ready, Terminating: s.Terminating, Succeeded: s.Succeeded, Failed: s.Failed,
			CompletedIndexes: s.CompletedIndexes, FailedIndexes: s.FailedIndexes},
	}
	if u := s.UncountedTerminatedPods; u != nil {
		out.Status.UncountedSucceeded, out.Status.UncountedFailed = texts(u.Succeeded), texts(u.Failed)
	}
	out.Source = j
	return out
}

// jobSpec turns a completed spec into the model's.
func jobSpec(s *batchv1.JobSpec) model.JobSpec {
	out := model.JobSpec{
		Parallelism: *s.Parallelism, Completions: s.Completions, ActiveDeadlineSeconds: s.ActiveDeadlineSeconds,
		BackoffLimit: *s.BackoffLimit, BackoffLimitPerIndex: s.BackoffLimitPerIndex, MaxFailedIndexes: s.MaxFailedIndexes,
		Selector: selector(s.Selector), ManualSelector: s.ManualSelector != nil && *s.ManualSelector, Template: template(&s.Template),
		TTLSecondsAfterFinished: s.TTLSecondsAfterFinished, CompletionMode: text(s.CompletionMode),
		Suspend: s.Suspend != nil && *s.Suspend, PodReplacementPolicy: text(s.PodReplacementPolicy), ManagedBy: text(s.ManagedBy),
	}
	if p := s.PodFailurePolicy; p != nil {
		out.FailureRules = each(p.Rules, failureRule)
	}
	if p := s.SuccessPolicy; p != nil {
		out.SuccessRules = each(p.Rules, func(r *batchv1.SuccessPolicyRule) model.SuccessRule {
			return model.SuccessRule{SucceededIndexes: text(r.SucceededIndexes), SucceededCount: r.SucceededCount}
		})
	}
	return out
}

func failureRule(r *batchv1.PodFailurePolicyRule) model.PodFailureRule {
	out := model.PodFailureRule{Action: string(r.Action)}
	if e := r.OnExitCodes; e != nil {
		out.ContainerName, out.Operator, out.ExitCodes = text(e.ContainerName), string(e.Operator), e.Values
	}
	out.Conditions = each(r.OnPodConditions, func(p *batchv1.PodFailurePolicyOnPodConditionsPattern) model.PodConditionPattern {
		return model.PodConditionPattern{Type: string(p.Type), Status: string(p.Status)}
	})
	return out
}

func toFailureRule(r *model.PodFailureRule) batchv1.PodFailurePolicyRule {
	out := batchv1.PodFailurePolicyRule{Action: batchv1.PodFailurePolicyAction(r.Action)}
	if r.Operator != "" {
		out.OnExitCodes = &batchv1.PodFailurePolicyOnExitCodesRequirement{ContainerName: pointer[string](r.ContainerName),
			Operator: batchv1.PodFailurePolicyOnExitCodesOperator(r.Operator), Values: r.ExitCodes}
	}
	out.OnPodConditions = each(r.Conditions, func(p *model.PodConditionPattern) batchv1.PodFailurePolicyOnPodConditionsPattern {
		return batchv1.PodFailurePolicyOnPodConditionsPattern{Type: v1.PodConditionType(p.Type), Status: v1.ConditionStatus(p.Status)}
	})
	return out
}

func (c clock) toJob(j *model.Job) *batchv1.Job {
	out := &batchv1.Job{}
	if source, ok := j.Source.(*batchv1.Job); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindJob), c.toMeta(&j.ObjectMeta)
	toJobSpec(&j.JobSpec, &out.Spec)
	s := &j.Status
	out.Status = batchv1.JobStatus{Conditions: each(s.Conditions, c.toJobCondition), StartTime: c.toInstant(s.StartTime), CompletionTime: c.toInstant(s.CompletionTime),
		Active: s.Active, Ready: s.Ready, Terminating: s.Terminating, Succeeded: s.Succeeded, Failed: s.Failed,
		CompletedIndexes: s.CompletedIndexes, FailedIndexes: s.FailedIndexes}
	if s.StartTime != nil || len(s.UncountedSucceeded)+len(s.UncountedFailed) > 0 {
		out.Status.UncountedTerminatedPods = &batchv1.UncountedTerminatedPods{
			Succeeded: named[types.UID](s.UncountedSucceeded), Failed: named[types.UID](s.UncountedFailed)}
	}
	return out
}

// toJobSpec writes the spec over its source, which may be empty.
func toJobSpec(s *model.JobSpec, out *batchv1.JobSpec) {
	out.Parallelism, out.Completions, out.ActiveDeadlineSeconds = &s.Parallelism, s.Completions, s.ActiveDeadlineSeconds
	out.BackoffLimit, out.BackoffLimitPerIndex, out.MaxFailedIndexes = &s.BackoffLimit, s.BackoffLimitPerIndex, s.MaxFailedIndexes
	out.Selector, out.Template, out.TTLSecondsAfterFinished = toSelector(s.Selector), toTemplate(s.Template), s.TTLSecondsAfterFinished
	out.Suspend, out.ManagedBy = &s.Suspend, pointer[string](s.ManagedBy)
	out.CompletionMode = pointer[batchv1.CompletionMode](s.CompletionMode)
	out.PodReplacementPolicy = pointer[batchv1.PodReplacementPolicy](s.PodReplacementPolicy)
	out.ManualSelector = nil
	if s.ManualSelector {
		out.ManualSelector = &s.ManualSelector
	}
	out.PodFailurePolicy, out.SuccessPolicy = nil, nil
	if len(s.FailureRules) > 0 {
		out.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: each(s.FailureRules, toFailureRule)}
	}
	if len(s.SuccessRules) > 0 {
		out.SuccessPolicy = &batchv1.SuccessPolicy{Rules: each(s.SuccessRules, func(r *model.SuccessRule) batchv1.SuccessPolicyRule {
			return batchv1.SuccessPolicyRule{SucceededIndexes: pointer[string](r.SucceededIndexes), SucceededCount: r.SucceededCount}
		})}
	}
}

// cronJob turns a completed CronJob into the model's. Its jobs are completed when they are made; here they are
// from the start, while the source stays as it is.
func (c clock) cronJob(j *batchv1.CronJob) *model.CronJob {
	s := &j.Spec
	made := *s.JobTemplate.Spec.DeepCopy()
	completeJobNumbers(&made)
	out := &model.CronJob{
		ObjectMeta: c.meta(&j.ObjectMeta), Schedule: s.Schedule, TimeZone: text(s.TimeZone), StartingDeadlineSeconds: s.StartingDeadlineSeconds,
		ConcurrencyPolicy: string(s.ConcurrencyPolicy), Suspend: *s.Suspend,
		JobTemplate:                model.JobTemplate{Labels: s.JobTemplate.Labels, Annotations: s.JobTemplate.Annotations, Spec: jobSpec(&made)},
		SuccessfulJobsHistoryLimit: s.SuccessfulJobsHistoryLimit, FailedJobsHistoryLimit: s.FailedJobsHistoryLimit,
		Status: model.CronJobStatus{Active: each(j.Status.Active, reference), LastSchedule: c.instant(j.Status.LastScheduleTime),
			LastSuccessful: c.instant(j.Status.LastSuccessfulTime)},
	}
	out.Source = j
	return out
}

func (c clock) toCronJob(j *model.CronJob) *batchv1.CronJob {
	out := &batchv1.CronJob{}
	source, ok := j.Source.(*batchv1.CronJob)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindCronJob), c.toMeta(&j.ObjectMeta)
	s := &out.Spec
	s.Schedule, s.TimeZone, s.StartingDeadlineSeconds = j.Schedule, pointer[string](j.TimeZone), j.StartingDeadlineSeconds
	s.ConcurrencyPolicy, s.Suspend = batchv1.ConcurrencyPolicy(j.ConcurrencyPolicy), &j.Suspend
	s.SuccessfulJobsHistoryLimit, s.FailedJobsHistoryLimit = j.SuccessfulJobsHistoryLimit, j.FailedJobsHistoryLimit
	if !ok { // the template changes by patches alone, which make a new source
		s.JobTemplate.ObjectMeta = metav1.ObjectMeta{Labels: j.JobTemplate.Labels, Annotations: j.JobTemplate.Annotations}
		toJobSpec(&j.JobTemplate.Spec, &s.JobTemplate.Spec)
	}
	out.Status = batchv1.CronJobStatus{Active: each(j.Status.Active, toReference), LastScheduleTime: c.toInstant(j.Status.LastSchedule),
		LastSuccessfulTime: c.toInstant(j.Status.LastSuccessful)}
	return out
}

func reference(r *v1.ObjectReference) model.ObjectReference {
	return model.ObjectReference{Kind: model.Kind(r.Kind), Namespace: r.Namespace, Name: r.Name, UID: string(r.UID), FieldPath: r.FieldPath}
}

func toReference(r *model.ObjectReference) v1.ObjectReference {
	return v1.ObjectReference{Kind: string(r.Kind), APIVersion: apiVersions[r.Kind], Namespace: r.Namespace, Name: r.Name, UID: uid(r.UID), FieldPath: r.FieldPath}
}
