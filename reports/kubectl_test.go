package reports_test

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
)

// TestHumanDuration holds the bounds of kubectl's ages. Source: kubernetes v1.37.2 apimachinery
// pkg/util/duration/duration_test.go TestHumanDuration.
func TestHumanDuration(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Second, "0s"}, {-3 * time.Second, "<invalid>"}, {time.Second, "1s"}, {70 * time.Second, "70s"}, {119 * time.Second, "119s"},
		{2 * time.Minute, "2m"}, {190 * time.Second, "3m10s"}, {70 * time.Minute, "70m"}, {179 * time.Minute, "179m"}, {3 * time.Hour, "3h"},
		{47 * time.Minute, "47m"}, {3*time.Hour + 10*time.Minute, "3h10m"}, {10*time.Hour + 10*time.Minute, "10h"}, {47 * time.Hour, "47h"},
		{2 * day, "2d"}, {50 * time.Hour, "2d2h"}, {8 * day, "8d"}, {8*day - time.Second, "7d23h"}, {700 * day, "700d"}, {2 * 365 * day, "2y"},
		{2*365*day + 3*day, "2y3d"}, {8*365*day + 20*day, "8y"},
	} {
		if got := reports.HumanDuration(c.d); got != c.want {
			t.Errorf("%v: %s, want %s", c.d, got, c.want)
		}
	}
}

// pod makes a pod out of pairs of containers and statuses.
func podOf(init, regular []model.Container, status model.PodStatus) *model.Pod {
	return &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec: &model.PodSpec{InitContainers: init, Containers: regular}, Status: status}
}

