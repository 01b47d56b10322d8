package apiserver

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// create goes the way of a new object: what changes it comes first, then its name, then what judges it.
// Source: kubernetes v1.37.2 apiserver pkg/endpoints/handlers/create.go, pkg/registry/rest/create.go BeforeCreate.
func (s *Server) create(o model.Object, loaded bool) (model.Object, error) {
	store := s.Collection(o.Kind())
	if store == nil {
		return nil, &StatusError{BadRequest, "no matches for kind \"" + string(o.Kind()) + "\""}
	}
	o = Copy(o)
	m := o.Meta()
	if !store.Resource().Namespaced {
		m.Namespace = ""
	} else if m.Namespace == "" {
		m.Namespace = "default"
	}
	if store.Resource().Namespaced {
		if err := s.admitNamespace(store.Resource(), m, loaded); err != nil {
			return nil, err
		}
	}
	if err := s.admit(o, loaded); err != nil {
		return nil, err
	}
	if err := s.name(store, m); err != nil {
		return nil, err
	}
	if store.Find(m.Namespace, m.Name) != nil {
		return nil, alreadyExists(store.Resource(), m.Name)
	}
	if !loaded {
		fresh(m, s.engine.Now())
	}
	if m.UID == "" {
		m.UID = s.names.uid(o.Kind(), m, s.engine.Now())
	}
	s.prepare(o, loaded)
	if !loaded {
		if err := s.judge(o); err != nil {
			return nil, err
		}
	}
	s.put(store, Change{Type: Added, New: o})
	return o, nil
}

// asked is the name of a new object as messages give it before it has been generated.
// Source: kubernetes v1.37.2 apiserver pkg/admission/errors.go extractResourceName.
func asked(m *model.ObjectMeta) string {
	if m.Name == "" {
		return m.GenerateName
	}
	return m.Name
}

// fresh drops what only the server may set.
func fresh(m *model.ObjectMeta, now sim.Time) {
	m.UID, m.Generation, m.Created = "", 0, now
	m.Deleting, m.Deleted, m.DeletionGracePeriodSeconds = false, 0, 0
}

// prepare completes an object that has its name and UID. A new one begins without a status.
// Source: kubernetes v1.37.2 pkg/registry/*/*/strategy.go PrepareForCreate.
func (s *Server) prepare(o model.Object, loaded bool) {
	if !loaded {
		clearStatus(o)
	}
	if m := o.Meta(); m.Generation == 0 && counts(o.Kind(), loaded) {
		m.Generation = 1
	}
	switch o := o.(type) {
	case *model.Job:
		selectPodsOf(o)
	case *model.DaemonSet:
		o.TemplateGeneration = max(o.TemplateGeneration, 1)
	case *model.Service:
		s.assignAddress(o)
	}
}

// counts says whether objects of a kind have a generation. Pods that were there before may be from a time
// before pods had one.
// Source: kubernetes v1.37.2 pkg/registry/*/*/strategy.go PrepareForCreate.
func counts(kind model.Kind, loaded bool) bool {
	switch kind {
	case model.KindPod:
		return !loaded
	case model.KindDeployment, model.KindReplicaSet, model.KindReplicationController, model.KindStatefulSet, model.KindDaemonSet,
		model.KindJob, model.KindCronJob, model.KindHorizontalPodAutoscaler, model.KindPodDisruptionBudget, model.KindEndpointSlice,
		model.KindPriorityClass:
		return true
	}
	return false
}

// clearStatus takes away what only controllers write.
func clearStatus(o model.Object) {
	switch o := o.(type) {
	case *model.Deployment:
		o.Status = model.DeploymentStatus{}
	case *model.ReplicaSet:
		o.Status = model.ReplicaSetStatus{}
	case *model.ReplicationController:
		o.Status = model.ReplicaSetStatus{}
	case *model.StatefulSet:
		o.Status = model.StatefulSetStatus{}
	case *model.DaemonSet:
		o.Status = model.DaemonSetStatus{}
	case *model.Job:
		o.Status = model.JobStatus{}
	case *model.CronJob:
		o.Status = model.CronJobStatus{}
	case *model.HorizontalPodAutoscaler:
		o.Status = model.AutoscalerStatus{}
	case *model.PodDisruptionBudget:
		o.Status = model.DisruptionBudgetStatus{}
	case *model.ResourceQuota:
		o.Status = model.QuotaStatus{}
	}
}

// The labels by which a Job knows its pods, of today and of before.
// Source: kubernetes v1.37.2 pkg/apis/batch/types.go LegacyJobNameLabel, LegacyControllerUidLabel.
const (
	legacyJobName       = "job-name"
	legacyControllerUID = "controller-uid"
)

// selectPodsOf gives a Job's template the labels that no other Job's has, and the Job a selector for them.
// Source: kubernetes v1.37.2 pkg/registry/batch/job/strategy.go generateSelectorIfNeeded, generateSelector.
func selectPodsOf(j *model.Job) {
	if j.ManualSelector || j.Template == nil {
		return
	}
	labels := make(map[string]string, len(j.Template.Labels)+4)
	for _, l := range [...]struct{ key, value string }{
		{legacyJobName, j.Name}, {model.LabelJobName, j.Name}, {legacyControllerUID, j.UID}, {model.LabelControllerUID, j.UID},
	} {
		labels[l.key] = l.value
	}
	for k, v := range j.Template.Labels {
		labels[k] = v
	}
	template := *j.Template
	template.Labels, j.Template = labels, &template
	if j.Selector == nil || len(j.Selector.Requirements) == 0 {
		j.Selector = &model.Selector{Requirements: []model.Requirement{
			{Key: model.LabelControllerUID, Operator: model.OpIn, Values: []string{j.UID}}}}
	}
}
