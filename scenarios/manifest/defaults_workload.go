package manifest

import (
	"math"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"towtank.dev/towtank/model"
)

// completeTemplate fills in what a pod template is given: less than pods are, which get the rest when they
// are made of it.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_PodSpec, SetDefaults_Pod ("PodTemplate is
// not defaulted this way").
func completeTemplate(t *v1.PodTemplateSpec) { completeTemplateSpec(&t.Spec) }

// Source: kubernetes v1.37.2 pkg/apis/apps/v1/defaults.go SetDefaults_Deployment.
func completeDeployment(d *appsv1.Deployment) {
	s := &d.Spec
	completeTemplate(&s.Template)
	fillPointer(&s.Replicas, 1)
	fill(&s.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if s.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		fillPointer(&s.Strategy.RollingUpdate, appsv1.RollingUpdateDeployment{})
		fillPointer(&s.Strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
		fillPointer(&s.Strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
	}
	fillPointer(&s.RevisionHistoryLimit, 10)
	fillPointer(&s.ProgressDeadlineSeconds, 600)
}

// Source: kubernetes v1.37.2 pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet.
func completeDaemonSet(d *appsv1.DaemonSet) {
	s := &d.Spec
	completeTemplate(&s.Template)
	fill(&s.UpdateStrategy.Type, appsv1.RollingUpdateDaemonSetStrategyType)
	if s.UpdateStrategy.Type == appsv1.RollingUpdateDaemonSetStrategyType {
		fillPointer(&s.UpdateStrategy.RollingUpdate, appsv1.RollingUpdateDaemonSet{})
		fillPointer(&s.UpdateStrategy.RollingUpdate.MaxUnavailable, intstr.FromInt32(1))
		fillPointer(&s.UpdateStrategy.RollingUpdate.MaxSurge, intstr.FromInt32(0))
	}
	fillPointer(&s.RevisionHistoryLimit, 10)
}

// Source: kubernetes v1.37.2 pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet, with the feature
// MaxUnavailableStatefulSet, which is on.
func completeStatefulSet(set *appsv1.StatefulSet) {
	s := &set.Spec
	completeTemplate(&s.Template)
	fill(&s.PodManagementPolicy, appsv1.OrderedReadyPodManagement)
	if s.UpdateStrategy.Type == "" {
		s.UpdateStrategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
		fillPointer(&s.UpdateStrategy.RollingUpdate, appsv1.RollingUpdateStatefulSetStrategy{})
	}
	if u := s.UpdateStrategy.RollingUpdate; u != nil && s.UpdateStrategy.Type == appsv1.RollingUpdateStatefulSetStrategyType {
		fillPointer(&u.Partition, 0)
		fillPointer(&u.MaxUnavailable, intstr.FromInt32(1))
	}
	fillPointer(&s.PersistentVolumeClaimRetentionPolicy, appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{})
	fill(&s.PersistentVolumeClaimRetentionPolicy.WhenDeleted, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	fill(&s.PersistentVolumeClaimRetentionPolicy.WhenScaled, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	fillPointer(&s.Replicas, 1)
	fillPointer(&s.RevisionHistoryLimit, 10)
	for i := range s.VolumeClaimTemplates {
		t := &s.VolumeClaimTemplates[i]
		t.Kind, t.APIVersion = string(model.KindPersistentVolumeClaim), coreVersion
		fill(&t.Status.Phase, v1.ClaimPending)
		fillPointer(&t.Spec.VolumeMode, v1.PersistentVolumeFilesystem)
	}
}

// Source: kubernetes v1.37.2 pkg/apis/batch/v1/defaults.go SetDefaults_Job.
func completeJob(j *batchv1.Job) {
	completeJobSpec(&j.Spec)
	if len(j.Labels) == 0 && j.Spec.Template.Labels != nil {
		j.Labels = j.Spec.Template.Labels
	}
	completeJobNumbers(&j.Spec)
}

// completeJobNumbers fills in what only Jobs are given, not the templates of CronJobs.
func completeJobNumbers(s *batchv1.JobSpec) {
	if s.Completions == nil && s.Parallelism == nil {
		fillPointer(&s.Completions, 1)
	}
	fillPointer(&s.Parallelism, 1)
	if s.BackoffLimitPerIndex != nil {
		fillPointer(&s.BackoffLimit, math.MaxInt32)
	}
	fillPointer(&s.BackoffLimit, 6)
	fillPointer(&s.CompletionMode, batchv1.NonIndexedCompletion)
	fillPointer(&s.Suspend, false)
	if s.PodFailurePolicy != nil {
		fillPointer(&s.PodReplacementPolicy, batchv1.Failed)
	}
	fillPointer(&s.PodReplacementPolicy, batchv1.TerminatingOrFailed)
	fillPointer(&s.ManualSelector, false)
}

func completeJobSpec(s *batchv1.JobSpec) {
	completeTemplate(&s.Template)
	if s.PodFailurePolicy == nil {
		return
	}
	for i := range s.PodFailurePolicy.Rules {
		r := &s.PodFailurePolicy.Rules[i]
		for j := range r.OnPodConditions {
			fill(&r.OnPodConditions[j].Status, v1.ConditionTrue)
		}
	}
}

// Source: kubernetes v1.37.2 pkg/apis/batch/v1/defaults.go SetDefaults_CronJob.
func completeCronJob(j *batchv1.CronJob) {
	completeJobSpec(&j.Spec.JobTemplate.Spec)
	fill(&j.Spec.ConcurrencyPolicy, batchv1.AllowConcurrent)
	fillPointer(&j.Spec.Suspend, false)
	fillPointer(&j.Spec.SuccessfulJobsHistoryLimit, 3)
	fillPointer(&j.Spec.FailedJobsHistoryLimit, 1)
}

// Source: kubernetes v1.37.2 pkg/apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler.
func completeAutoscaler(a *autoscalingv2.HorizontalPodAutoscaler) {
	fillPointer(&a.Spec.MinReplicas, 1)
	if len(a.Spec.Metrics) == 0 {
		utilization := int32(80) // Source: kubernetes v1.37.2 pkg/apis/autoscaling/annotations.go DefaultCPUUtilization.
		a.Spec.Metrics = []autoscalingv2.MetricSpec{{
			Type: autoscalingv2.ResourceMetricSourceType,
			Resource: &autoscalingv2.ResourceMetricSource{Name: v1.ResourceCPU,
				Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &utilization}},
		}}
	}
	if b := a.Spec.Behavior; b != nil {
		window := int32(0)
		completeScaling(&b.ScaleUp, &window, autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PodsScalingPolicy, Value: 4, PeriodSeconds: 15},
			autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: 15})
		completeScaling(&b.ScaleDown, nil, autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PercentScalingPolicy, Value: 100, PeriodSeconds: 15})
	}
}

// completeScaling fills in the rules of one direction.
// Source: kubernetes v1.37.2 pkg/apis/autoscaling/v2/defaults.go defaultHPAScaleUpRules, defaultHPAScaleDownRules.
func completeScaling(rules **autoscalingv2.HPAScalingRules, window *int32, policies ...autoscalingv2.HPAScalingPolicy) {
	fillPointer(rules, autoscalingv2.HPAScalingRules{})
	r := *rules
	if r.StabilizationWindowSeconds == nil {
		r.StabilizationWindowSeconds = window
	}
	fillPointer(&r.SelectPolicy, autoscalingv2.MaxChangePolicySelect)
	if r.Policies == nil {
		r.Policies = policies
	}
}

// completeLimits gives containers the most as their default, and the default as their request.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem.
func completeLimits(l *v1.LimitRange) {
	for i := range l.Spec.Limits {
		item := &l.Spec.Limits[i]
		if item.Type == v1.LimitTypeContainer {
			addMissing(made(&item.Default), item.Max)
			addMissing(made(&item.DefaultRequest), item.Default)
			addMissing(item.DefaultRequest, item.Min)
		}
	}
}
