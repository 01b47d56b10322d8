package reports_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
)

// described are the lines of a description, their columns parted by two spaces.
func described(text string) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}

func TestDescribeHasWhatKubectlHas(t *testing.T) {
	seconds := int64(300)
	pod := &model.Pod{
		ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web", Deleting: true, Deleted: sim.At(50 * time.Second), DeletionGracePeriodSeconds: 30,
			Annotations: map[string]string{"a": strings.Repeat("x", 150), "kubectl.kubernetes.io/last-applied-configuration": "{}"}},
		Spec: &model.PodSpec{
			Containers: []model.Container{{Name: "c", Image: "web:1", Ports: []model.ContainerPort{{ContainerPort: 80, Protocol: "TCP", Name: "http"}, {ContainerPort: 443, Protocol: "TCP"}},
				LivenessProbe: &model.Probe{Handler: model.Handler{Kind: "httpGet", Path: "/live", Port: "80", Scheme: "HTTP"}, TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3},
				StartupProbe:  &model.Probe{Handler: model.Handler{Kind: "exec", Command: []string{"cat", "/ok"}}, TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 30}}},
			Tolerations: []model.Toleration{{Operator: "Exists"}, {Key: "b", Operator: "Equal", Value: "v", Effect: "NoExecute", Seconds: &seconds}},
			Volumes:     []model.Volume{{Name: "tmp", Kind: "emptyDir", Medium: "Memory"}}},
		Status: model.PodStatus{Phase: model.PodRunning, QOSClass: "BestEffort", Containers: []model.ContainerStatus{{Name: "c",
			State: model.ContainerState{Kind: model.ContainerWaiting, Reason: "CrashLoopBackOff", Message: "back-off"},
			Last:  model.ContainerState{Kind: model.ContainerTerminated, Reason: "OOMKilled", ExitCode: 137, Started: sim.At(10 * time.Second), Finished: sim.At(20 * time.Second)}}}},
	}
	d := &reports.Describer{Kubectl: reports.Kubectl{Now: sim.At(time.Minute), Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		Events: []*model.Event{{Type: "Warning", Reason: "BackOff", Message: "Back-off restarting", Component: "kubelet", Count: 4,
			First: sim.At(15 * time.Second), Last: sim.At(55 * time.Second), Object: model.ObjectReference{FieldPath: "spec.containers{c}"}}}}
	got := described(d.Describe(pod))
	for _, want := range []string{
		"Status: Terminating (lasts 10s)", "Termination Grace Period: 30s", "Node: <none>", "Annotations: a:",
		"Ports: 80/TCP (http), 443/TCP", "Host Ports: 0/TCP (http), 0/TCP",
		"State: Waiting", "Reason: CrashLoopBackOff", "Last State: Terminated", "Reason: OOMKilled", "Exit Code: 137",
		"Started: Thu, 01 Jan 2026 00:00:10 +0000", "Finished: Thu, 01 Jan 2026 00:00:20 +0000",
		"Liveness: http-get http://:80/live delay=0s timeout=1s period=10s successThreshold=1 failureThreshold=3",
		"Startup: exec [cat /ok] delay=0s timeout=1s period=10s successThreshold=1 failureThreshold=30",
		"Tolerations: op=Exists", "b=v:NoExecute for 300s",
		"Type: EmptyDir (a temporary directory that shares a pod's lifetime)", "Medium: Memory", "SizeLimit: <unset>",
		"Warning BackOff 5s (x4 over 45s) kubelet spec.containers{c}: Back-off restarting",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, "last-applied") }) {
		t.Error("the annotation with the whole manifest is shown")
	}
}

