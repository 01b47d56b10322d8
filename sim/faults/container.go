package faults

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/verbs"
)

var killContainerInfo = verbs.Info{
	Name:    "kill-container",
	Doc:     "Containers of pods end at once, as if they had crashed.",
	Example: "kill-container: {pods: {labels: {app: web}}, container: server, exit: 139}",
	New:     func() verbs.Verb { return &KillContainer{} },
}

// KillContainer ends containers that run.
type KillContainer struct {
	Target    verbs.Target `yaml:",inline"`
	Container string       `yaml:"container" doc:"Name of the container. Default: every regular container of the pod."`
	Exit      int32        `yaml:"exit" doc:"Exit code, 0 to 255. Default 137."`
	Reason    string       `yaml:"reason" doc:"Reason of the end. Default: Error, or Completed with exit code 0."`
}

// Check says what is wrong with the aim.
func (f *KillContainer) Check() error {
	switch {
	case f.Target.Kind != model.KindPod:
		return fmt.Errorf("%s: not a pod, want pod or pods", f.Target)
	case f.Exit < 0 || f.Exit > 255:
		return fmt.Errorf("exit: %d is no exit code, want 0 to 255", f.Exit)
	}
	return nil
}

// Do ends the containers. It is told when none of them runs.
func (f *KillContainer) Do(env *verbs.Env) error {
	objects, err := f.Target.Objects(env.API)
	if err != nil {
		return err
	}
	killed := 0
	for _, o := range objects {
		pod := o.(*model.Pod)
		for _, name := range f.containers(pod) {
			if env.Machines.KillContainer(env.Now, pod.UID, name, f.code(), f.Reason) {
				killed++
			}
		}
	}
	if killed == 0 {
		return fmt.Errorf("no container of %s runs", f.Target)
	}
	return nil
}

func (f *KillContainer) code() int32 {
	if f.Exit == 0 && f.Reason == "" {
		return 137
	}
	return f.Exit
}

func (f *KillContainer) containers(pod *model.Pod) []string {
	if f.Container != "" {
		return []string{f.Container}
	}
	var names []string
	for i := range pod.Spec.Containers {
		names = append(names, pod.Spec.Containers[i].Name)
	}
	return names
}
