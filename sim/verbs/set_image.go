package verbs

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

var setImageInfo = Info{
	Name:    "set-image",
	Doc:     "Sets the images of containers in the pod templates of workloads, which begins a rollout.",
	Example: "set-image: {deployment: shop/web, images: {web: 'registry.example/web:2'}}",
	New:     func() Verb { return new(SetImage) },
}

// SetImage is kubectl set image.
type SetImage struct {
	Target Target            `yaml:",inline"`
	Images map[string]string `yaml:"images" doc:"Image by name of container; the name * means all containers."`
}

// Check refuses what has no pod template, and images that are missing.
// Source: kubectl pkg/cmd/set/set_image.go Validate (v0.37.2).
func (v *SetImage) Check() error {
	if len(v.Images) == 0 {
		return fmt.Errorf("images: missing, want at least one container with its image")
	}
	if _, all := v.Images["*"]; all && len(v.Images) > 1 {
		return fmt.Errorf("images: all containers are already named by *, want no others beside")
	}
	for _, name := range v.names() {
		if v.Images[name] == "" {
			return fmt.Errorf("images: container %q has no image, want one such as registry.example/web:2", name)
		}
	}
	return v.Target.checkKind("has no pod template that can be changed", templated...)
}

// templated are the kinds whose pod template may be changed.
var templated = []model.Kind{model.KindDeployment, model.KindReplicaSet, model.KindReplicationController,
	model.KindStatefulSet, model.KindDaemonSet, model.KindCronJob}

func (v *SetImage) names() []string {
	names := make([]string, 0, len(v.Images))
	for name := range v.Images {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Do sets the images of the objects in the order of their creation.
func (v *SetImage) Do(env *Env) error {
	return v.Target.each(env.API, func(o model.Object) (model.Object, error) {
		patch, err := v.patch(o.Kind(), specOf(o))
		if err != nil || patch == nil {
			return nil, err
		}
		return env.Patch(o, patch)
	})
}

// specOf is the pod spec of a workload's template.
func specOf(o model.Object) *model.PodSpec {
	if t := templateOf(o); t != nil {
		return t.Spec
	}
	return &model.PodSpec{}
}

// templateOf is a workload's pod template, nil when it has none.
func templateOf(o model.Object) *model.PodTemplate {
	switch o := o.(type) {
	case *model.Deployment:
		return o.Template
	case *model.ReplicaSet:
		return o.Template
	case *model.ReplicationController:
		return o.Template
	case *model.StatefulSet:
		return o.Template
	case *model.DaemonSet:
		return o.Template
	case *model.CronJob:
		return o.JobTemplate.Spec.Template
	}
	return nil
}

// patch is the strategic merge patch of a template with these containers, nil when all images are as they should be.
// Source: kubectl pkg/cmd/set/set_image.go Run, setImage (v0.37.2): init containers are looked at first, and one of
// the name in either list will do.
func (v *SetImage) patch(kind model.Kind, spec *model.PodSpec) ([]byte, error) {
	type container struct {
		Name  string `json:"name"`
		Image string `json:"image"`
	}
	lists := map[string][]container{}
	var missing []string
	for _, name := range v.names() {
		found := false
		look := func(list string, containers []model.Container) {
			for i := range containers {
				c := &containers[i]
				if name != "*" && c.Name != name {
					continue
				}
				found = true
				if c.Image != v.Images[name] {
					lists[list] = append(lists[list], container{c.Name, v.Images[name]})
				}
			}
		}
		look("initContainers", spec.InitContainers)
		look("containers", spec.Containers)
		if !found {
			missing = append(missing, fmt.Sprintf("error: unable to find container named %q", name))
		}
	}
	if len(missing) > 0 {
		return nil, errors.New(strings.Join(missing, "; "))
	}
	if len(lists) == 0 {
		return nil, nil
	}
	return templatePatch(kind, map[string]any{"spec": lists}), nil
}

// templatePatch is a strategic merge patch of the pod template of a workload of a kind.
func templatePatch(kind model.Kind, template map[string]any) []byte {
	patch := map[string]any{"spec": map[string]any{"template": template}}
	if kind == model.KindCronJob {
		patch = map[string]any{"spec": map[string]any{"jobTemplate": patch}}
	}
	data, err := json.Marshal(patch)
	if err != nil {
		panic("verbs: a patch cannot be written: " + err.Error())
	}
	return data
}
