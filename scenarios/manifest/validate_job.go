package manifest

import (
	"fmt"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateJob checks a Job; its selector is made by the server, unless it is the user's own.
// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go ValidateJobCreate, validateNameAllowsCompletions.
func validateJob(j *batchv1.Job, spec *field.Path) field.ErrorList {
	s := &j.Spec
	errs := validateJobSpec(s, spec)
	if *s.ManualSelector {
		errs = append(errs, validateOwned(s.Selector, &s.Template, spec, "empty selector is invalid")...)
	}
	if *s.CompletionMode == batchv1.IndexedCompletion && s.Completions != nil && *s.Completions > 0 && j.Name != "" {
		last := fmt.Sprintf("%s-%d", j.Name, *s.Completions-1)
		if len(validation.IsDNS1123Label(last)) > 0 {
			errs = append(errs, field.Invalid(field.NewPath("metadata", "name"), j.Name, "will not able to create pod with invalid DNS label: "+last))
		}
	}
	return errs
}

// validateJobSpec checks the spec of a Job or of a CronJob's jobs.
// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go validateJobSpec.
func validateJobSpec(s *batchv1.JobSpec, spec *field.Path) field.ErrorList {
	errs := nonnegative(s.Parallelism, spec.Child("parallelism"))
	errs = append(errs, nonnegative(s.Completions, spec.Child("completions"))...)
	errs = append(errs, nonnegative(s.ActiveDeadlineSeconds, spec.Child("activeDeadlineSeconds"))...)
	errs = append(errs, nonnegative(s.BackoffLimit, spec.Child("backoffLimit"))...)
	errs = append(errs, nonnegative(s.TTLSecondsAfterFinished, spec.Child("ttlSecondsAfterFinished"))...)
	errs = append(errs, nonnegative(s.BackoffLimitPerIndex, spec.Child("backoffLimitPerIndex"))...)
	errs = append(errs, nonnegative(s.MaxFailedIndexes, spec.Child("maxFailedIndexes"))...)
	if s.MaxFailedIndexes != nil && s.BackoffLimitPerIndex == nil {
		errs = append(errs, field.Required(spec.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified"))
	}
	errs = append(errs, optional(text(s.CompletionMode), spec.Child("completionMode"), string(batchv1.IndexedCompletion), string(batchv1.NonIndexedCompletion))...)
	errs = append(errs, validateIndexed(s, spec)...)
	if p := s.PodFailurePolicy; p != nil {
		errs = append(errs, validateFailurePolicy(s, spec.Child("podFailurePolicy", "rules"))...)
	}
	if p := text(s.PodReplacementPolicy); s.PodFailurePolicy != nil {
		errs = append(errs, optional(p, spec.Child("podReplacementPolicy"), string(batchv1.Failed))...)
	} else {
		errs = append(errs, optional(p, spec.Child("podReplacementPolicy"), string(batchv1.Failed), string(batchv1.TerminatingOrFailed))...)
	}
	errs = append(errs, validateTemplate(&s.Template, spec.Child("template"))...)
	return append(errs, validateEnding(s, spec.Child("template", "spec", "restartPolicy"))...)
}

// validateEnding refuses pods that never end.
func validateEnding(s *batchv1.JobSpec, path *field.Path) field.ErrorList {
	switch p := s.Template.Spec.RestartPolicy; {
	case p == v1.RestartPolicyAlways || p == "":
		return field.ErrorList{field.Required(path, fmt.Sprintf("valid values: %q, %q", v1.RestartPolicyOnFailure, v1.RestartPolicyNever))}
	case p != v1.RestartPolicyOnFailure && p != v1.RestartPolicyNever:
		return nil // the template's own check has told
	case s.PodFailurePolicy != nil && p != v1.RestartPolicyNever:
		return field.ErrorList{field.Invalid(path, p, fmt.Sprintf("only %q is supported when podFailurePolicy is specified", v1.RestartPolicyNever))}
	}
	return nil
}

// Source: kubernetes v1.37.2 pkg/apis/batch/validation/validation.go validateCronJobSpec, ValidateCronJobCreate. The schedule
// itself is read by the controller.
func validateCronJob(j *batchv1.CronJob, spec *field.Path) field.ErrorList {
	s := &j.Spec
	var errs field.ErrorList
	switch {
	case s.Schedule == "":
		errs = append(errs, field.Required(spec.Child("schedule"), ""))
	case strings.Contains(s.Schedule, "TZ"):
		errs = append(errs, field.Invalid(spec.Child("schedule"), s.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
	case !strings.HasPrefix(s.Schedule, "@") && len(strings.Fields(s.Schedule)) != 5:
		errs = append(errs, field.Invalid(spec.Child("schedule"), s.Schedule, fmt.Sprintf("expected exactly 5 fields, found %d", len(strings.Fields(s.Schedule)))))
	}
	if s.TimeZone != nil {
		if _, err := time.LoadLocation(*s.TimeZone); err != nil || *s.TimeZone == "" || strings.EqualFold(*s.TimeZone, "local") {
			errs = append(errs, field.Invalid(spec.Child("timeZone"), *s.TimeZone, "unknown time zone "+*s.TimeZone))
		}
	}
	errs = append(errs, nonnegative(s.StartingDeadlineSeconds, spec.Child("startingDeadlineSeconds"))...)
	errs = append(errs, oneOf(s.ConcurrencyPolicy, spec.Child("concurrencyPolicy"), batchv1.AllowConcurrent, batchv1.ForbidConcurrent, batchv1.ReplaceConcurrent)...)
	errs = append(errs, nonnegative(s.SuccessfulJobsHistoryLimit, spec.Child("successfulJobsHistoryLimit"))...)
	errs = append(errs, nonnegative(s.FailedJobsHistoryLimit, spec.Child("failedJobsHistoryLimit"))...)
	const longest = 63 - 11 // the names of jobs are the CronJob's with 11 characters more
	if len(j.Name) > longest {
		errs = append(errs, field.Invalid(field.NewPath("metadata", "name"), j.Name, "must be no more than 52 characters"))
	}
	at := spec.Child("jobTemplate", "spec")
	if m := s.JobTemplate.Spec.ManualSelector; m != nil && *m {
		errs = append(errs, field.NotSupported(at.Child("manualSelector"), *m, []string{"nil", "false"}))
	}
	return append(errs, validateJobSpec(&s.JobTemplate.Spec, at)...)
}
