package framework

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
)

func TestMatches(t *testing.T) {
	event := func(r EventResource, a ActionType) ClusterEvent { return ClusterEvent{Resource: r, Action: a} }
	tests := []struct {
		name              string
		pattern, incoming ClusterEvent
		want              bool
	}{
		{"the same event matches", event(Node, Add), event(Node, Add), true},
		{"another action does not", event(Node, Add), event(Node, Delete), false},
		{"another resource does not", event(Node, Add), event(CSINode, Add), false},
		{"a special update matches a pattern of all updates", event(Node, Update), event(Node, UpdateNodeLabel), true},
		{"a special update matches a pattern that names it among others", event(Node, Add|UpdateNodeLabel), event(Node, UpdateNodeLabel), true},
		{"a general update does not match a pattern of a special one", event(Node, Add|UpdateNodeLabel), event(Node, Update), false},
		{"a general update matches a pattern of all updates", event(PersistentVolume, Add|Update), event(PersistentVolume, Update), true},
		{"a general update matches a pattern of everything", event(PersistentVolume, All), event(PersistentVolume, Update), true},
		// 0x7ffc & 0x7ff8 is not zero, yet 0x7ffc > 0x7ff8: masks compare as numbers.
		{"a general update does not match all updates but one", event(Node, Update&^UpdateNodeAllocatable), event(Node, Update), false},
		{"a pattern of pods covers assigned pods", event(Pod, Delete), event(AssignedPod, Delete), true},
		{"a pattern of pods covers unscheduled pods", event(Pod, Delete), event(UnscheduledPod, Delete), true},
		{"a pattern of pods covers the pod itself", event(Pod, Update), event(TargetPod, UpdatePodLabel), true},
		{"a pattern of pods covers no nodes", event(Pod, Add), event(Node, Add), false},
		{"a pattern of assigned pods covers no others", event(AssignedPod, Add), event(UnscheduledPod, Add), false},
		{"a wildcard pattern covers everything", event(WildCard, All), event(StorageClass, Delete), true},
		{"a pattern of any resource still names actions", event(WildCard, Add), event(StorageClass, Delete), false},
		{"a wildcard event matches no pattern of one resource", event(Node, All), EventUnschedulableTimeout, false},
		{"a wildcard event matches the wildcard pattern", event(WildCard, All), EventForceActivate, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.pattern.Matches(tt.incoming); got != tt.want {
				t.Errorf("%v matches %v: %v", tt.pattern, tt.incoming, got)
			}
		})
	}
}

func TestEventLabels(t *testing.T) {
	tests := []struct {
		event ClusterEvent
		want  string
	}{
		{EventAssignedPodDelete, "AssignedPodDelete"},
		{EventNodeAdd, "NodeAdd"},
		{ClusterEvent{Resource: Node, Action: UpdateNodeAllocatable}, "NodeUpdateNodeAllocatable"},
		{ClusterEvent{Resource: TargetPod, Action: UpdatePodSchedulingGatesEliminated}, "TargetPodUpdatePodSchedulingGatesEliminated"},
		{ClusterEvent{Resource: PersistentVolumeClaim, Action: Update}, "PersistentVolumeClaimUpdate"},
		{ClusterEvent{Resource: StorageClass, Action: Add}, "storage.k8s.io/StorageClassAdd"},
		{ClusterEvent{Resource: DeviceClass, Action: All}, "resource.k8s.io/DeviceClassAll"},
		{EventUnschedulableTimeout, "UnschedulableTimeout"},
	}
	for _, tt := range tests {
		if got := tt.event.Label(); got != tt.want {
			t.Errorf("label %q, want %q", got, tt.want)
		}
	}
	// Fifteen actions of one bit each.
	if All != 1<<15-1 || len(actionNames) != 15 || Update != All-Add-Delete {
		t.Errorf("All %b, Update %b, %d names", All, Update, len(actionNames))
	}
}

