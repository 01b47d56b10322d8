package plugins

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func TestVolumeBindingHints(t *testing.T) {
	b := withObjects(t)
	pl := b.plugin(VolumeBinding, nil)
	event := func(r framework.EventResource, a framework.ActionType) framework.ClusterEvent {
		return framework.ClusterEvent{Resource: r, Action: a}
	}
	migrated := aCSINode("n")
	annotate(&migrated.ObjectMeta, migratedPluginsAnnotation, "kubernetes.io/aws-ebs")
	driver := func(tells bool) *model.CSIDriver {
		d := &model.CSIDriver{StorageCapacity: tells}
		d.Name = "d"
		return d
	}
	inline := pod(nil, func(p *model.Pod) { p.Spec.Volumes = []model.Volume{{Kind: "csi", Driver: "d"}} })
	topology := model.TopologySelectorTerm{Requirements: []model.Requirement{{Key: "zone", Operator: model.OpIn, Values: []string{"za"}}}}
	claims := pod(nil, claiming("a"))
	for _, c := range []struct {
		name     string
		event    framework.ClusterEvent
		pod      *model.Pod
		old, new model.Object
		want     string
	}{
		{"a class comes", event(framework.StorageClass, framework.Add), claims, nil, aClass("c", ""), "Queue"},
		{"a class allows other topologies", event(framework.StorageClass, framework.Update), claims, aClass("c", ""), aClass("c", "", topology), "Queue"},
		{"a class changes otherwise", event(framework.StorageClass, framework.Update), claims, aClass("c", "a", topology), aClass("c", "b", topology), "QueueSkip"},
		{"the claim changes", event(framework.PersistentVolumeClaim, framework.Update), claims, aClaim("a"), aClaim("a"), "Queue"},
		{"another claim comes", event(framework.PersistentVolumeClaim, framework.Add), claims, nil, aClaim("b"), "QueueSkip"},
		{"a volume changes", event(framework.PersistentVolume, framework.Update), claims, aVolume("v", 1), aVolume("v", 1), "Queue"},
		{"a volume goes", event(framework.PersistentVolume, framework.Delete), claims, aVolume("v", 1), nil, "none"},
		{"a CSI node comes", event(framework.CSINode, framework.Add), claims, nil, aCSINode("n"), "Queue"},
		{"a CSI node takes disks over", event(framework.CSINode, framework.Update), claims, aCSINode("n"), migrated, "Queue"},
		{"a CSI node changes otherwise", event(framework.CSINode, framework.Update), claims, aCSINode("n"), aCSINode("n", "d", 1), "QueueSkip"},
		{"the inline volume's driver tells its capacity no more", event(framework.CSIDriver, framework.Update), inline, driver(true), driver(false), "Queue"},
		{"the inline volume's driver begins to tell", event(framework.CSIDriver, framework.Update), inline, driver(false), driver(true), "QueueSkip"},
		{"a driver of claims tells its capacity no more", event(framework.CSIDriver, framework.Update), claims, driver(true), driver(false), "QueueSkip"},
		{"a capacity comes", event(framework.CSIStorageCapacity, framework.Add), claims, nil, capacityIn("c", "za", 1), "Queue"},
		{"a capacity grows", event(framework.CSIStorageCapacity, framework.Update), claims, capacityIn("c", "za", 1), capacityIn("c", "za", 2), "Queue"},
		{"a capacity shrinks", event(framework.CSIStorageCapacity, framework.Update), claims, capacityIn("c", "za", 2), capacityIn("c", "za", 1), "QueueSkip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.hint(pl, c.event, c.pod, c.old, c.new); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if !slices.Equal(conflict(allConflicts).reasons(), conflictReasons[:]) {
		t.Error("not every conflict has its reason")
	}
}
