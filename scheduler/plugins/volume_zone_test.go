package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func TestVolumeZoneFilter(t *testing.T) {
	const conflict = "UnschedulableAndUnresolvable: node(s) had no available volume zone"
	b := withObjects(t,
		aVolume("a", 1, labelled(model.LabelZone, "za")), aClaim("a", boundBy("a")),
		aVolume("ab", 1, labelled(model.LabelZone, "za__zb")), aClaim("ab", boundBy("ab")),
		aVolume("old", 1, labelled(model.LabelZoneBeta, "za")), aClaim("old", boundBy("old")),
		aVolume("bad", 1, labelled(model.LabelZone, "za____zb")), aClaim("bad", boundBy("bad")),
		aVolume("region", 1, labelled(model.LabelRegion, "ra")), aClaim("region", boundBy("region")))
	za, zb := b.node("za", labels(model.LabelZone, "za")), b.node("zb", labels(model.LabelZone, "zb"))
	none, old := b.node("none", nil), b.node("old", labels(model.LabelZoneBeta, "za"))
	pl := b.plugin(VolumeZone, nil)
	for _, c := range []struct {
		name, claim string
		node        *framework.NodeInfo
		want        string
	}{
		{"the node is in the volume's zone", "a", za, ""},
		{"the node is in another zone", "a", zb, conflict},
		{"the node is in no zone, so anything goes", "a", none, ""},
		{"the volume is in several zones", "ab", zb, ""},
		{"a label with an empty part does not count", "bad", zb, ""},
		{"an old label of the volume meets a new one of the node", "old", za, ""},
		{"a new label of the volume does not meet an old one of the node", "a", old, conflict},
		{"the node has a zone and no region", "region", za, conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.filter(pl, pod(nil, claiming(c.claim)), c.node); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestVolumeZonePreFilter(t *testing.T) {
	immediate := aClass("now", "csi.example.com")
	immediate.BindingMode = "Immediate"
	b := withObjects(t, aClass("wait", "csi.example.com"), immediate,
		aClaim("waits"), aClaim("now", ofClass("now")), aClaim("lost-class", ofClass("no-such")), aClaim("classless", ofClass("")),
		aClaim("dangling", boundBy("no-such")), aClaim("old-style", ofClass("now"), func(c *model.PersistentVolumeClaim) { annotate(&c.ObjectMeta, storageClassAnnotation, "wait") }))
	pl := b.plugin(VolumeZone, nil)
	const unresolvable = "UnschedulableAndUnresolvable: "
	for _, c := range []struct{ name, claim, want string }{
		{"the claim waits for the pod", "waits", "Skip: "},
		{"the annotation names a class that waits", "old-style", "Skip: "},
		{"the claim should have been bound", "now", unresolvable + "PersistentVolume had no name"},
		{"the class is not there", "lost-class", unresolvable + `storageclass.storage.k8s.io "no-such" not found`},
		{"there is neither volume nor class", "classless", unresolvable + "PersistentVolumeClaim had no pv name and storageClass name"},
		{"the volume is not there", "dangling", unresolvable + `persistentvolume "no-such" not found`},
		{"the claim is not there", "gone", unresolvable + `persistentvolumeclaim "gone" not found`},
		{"the claim has no name", "", unresolvable + "PersistentVolumeClaim had no name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, got := b.preFilter(pl, pod(nil, claiming(c.claim))); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestVolumeZoneHints(t *testing.T) {
	b := withObjects(t)
	pl := b.plugin(VolumeZone, nil)
	event := func(r framework.EventResource, a framework.ActionType) framework.ClusterEvent {
		return framework.ClusterEvent{Resource: r, Action: a}
	}
	immediate := &model.StorageClass{BindingMode: "Immediate"}
	za, zb := labelled(model.LabelZone, "za"), labelled(model.LabelZone, "zb")
	claims := pod(nil, claiming("a"))
	for _, c := range []struct {
		name     string
		event    framework.ClusterEvent
		old, new model.Object
		want     string
	}{
		{"a class comes whose claims wait", event(framework.StorageClass, framework.Add), nil, aClass("wait", ""), "Queue"},
		{"a class comes whose claims do not wait", event(framework.StorageClass, framework.Add), nil, immediate, "QueueSkip"},
		{"a class changes", event(framework.StorageClass, framework.Update), immediate, immediate, "none"},
		{"a node changes its labels", event(framework.Node, framework.UpdateNodeLabel), aNode(), aNode(), "Queue"},
		{"the claim changes", event(framework.PersistentVolumeClaim, framework.Update), aClaim("a"), aClaim("a"), "Queue"},
		{"another claim changes", event(framework.PersistentVolumeClaim, framework.Update), aClaim("b"), aClaim("b"), "QueueSkip"},
		{"a volume comes", event(framework.PersistentVolume, framework.Add), nil, aVolume("v", 1), "Queue"},
		{"a volume moves", event(framework.PersistentVolume, framework.Update), aVolume("v", 1, za), aVolume("v", 1, zb), "Queue"},
		{"a volume grows", event(framework.PersistentVolume, framework.Update), aVolume("v", 1, za), aVolume("v", 2, za), "QueueSkip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.hint(pl, c.event, claims, c.old, c.new); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