// cpu is a pod spec of one container with this request.
func cpu(milli int64) *model.PodSpec {
	requests := model.ResourceList{{Name: model.ResourceCPU, Quantity: model.MilliQuantity(milli)}}
	return &model.PodSpec{Containers: []model.Container{{Name: "c", Requests: requests}}}
}

func TestAppendPodUpdates(t *testing.T) {
	labels := func(app string) model.ObjectMeta { return model.ObjectMeta{Labels: map[string]string{"app": app}} }
	gates := func(names ...string) *model.PodSpec { return &model.PodSpec{SchedulingGates: names} }
	both := cpu(100)
	both.Containers[0].Requests = both.Containers[0].Requests.With(model.ResourceMemory, model.WholeQuantity(1))
	other := cpu(100)
	other.NodeSelector = map[string]string{"a": "b"}
	tolerant := cpu(100)
	tolerant.Tolerations = []model.Toleration{{Key: "k"}}
	resizing := &model.Pod{Spec: both, NodeName: "n"}
	resizing.Status.Resize = &model.ResizeStatus{Allocated: map[string]model.ResourceList{"c": cpu(300).Containers[0].Requests}}
	shared := cpu(100)
	tests := []struct {
		name     string
		old, new *model.Pod
		target   bool
		want     []string
	}{
		{"a change of the status alone is a general update", &model.Pod{Spec: shared}, &model.Pod{Spec: shared, Status: model.PodStatus{Phase: model.PodPending}}, false, []string{"UnscheduledPodUpdate"}},
		{"the pod itself is the target", &model.Pod{Spec: shared}, &model.Pod{Spec: shared}, true, []string{"TargetPodUpdate"}},
		{"a pod with a node is assigned, target or not", &model.Pod{Spec: shared, NodeName: "n"}, &model.Pod{Spec: shared, NodeName: "n"}, true, []string{"AssignedPodUpdate"}},
		{"labels", &model.Pod{Spec: shared, ObjectMeta: labels("a")}, &model.Pod{Spec: shared, ObjectMeta: labels("b")}, true, []string{"TargetPodUpdatePodLabel"}},
		{"no labels and empty labels are the same", &model.Pod{Spec: shared}, &model.Pod{Spec: shared, ObjectMeta: model.ObjectMeta{Labels: map[string]string{}}}, true, []string{"TargetPodUpdate"}},
		{"less CPU", &model.Pod{Spec: cpu(200)}, &model.Pod{Spec: cpu(100)}, true, []string{"TargetPodUpdatePodScaleDown"}},
		{"more CPU", &model.Pod{Spec: cpu(100)}, &model.Pod{Spec: cpu(200)}, true, []string{"TargetPodUpdatePodScaleUp"}},
		{"a resource that comes in is more", &model.Pod{Spec: cpu(100)}, &model.Pod{Spec: both}, true, []string{"TargetPodUpdatePodScaleUp"}},
		{"a resource that goes is less", &model.Pod{Spec: both}, &model.Pod{Spec: cpu(100)}, true, []string{"TargetPodUpdatePodScaleDown"}},
		{"less of one and more of another are two events", &model.Pod{Spec: both}, &model.Pod{Spec: cpu(200)}, true, []string{"TargetPodUpdatePodScaleDown", "TargetPodUpdatePodScaleUp"}},
		// The spec asks for 100m, 300m are allocated: the larger counts.
		{"a resize that holds more counts", &model.Pod{Spec: both, NodeName: "n"}, resizing, false, []string{"AssignedPodUpdatePodScaleUp"}},
		{"a resize that lets go counts", resizing, &model.Pod{Spec: both, NodeName: "n"}, false, []string{"AssignedPodUpdatePodScaleDown"}},
		{"the last gate", &model.Pod{Spec: gates("a")}, &model.Pod{Spec: gates()}, true, []string{"TargetPodUpdatePodSchedulingGatesEliminated"}},
		{"one gate of two", &model.Pod{Spec: gates("a", "b")}, &model.Pod{Spec: gates("a")}, true, []string{"TargetPodUpdate"}},
		{"a toleration", &model.Pod{Spec: cpu(100)}, &model.Pod{Spec: tolerant}, true, []string{"TargetPodUpdatePodToleration"}},
		{"a node selector is none of the special changes", &model.Pod{Spec: cpu(100)}, &model.Pod{Spec: other}, true, []string{"TargetPodUpdate"}},
		{"labels come before tolerations", &model.Pod{Spec: cpu(100), ObjectMeta: labels("a")}, &model.Pod{Spec: tolerant}, true, []string{"TargetPodUpdatePodLabel", "TargetPodUpdatePodToleration"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := labelsOf(AppendPodUpdates(nil, tt.old, tt.new, tt.target)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAppendNodeUpdates(t *testing.T) {
	node := func(change func(*model.Node)) *model.Node {
		n := &model.Node{Taints: []model.Taint{{Key: "k", Effect: model.NoSchedule}}}
		n.Labels = map[string]string{"a": "b"}
		n.Status.Allocatable = model.ResourceList{{Name: model.ResourceCPU, Quantity: model.WholeQuantity(4)}}
		n.Status.Conditions = []model.NodeCondition{{Type: "Ready", Status: "True"}, {Type: "DiskPressure", Status: "False"}}
		change(n)
		return n
	}
	same := func(*model.Node) {}
	cordoned := func(n *model.Node) { n.Unschedulable = true }
	tests := []struct {
		name     string
		old, new func(*model.Node)
		want     []string
	}{
		{"a heartbeat is no event", same, func(n *model.Node) { n.Status.Conditions[0].LastHeartbeat = 5 }, nil},
		{"the order of conditions does not count", same, func(n *model.Node) { slices.Reverse(n.Status.Conditions) }, nil},
		{"a new image is no event", same, func(n *model.Node) { n.Status.Images = []model.ContainerImage{{SizeBytes: 1}} }, nil},
		{"capacity alone is no event", same, func(n *model.Node) { n.Status.Capacity = n.Status.Allocatable }, nil},
		{"uncordoning counts as a taint that goes", cordoned, same, []string{"NodeUpdateNodeTaint"}},
		{"cordoning is no event", same, cordoned, nil},
		{"uncordoning together with the taint is two", cordoned, func(n *model.Node) { n.Taints = nil }, []string{"NodeUpdateNodeTaint", "NodeUpdateNodeTaint"}},
		{"allocatable", same, func(n *model.Node) { n.Status.Allocatable = nil }, []string{"NodeUpdateNodeAllocatable"}},
		{"labels", same, func(n *model.Node) { n.Labels = nil }, []string{"NodeUpdateNodeLabel"}},
		{"a condition's status", same, func(n *model.Node) { n.Status.Conditions[0].Status = "False" }, []string{"NodeUpdateNodeCondition"}},
		{"a condition that goes", same, func(n *model.Node) { n.Status.Conditions = n.Status.Conditions[:1] }, []string{"NodeUpdateNodeCondition"}},
		{"annotations", same, func(n *model.Node) { n.Annotations = map[string]string{"a": "b"} }, []string{"NodeUpdateNodeAnnotation"}},
		{"declared features", same, func(n *model.Node) { n.Status.DeclaredFeatures = []string{"F"} }, []string{"NodeUpdateNodeDeclaredFeature"}},
		{"several in upstream's order", same, func(n *model.Node) { n.Labels, n.Taints, n.Status.Allocatable = nil, nil, nil },
			[]string{"NodeUpdateNodeAllocatable", "NodeUpdateNodeLabel", "NodeUpdateNodeTaint"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := labelsOf(AppendNodeUpdates(nil, node(tt.old), node(tt.new))); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func labelsOf(events []ClusterEvent) []string {
	var labels []string
	for _, e := range events {
		labels = append(labels, e.Label())
	}
	return labels
}
