package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/cache"
	"towtank.dev/towtank/scheduler/framework"
)

// withObjects is a bench on which plugins find these objects.
func withObjects(t *testing.T, objects ...model.Object) *bench {
	b := newBench(t)
	store := &cache.Objects{}
	for _, o := range objects {
		if !store.Set(o) {
			t.Fatalf("plugins cannot read a %s", o.Kind())
		}
	}
	b.handle.Objects = store
	return b
}

// set puts an object in the place of what was known of it.
func (b *bench) set(o model.Object) { b.handle.Objects.(*cache.Objects).Set(o) }

// annotate adds an annotation.
func annotate(m *model.ObjectMeta, key, value string) {
	m.Annotations = annotated(m.Annotations, key, value)
}

// gibibytes is a list of so much storage.
func gibibytes(n int) model.ResourceList { return resources(resourceStorage, n*gi) }

// aClaim is an unbound claim of default/name for 1 GiB of class "wait".
func aClaim(name string, change ...func(*model.PersistentVolumeClaim)) *model.PersistentVolumeClaim {
	class := "wait"
	c := &model.PersistentVolumeClaim{Phase: "Pending"}
	c.Name, c.Namespace, c.UID = name, "default", "default/"+name
	c.Spec = model.ClaimSpec{StorageClass: &class, AccessModes: []string{"ReadWriteOnce"}, Requests: gibibytes(1)}
	for _, f := range change {
		f(c)
	}
	return c
}

// boundBy binds the claim to a volume.
func boundBy(volume string) func(*model.PersistentVolumeClaim) {
	return func(c *model.PersistentVolumeClaim) {
		c.Spec.VolumeName, c.Phase = volume, "Bound"
		annotate(&c.ObjectMeta, bindCompletedAnnotation, "yes")
	}
}

func ofClass(name string) func(*model.PersistentVolumeClaim) {
	return func(c *model.PersistentVolumeClaim) { c.Spec.StorageClass = &name }
}

func asking(gib int) func(*model.PersistentVolumeClaim) {
	return func(c *model.PersistentVolumeClaim) { c.Spec.Requests = gibibytes(gib) }
}

func forOnePod(c *model.PersistentVolumeClaim) { c.Spec.AccessModes = []string{"ReadWriteOncePod"} }

// aVolume is an available volume of class "wait" that every node reaches.
func aVolume(name string, gib int, change ...func(*model.PersistentVolume)) *model.PersistentVolume {
	v := &model.PersistentVolume{StorageClass: "wait", AccessModes: []string{"ReadWriteOnce"}, Capacity: gibibytes(gib), Phase: "Available"}
	v.Name = name
	for _, f := range change {
		f(v)
	}
	return v
}

// reachedFrom keeps the volume to nodes of a zone.
func reachedFrom(zone string) func(*model.PersistentVolume) {
	return func(v *model.PersistentVolume) {
		v.NodeAffinity = &model.NodeSelector{Terms: []model.NodeSelectorTerm{expression(model.LabelZone, model.OpIn, zone)}}
	}
}

func csiVolume(driver string) func(*model.PersistentVolume) {
	return func(v *model.PersistentVolume) { v.SourceKind, v.Driver, v.Handle = "csi", driver, v.Name }
}

func labelled(key, value string) func(*model.PersistentVolume) {
	return func(v *model.PersistentVolume) { v.Labels = map[string]string{key: value} }
}

// aClass is a storage class; its claims wait for their pods.
func aClass(name, provisioner string, topologies ...model.TopologySelectorTerm) *model.StorageClass {
	c := &model.StorageClass{Provisioner: provisioner, BindingMode: waitForFirstConsumer, AllowedTopologies: topologies}
	c.Name = name
	return c
}

// aCSINode has drivers with so many places each; negative: no limit.
func aCSINode(name string, drivers ...any) *model.CSINode {
	n := &model.CSINode{}
	n.Name = name
	for i := 0; i < len(drivers); i += 2 {
		d := model.CSINodeDriver{Name: drivers[i].(string)}
		if count := int32(drivers[i+1].(int)); count >= 0 {
			d.Count = &count
		}
		n.Drivers = append(n.Drivers, d)
	}
	return n
}

// claiming gives the pod a volume for each claim.
func claiming(names ...string) func(*model.Pod) {
	return func(p *model.Pod) {
		for _, name := range names {
			p.Spec.Volumes = append(p.Spec.Volumes, model.Volume{Name: "v-" + name, Kind: "persistentVolumeClaim", Claim: name})
		}
	}
}

func withDisk(kind string, d model.DiskSource) func(*model.Pod) {
	return func(p *model.Pod) {
		p.Spec.Volumes = append(p.Spec.Volumes, model.Volume{Name: "disk", Kind: kind, Disk: &d})
	}
}

func ephemeralVolume(p *model.Pod) {
	p.UID = "uid-of-p"
	p.Spec.Volumes = append(p.Spec.Volumes, model.Volume{Name: "v", Kind: "ephemeral"})
}

// preFilter is the verdict of PreFilter and the state.
func (b *bench) preFilter(pl framework.Plugin, p *model.Pod) (any, string) {
	state, _, status := pl.(framework.PreFilterPlugin).PreFilter(b.info(p), b.handle.Snapshot)
	return state, verdict(status)
}
