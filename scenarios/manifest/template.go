package manifest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/utils/dump"

	"towtank.dev/towtank/model"
)

// template turns a completed pod template into the model's. Its source stays as templates are; the spec,
// which pods share, has in addition what only pods are given.
func template(t *v1.PodTemplateSpec) *model.PodTemplate {
	spec := t.Spec.DeepCopy()
	completePodSpec(spec)
	mergeLabelKeys(spec, t.Labels)
	return &model.PodTemplate{
		Labels: t.Labels, Annotations: t.Annotations, Finalizers: t.Finalizers,
		Spec: podSpec(spec), Hash: templateHash(t), Source: t,
	}
}

// revised is a template of which ControllerRevisions are made.
func revised(t *v1.PodTemplateSpec) *model.PodTemplate {
	out := template(t)
	out.RevisionHash = revisionHash(t)
	return out
}

// toTemplate turns a template back: its source with the labels of today.
func toTemplate(t *model.PodTemplate) v1.PodTemplateSpec {
	var out v1.PodTemplateSpec
	if t == nil {
		return out
	}
	if source, ok := t.Source.(*v1.PodTemplateSpec); ok {
		out = *source
	} else {
		out.Spec = toPodSpec(t.Spec, "")
	}
	out.Labels, out.Annotations, out.Finalizers = t.Labels, t.Annotations, t.Finalizers
	return out
}

// templateHash is the sum over a template as the API server would give it, without the label that holds
// the hash itself.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ComputeHash, pkg/util/hash/hash.go DeepHashObject.
func templateHash(t *v1.PodTemplateSpec) uint32 {
	plain := *t
	plain.Labels = without(t.Labels, model.LabelTemplateHash)
	data, err := json.Marshal(&plain)
	if err != nil {
		panic("manifest: a pod template cannot be written: " + err.Error())
	}
	var given v1.PodTemplateSpec
	if err := json.Unmarshal(data, &given); err != nil {
		panic("manifest: a pod template cannot be read again: " + err.Error())
	}
	sum := fnv.New32a()
	fmt.Fprintf(sum, "%v", dump.ForHash(given))
	return sum.Sum32()
}

// revisionHash is the sum over the data of a template's ControllerRevision: a patch that puts the template
// in the place of another.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go getPatch,
// pkg/controller/history/controller_history.go HashControllerRevision.
func revisionHash(t *v1.PodTemplateSpec) uint32 {
	sum := fnv.New32()
	sum.Write(revisionData(t))
	return sum.Sum32()
}

// revisionData is the data of a ControllerRevision. Source: as revisionHash.
func revisionData(t *v1.PodTemplateSpec) []byte {
	data, err := json.Marshal(t)
	var raw map[string]any
	if err == nil {
		err = json.Unmarshal(data, &raw)
	}
	if err != nil {
		panic("manifest: a pod template cannot be written: " + err.Error())
	}
	raw["$patch"] = "replace"
	data, _ = json.Marshal(map[string]any{"spec": map[string]any{"template": raw}})
	return data
}

// without is a map without a key; m itself is not changed.
func without(m map[string]string, key string) map[string]string {
	if _, has := m[key]; !has {
		return m
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// templateOf is where an object keeps its pod template, nil for kinds that have none.
func templateOf(o model.Object) **model.PodTemplate {
	switch o := o.(type) {
	case *model.ReplicationController:
		return &o.Template
	case *model.ReplicaSet:
		return &o.Template
	case *model.Deployment:
		return &o.Template
	case *model.StatefulSet:
		return &o.Template
	case *model.DaemonSet:
		return &o.Template
	case *model.Job:
		return &o.Template
	case *model.CronJob:
		return &o.JobTemplate.Spec.Template
	case *model.ControllerRevision:
		return &o.Template
	}
	return nil
}

// keepTemplate puts the template of the old object into the new one when it says the same, or at least its
// spec, so that the pods of both share one.
func keepTemplate(old, made model.Object) {
	was, is := templateOf(old), templateOf(made)
	if is == nil || *was == nil || *is == nil {
		return
	}
	a, b := toTemplate(*was), toTemplate(*is)
	if !equality.Semantic.DeepEqual(a.Spec, b.Spec) {
		return
	}
	if equality.Semantic.DeepEqual(a.ObjectMeta, b.ObjectMeta) {
		*is = *was
		return
	}
	if len(labelKeys(&a.Spec)) == 0 {
		(*is).Spec = (*was).Spec
	}
}
