package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
)

func TestVolumeBindingPreFilter(t *testing.T) {
	owned := aClaim("p-v", boundBy("v"))
	owned.Owners = []model.OwnerReference{{UID: "uid-of-p", Controller: true}}
	stray := aClaim("p-v")
	immediate := aClass("now", exampleDriver)
	immediate.BindingMode = "Immediate"
	const unresolvable = "UnschedulableAndUnresolvable: "
	const unbound = unresolvable + "pod has unbound immediate PersistentVolumeClaims"
	for _, c := range []struct {
		name  string
		claim *model.PersistentVolumeClaim
		pod   *model.Pod
		want  string
	}{
		{"no volumes", nil, pod(nil), "Skip: "},
		{"a disk is no claim", nil, pod(nil, withDisk("iscsi", model.DiskSource{})), "Skip: "},
		{"a claim that is bound", aClaim("a", boundBy("v")), pod(nil, claiming("a")), ""},
		{"a claim that waits", aClaim("a"), pod(nil, claiming("a")), ""},
		{"a claim of a class that does not wait", aClaim("a", ofClass("now")), pod(nil, claiming("a")), unbound},
		{"a claim of no class", aClaim("a", ofClass("")), pod(nil, claiming("a")), unbound},
		{"a claim of a class that is not there", aClaim("a", ofClass("no-such")), pod(nil, claiming("a")), unbound},
		{"a claim that names its volume and is not bound yet", aClaim("a", func(c *model.PersistentVolumeClaim) { c.Spec.VolumeName = "v" }), pod(nil, claiming("a")), unbound},
		{"a claim that is not there", nil, pod(nil, claiming("a")), unresolvable + `persistentvolumeclaim "a" not found`},
		{"a claim whose volume is lost", aClaim("a", boundBy("v"), func(c *model.PersistentVolumeClaim) { c.Phase = "Lost" }), pod(nil, claiming("a")),
			unresolvable + `persistentvolumeclaim "a" bound to non-existent persistentvolume "v"`},
		{"a claim that is going", aClaim("a", boundBy("v"), func(c *model.PersistentVolumeClaim) { c.Deleting = true }), pod(nil, claiming("a")),
			unresolvable + `persistentvolumeclaim "a" is being deleted`},
		{"an ephemeral volume whose claim is not made yet", nil, pod(nil, ephemeralVolume),
			unresolvable + `waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"`},
		{"an ephemeral volume with its claim", owned, pod(nil, ephemeralVolume), ""},
		{"an ephemeral volume with somebody else's claim", stray, pod(nil, ephemeralVolume),
			unresolvable + "PVC default/p-v was not created for pod default/p (pod is not owner)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, aClass("wait", exampleDriver), immediate)
			if c.claim != nil {
				b.set(c.claim)
			}
			if _, got := b.preFilter(b.plugin(VolumeBinding, nil), c.pod); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// capacityIn is room in a zone for volumes of class "capacity".
func capacityIn(name, zone string, gib int64, change ...func(*model.CSIStorageCapacity)) *model.CSIStorageCapacity {
	q := model.WholeQuantity(gib * gi)
	c := &model.CSIStorageCapacity{StorageClass: "capacity", Capacity: &q,
		NodeTopology: &model.Selector{Requirements: []model.Requirement{{Key: model.LabelZone, Operator: model.OpIn, Values: []string{zone}}}}}
	c.Name, c.Namespace = name, "default"
	for _, f := range change {
		f(c)
	}
	return c
}

func TestVolumeBindingFilter(t *testing.T) {
	const (
		nodeConflict = "UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity"
		noVolumes    = "UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind"
		noSpace      = "UnschedulableAndUnresolvable: node(s) did not have enough free storage"
		noVolume     = "UnschedulableAndUnresolvable: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
	)
	local := ofClass("local")
	localVolume := func(name string, gib int, change ...func(*model.PersistentVolume)) *model.PersistentVolume {
		return aVolume(name, gib, append(change, func(v *model.PersistentVolume) { v.StorageClass = "local" })...)
	}
	selected := func(node string) func(*model.PersistentVolumeClaim) {
		return func(c *model.PersistentVolumeClaim) { annotate(&c.ObjectMeta, selectedNodeAnnotation, node) }
	}
	reservedForA := func(v *model.PersistentVolume) { v.ClaimNamespace, v.ClaimName = "default", "a" }
	for _, c := range []struct {
		name    string
		objects []model.Object
		claims  []string
		want    string
	}{
		{"a bound volume in reach", []model.Object{aVolume("v", 1, reachedFrom("za")), aClaim("a", boundBy("v"))}, []string{"a"}, ""},
		{"a bound volume out of reach", []model.Object{aVolume("v", 1, reachedFrom("zb")), aClaim("a", boundBy("v"))}, []string{"a"}, nodeConflict},
		{"a bound volume that is gone", []model.Object{aClaim("a", boundBy("v"))}, []string{"a"}, noVolume},
		{"a volume is made", []model.Object{aClaim("a")}, []string{"a"}, ""},
		{"nobody makes volumes", []model.Object{aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume waits", []model.Object{localVolume("v", 1), aClaim("a", local)}, []string{"a"}, ""},
		{"a volume waits out of reach", []model.Object{localVolume("v", 1, reachedFrom("zb")), aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume is too small", []model.Object{localVolume("v", 1), aClaim("a", local, asking(2))}, []string{"a"}, noVolumes},
		{"one volume for two claims", []model.Object{localVolume("v", 1), aClaim("a", local), aClaim("b", local)}, []string{"a", "b"}, noVolumes},
		{"a volume that is bound already", []model.Object{localVolume("v", 1, func(v *model.PersistentVolume) { v.ClaimNamespace, v.ClaimName = "default", "other" }), aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume that is not available", []model.Object{localVolume("v", 1, func(v *model.PersistentVolume) { v.Phase = "Released" }), aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume that is reserved for the claim need not be available", []model.Object{localVolume("v", 1, reservedForA, func(v *model.PersistentVolume) { v.Phase = "Pending" }), aClaim("a", local)}, []string{"a"}, ""},
		{"a volume reserved for the claim is out of reach, and no other is taken", []model.Object{localVolume("v", 1, reservedForA, reachedFrom("zb")), localVolume("w", 1), aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume of another mode", []model.Object{localVolume("v", 1, func(v *model.PersistentVolume) { v.VolumeMode = "Block" }), aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume without the access mode", []model.Object{localVolume("v", 1), aClaim("a", local, func(c *model.PersistentVolumeClaim) { c.Spec.AccessModes = []string{"ReadWriteMany"} })}, []string{"a"}, noVolumes},
		{"a volume that is going", []model.Object{localVolume("v", 1, func(v *model.PersistentVolume) { v.Deleting = true }), aClaim("a", local)}, []string{"a"}, noVolumes},
		{"a volume that the claim's selector does not match", []model.Object{localVolume("v", 1), aClaim("a", local, func(c *model.PersistentVolumeClaim) {
			c.Spec.Selector = &model.Selector{Requirements: []model.Requirement{{Key: "disk", Operator: model.OpExists}}}
		})}, []string{"a"}, noVolumes},
		{"a volume was asked for on this node", []model.Object{aClaim("a", selected("n"))}, []string{"a"}, ""},
		{"a volume was asked for on another node", []model.Object{aClaim("a", selected("m"))}, []string{"a"}, noVolumes},
		{"two things are wrong at once", []model.Object{aVolume("v", 1, reachedFrom("zb")), aClaim("a", boundBy("v")), aClaim("b", selected("m"))}, []string{"a", "b"},
			"UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity, node(s) didn't find available persistent volumes to bind"},
		{"volumes are made in this zone", []model.Object{aClaim("a", ofClass("in-za"))}, []string{"a"}, ""},
		{"volumes are made in another zone", []model.Object{aClaim("a", ofClass("in-zb"))}, []string{"a"}, noVolumes},
		{"the zone has room", []model.Object{aClaim("a", ofClass("capacity")), capacityIn("c", "za", 1)}, []string{"a"}, ""},
		{"the zone has too little room", []model.Object{aClaim("a", ofClass("capacity"), asking(2)), capacityIn("c", "za", 1)}, []string{"a"}, noSpace},
		{"another zone has room", []model.Object{aClaim("a", ofClass("capacity")), capacityIn("c", "zb", 1)}, []string{"a"}, noSpace},
		{"the largest volume counts before the room", []model.Object{aClaim("a", ofClass("capacity"), asking(2)), capacityIn("c", "za", 9, func(c *model.CSIStorageCapacity) {
			q := model.WholeQuantity(gi)
			c.MaximumVolumeSize = &q
		})}, []string{"a"}, noSpace},
	} {
		t.Run(c.name, func(t *testing.T) {
			tells := &model.CSIDriver{StorageCapacity: true}
			tells.Name = "cap.example.com"
			zone := func(name string) model.TopologySelectorTerm {
				return model.TopologySelectorTerm{Requirements: []model.Requirement{{Key: model.LabelZone, Operator: model.OpIn, Values: []string{name}}}}
			}
			b := withObjects(t, append(c.objects, tells, aClass("wait", exampleDriver), aClass("local", noProvisioner),
				aClass("in-za", exampleDriver, zone("za")), aClass("in-zb", exampleDriver, zone("zb")), aClass("capacity", tells.Name))...)
			n := b.node("n", labels(model.LabelZone, "za"))
			if got := b.filter(b.plugin(VolumeBinding, nil), pod(nil, claiming(c.claims...)), n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