func TestStatusOfPodsAsKubectlHasIt(t *testing.T) {
	one, two := []model.Container{{Name: "a"}}, []model.Container{{Name: "a"}, {Name: "b"}}
	sidecar := []model.Container{{Name: "s", RestartPolicy: model.RestartAlways}}
	wait := func(reason string) model.ContainerState {
		return model.ContainerState{Kind: model.ContainerWaiting, Reason: reason}
	}
	runs := model.ContainerState{Kind: model.ContainerRunning}
	ended := func(reason string, code int32) model.ContainerState {
		return model.ContainerState{Kind: model.ContainerTerminated, Reason: reason, ExitCode: code, Finished: sim.At(50 * time.Second)}
	}
	ready := []model.PodCondition{{Type: model.PodReady, Status: "True"}}
	deleting := podOf(nil, one, model.PodStatus{Phase: model.PodRunning, Containers: []model.ContainerStatus{{Name: "a", State: runs}}})
	deleting.Deleting = true
	lost := *deleting
	lost.Status.Reason = "NodeLost"
	finished := podOf(nil, one, model.PodStatus{Phase: model.PodSucceeded, Containers: []model.ContainerStatus{{Name: "a", State: ended("Completed", 0)}}})
	finished.Deleting = true
	for _, c := range []struct {
		name string
		pod  *model.Pod
		want string // READY STATUS RESTARTS
	}{
		{"nothing has happened", podOf(nil, two, model.PodStatus{Phase: model.PodPending}), "0/2 Pending 0"},
		{"a gate", podOf(nil, one, model.PodStatus{Phase: model.PodPending, Conditions: []model.PodCondition{
			{Type: model.PodScheduled, Status: "False", Reason: "SchedulingGated"}}}), "0/1 SchedulingGated 0"},
		{"evicted", podOf(nil, one, model.PodStatus{Phase: model.PodFailed, Reason: "Evicted"}), "0/1 Evicted 0"},
		{"being created", podOf(nil, one, model.PodStatus{Phase: model.PodPending, Containers: []model.ContainerStatus{{Name: "a", State: wait("ContainerCreating")}}}),
			"0/1 ContainerCreating 0"},
		{"one of two is ready", podOf(nil, two, model.PodStatus{Phase: model.PodRunning, Containers: []model.ContainerStatus{
			{Name: "a", State: runs, Ready: true}, {Name: "b", State: runs}}}), "1/2 Running 0"},
		{"held back after its third end, 10 s ago", podOf(nil, one, model.PodStatus{Phase: model.PodRunning, Containers: []model.ContainerStatus{
			{Name: "a", State: wait("CrashLoopBackOff"), Last: ended("Error", 1), RestartCount: 3}}}), "0/1 CrashLoopBackOff 3 (10s ago)"},
		{"the first container's word counts", podOf(nil, two, model.PodStatus{Phase: model.PodRunning, Containers: []model.ContainerStatus{
			{Name: "a", State: wait("ErrImagePull")}, {Name: "b", State: wait("CrashLoopBackOff")}}}), "0/2 ErrImagePull 0"},
		{"an init container runs", podOf(one, two, model.PodStatus{Phase: model.PodPending, InitContainers: []model.ContainerStatus{{Name: "a", State: runs}}}),
			"0/2 Init:0/1 0"},
		{"an init container failed", podOf(one, two, model.PodStatus{Phase: model.PodPending, InitContainers: []model.ContainerStatus{
			{Name: "a", State: ended("Error", 2), RestartCount: 1}}}), "0/2 Init:Error 1"},
		{"an init container without a reason failed", podOf(one, two, model.PodStatus{Phase: model.PodPending, InitContainers: []model.ContainerStatus{
			{Name: "a", State: ended("", 2)}}}), "0/2 Init:ExitCode:2 0"},
		{"a sidecar counts, and its restarts", podOf(sidecar, one, model.PodStatus{Phase: model.PodRunning,
			InitContainers: []model.ContainerStatus{{Name: "s", State: runs, Ready: true, Started: true, RestartCount: 2, Last: ended("Error", 1)}},
			Containers:     []model.ContainerStatus{{Name: "a", State: runs, Ready: true, RestartCount: 1}}}), "2/2 Running 3 (10s ago)"},
		{"restarts of an init container do not count once it is over", podOf(one, two, model.PodStatus{Phase: model.PodRunning,
			InitContainers: []model.ContainerStatus{{Name: "a", State: ended("Completed", 0), RestartCount: 4}},
			Containers:     []model.ContainerStatus{{Name: "a", State: runs, Ready: true}}}), "1/2 Running 0"},
		{"one has ended, the other runs and the pod is ready", podOf(nil, two, model.PodStatus{Phase: model.PodRunning, Conditions: ready,
			Containers: []model.ContainerStatus{{Name: "a", State: ended("Completed", 0)}, {Name: "b", State: runs, Ready: true}}}), "1/2 Running 0"},
		{"one has ended, the other runs and the pod is not ready", podOf(nil, two, model.PodStatus{Phase: model.PodRunning,
			Containers: []model.ContainerStatus{{Name: "a", State: ended("Completed", 0)}, {Name: "b", State: runs, Ready: true}}}), "1/2 NotReady 0"},
		{"one completed, the other failed", podOf(nil, two, model.PodStatus{Phase: model.PodFailed,
			Containers: []model.ContainerStatus{{Name: "a", State: ended("Completed", 0)}, {Name: "b", State: ended("OOMKilled", 137)}}}), "0/2 OOMKilled 0"},
		{"it is on its way out", deleting, "0/1 Terminating 0"},
		{"it is on its way out on a node that is lost", &lost, "0/1 Unknown 0"},
		{"it has ended and is on its way out", finished, "0/1 Completed 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &reports.Kubectl{Now: sim.At(time.Minute)}
			lines := strings.Split(k.Table(reports.KubectlKindOf(model.KindPod), []model.Object{c.pod}), "\n")
			if got := strings.Join(strings.Fields(lines[1]), " "); got != "web "+c.want+" 60s" {
				t.Errorf("got %q, want %q", got, "web "+c.want+" 60s")
			}
		})
	}
}

func TestKubectlKindsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range reports.KubectlKinds() {
		for _, name := range kind.Names {
			if seen[name] || reports.LookupKubectl(name) != kind {
				t.Errorf("%s means two kinds", name)
			}
			seen[name] = true
		}
	}
	if reports.LookupKubectl("deployments.apps") == nil || reports.LookupKubectl("pods.apps") != nil {
		t.Error("the group is part of the name")
	}
}