// 500m of 2 cores are 25 %, 1Gi of 3Gi 33.3 %: kubectl cuts what is behind the point.
func TestDescribeNodeAddsUpWhatItsPodsAskFor(t *testing.T) {
	list := func(cpu int64, gi int64) model.ResourceList {
		return model.ResourceList{{Name: model.ResourceCPU, Quantity: model.MilliQuantity(cpu)}, {Name: model.ResourceMemory, Quantity: model.WholeQuantity(gi << 30)}}
	}
	node := &model.Node{ObjectMeta: model.ObjectMeta{Name: "n", Labels: map[string]string{"node-role.kubernetes.io/worker": ""}},
		Taints: []model.Taint{{Key: "b", Effect: "NoSchedule"}, {Key: "a", Value: "v", Effect: "NoSchedule"}},
		Status: model.NodeStatus{Allocatable: list(2000, 3)}}
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec: &model.PodSpec{Containers: []model.Container{{Name: "c", Requests: list(250, 1), Limits: list(3000, 1)}}}}
	pod.NodeName = "n"
	other, elsewhere := *pod, *pod
	other.Name, other.Spec = "db", &model.PodSpec{Containers: []model.Container{{Name: "c", Requests: list(250, 0)}}}
	elsewhere.NodeName = "m"
	d := &reports.Describer{Kubectl: reports.Kubectl{Now: sim.At(time.Minute)}, Cluster: state{&other, &elsewhere, pod}}
	got := described(d.Describe(node))
	for _, want := range []string{
		"Roles: worker", "Taints: a=v:NoSchedule", "b:NoSchedule", "Non-terminated Pods: (2 in total)",
		"shop web 250m (12%) 3 (150%) 1Gi (33%) 1Gi (33%) 60s", "cpu 500m (25%) 3 (150%)", "memory 1Gi (33%) 1Gi (33%)", "Events: <none>",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if slices.Contains(got, "Lease:") {
		t.Error("a node without a lease has one")
	}
}

// state is the state of a cluster without leases.
type state []model.Object

func (s state) Objects(kind model.Kind) []model.Object {
	return slices.DeleteFunc(slices.Clone(s), func(o model.Object) bool { return o.Kind() != kind })
}

func (s state) LeaseRenewed(string) (sim.Time, bool) { return 0, false }

func TestDescribeAnAutoscalersMetrics(t *testing.T) {
	percent, now, window := int32(70), int32(82), int32(300)
	amount := func(units int64) *model.Quantity { q := model.WholeQuantity(units); return &q }
	milli := func(n int64) *model.Quantity { q := model.MilliQuantity(n); return &q }
	ingress := model.ScaleTarget{Kind: "Ingress", Name: "front"}
	h := &model.HorizontalPodAutoscaler{ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web"}, MinReplicas: 2, MaxReplicas: 9,
		Target: model.ScaleTarget{Kind: "Deployment", Name: "web"},
		Metrics: []model.MetricSpec{
			{Type: "Resource", Name: "cpu", TargetType: "Utilization", AverageUtilization: &percent},
			{Type: "ContainerResource", Name: "memory", Container: "c", TargetType: "AverageValue", AverageValue: amount(1 << 30)},
			{Type: "Pods", Name: "requests", TargetType: "AverageValue", AverageValue: amount(100)},
			{Type: "Object", Name: "hits", Described: ingress, TargetType: "Value", Value: amount(2000)},
			{Type: "External", Name: "queue", TargetType: "AverageValue", AverageValue: amount(30)},
		},
		ScaleDown: &model.ScalingRules{StabilizationWindowSeconds: &window, SelectPolicy: "Min", Policies: []model.ScalingPolicy{{Type: "Percent", Value: 10, PeriodSeconds: 60}}},
		Status: model.AutoscalerStatus{CurrentReplicas: 4, DesiredReplicas: 5,
			CurrentMetrics: []model.MetricStatus{{Type: "Resource", Name: "cpu", AverageUtilization: &now, AverageValue: milli(205)}},
			Conditions:     []model.Condition{{Type: "AbleToScale", Status: "True", Reason: "ReadyForNewScale", Message: "recommended size matches current size"}}},
	}
	got := described((&reports.Describer{}).Describe(h))
	for _, want := range []string{
		"Metrics: ( current / target )", "resource cpu on pods (as a percentage of request): 82% (205m) / 70%",
		`resource memory of container "c" on pods: <unknown> / 1Gi`, `"requests" on pods: <unknown> / 100`,
		`"hits" on Ingress/front (target value): <unknown> / 2k`, `"queue" (target average value): <unknown> / 30`,
		"Stabilization Window: 300 seconds", "Select Policy: Min", "- Type: Percent Value: 10 Period: 60 seconds",
		"Deployment pods: 4 current / 5 desired", "AbleToScale True ReadyForNewScale recommended size matches current size",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if slices.Contains(got, "Scale Up:") {
		t.Error("rules that nobody gave are shown")
	}
}
