package world

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

func TestWhenARolloutIsOver(t *testing.T) {
	five := int32(5)
	for _, c := range []struct {
		name   string
		object model.Object
		want   workloadState
	}{
		{"a Deployment of which nobody has seen the new template", &model.Deployment{ObjectMeta: model.ObjectMeta{Generation: 2}, Replicas: 3,
			Status: model.DeploymentStatus{ObservedGeneration: 1, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3}}, workloadState{wanted: 3, available: 3, there: 3}},
		{"a Deployment with an old pod left", &model.Deployment{Replicas: 3, Status: model.DeploymentStatus{Replicas: 4, UpdatedReplicas: 3, AvailableReplicas: 3}},
			workloadState{wanted: 3, available: 3, there: 4}},
		{"a Deployment whose last pod is not available yet", &model.Deployment{Replicas: 3, Status: model.DeploymentStatus{Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 2}},
			workloadState{wanted: 3, available: 2, there: 3}},
		{"a Deployment that is as it should be", &model.Deployment{Replicas: 3, Status: model.DeploymentStatus{Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3}},
			workloadState{wanted: 3, available: 3, there: 3, rolledOut: true}},
		{"a StatefulSet updates the pods from its partition on", &model.StatefulSet{Replicas: 3, UpdateStrategy: model.StatefulSetStrategy{Partition: 2},
			Status: model.StatefulSetStatus{Replicas: 3, UpdatedReplicas: 1, AvailableReplicas: 3}}, workloadState{wanted: 3, available: 3, there: 3, rolledOut: true}},
		{"a DaemonSet that lacks a node", &model.DaemonSet{Status: model.DaemonSetStatus{DesiredNumberScheduled: 3, CurrentNumberScheduled: 3, UpdatedNumberScheduled: 2, NumberAvailable: 3}},
			workloadState{wanted: 3, available: 3, there: 3}},
		{"a Job wants no more pods than it has completions left for", &model.Job{JobSpec: model.JobSpec{Parallelism: 4, Completions: &five}, Status: model.JobStatus{Succeeded: 3, Failed: 1}},
			workloadState{wanted: 2, rolledOut: true, succeeded: 3, failed: 1}},
		{"a Job that has failed wants none", &model.Job{JobSpec: model.JobSpec{Parallelism: 4}, Status: model.JobStatus{Conditions: []model.Condition{{Type: model.JobFailed, Status: "True"}}}},
			workloadState{rolledOut: true}},
		{"a suspended Job wants none", &model.Job{JobSpec: model.JobSpec{Parallelism: 4, Suspend: true}}, workloadState{rolledOut: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := stateOf(c.object); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// 3 wanted for 10 s with 1 available, then 5 available for 10 s: 60 wanted, 1·10 + 3·10 = 40 available pod seconds.
func TestAvailabilityCountsNoMoreThanIsWanted(t *testing.T) {
	w := &workloadUse{rolling: sim.Never}
	w.row.Wanted, w.row.Available = 3, 1
	w.advance(sim.At(10 * time.Second))
	w.row.Available = 5
	w.advance(sim.At(20 * time.Second))
	if w.row.WantedIntegral != 60 || w.row.AvailableIntegral != 40 || w.row.BelowFor != 10*time.Second {
		t.Errorf("%+v", w.row)
	}
}

func TestPullsAreHeardTryByTry(t *testing.T) {
	m := making{pulling: sim.Never, created: sim.Never}
	for _, e := range []struct {
		at     int
		reason string
	}{{1, "Pulling"}, {4, "Failed"}, {5, "Failed"}, {10, "Pulling"}, {12, "Pulled"}, {13, "Created"}, {20, "Pulled"}} {
		m.hear(sim.At(time.Duration(e.at)*time.Second), e.reason)
	}
	// 4 − 1 for the try that failed, which is told twice, and 12 − 10; an image that is there is no pull.
	if m.pull != 5*time.Second || !m.pulled || m.created != sim.At(13*time.Second) {
		t.Errorf("%+v", m)
	}
}

func TestContainersAreFoundByTheFieldPathOfAnEvent(t *testing.T) {
	spec := &model.PodSpec{InitContainers: []model.Container{{Name: "a"}, {Name: "b"}}, Containers: []model.Container{{Name: "c"}, {Name: "a"}}}
	for path, want := range map[string]int{"spec.initContainers{a}": 0, "spec.initContainers{b}": 1, "spec.containers{c}": 2, "spec.containers{a}": 3,
		"spec.containers{none}": -1, "spec.ephemeralContainers{a}": -1} {
		if got := containerNamed(spec, path); got != want {
			t.Errorf("%s is number %d, want %d", path, got, want)
		}
	}
}

func TestAPodThatHasFinishedIsNotUnready(t *testing.T) {
	pod := func(policy model.RestartPolicy, code int32) *model.Pod {
		return &model.Pod{Spec: &model.PodSpec{RestartPolicy: policy}, Status: model.PodStatus{Containers: []model.ContainerStatus{
			{State: model.ContainerState{Kind: model.ContainerTerminated, ExitCode: code}}}}}
	}
	for _, c := range []struct {
		pod  *model.Pod
		want bool
	}{{pod(model.RestartAlways, 0), false}, {pod(model.RestartNever, 1), true}, {pod(model.RestartOnFailure, 1), false}, {pod(model.RestartOnFailure, 0), true}} {
		if got := finished(c.pod); got != c.want {
			t.Errorf("%s, code %d: %v", c.pod.Spec.RestartPolicy, c.pod.Status.Containers[0].State.ExitCode, got)
		}
	}
}
