package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
)

// The drivers, classes and claims of random clusters; d1 can be attached to few times, so that limits are met.
const claimNames = 10

// volumes gives a spec claims and disks.
func (d *drawing) volumes(s *model.PodSpec) {
	r := d.r
	for i := range 1 + r.IntN(2) {
		v := model.Volume{Name: fmt.Sprint("v", i)}
		switch r.IntN(16) {
		case 0:
			v.Kind, v.Disk = "gcePersistentDisk", &model.DiskSource{ID: one(r, "pd1", "pd2"), ReadOnly: r.IntN(2) == 0}
		case 1:
			v.Kind, v.Disk = "awsElasticBlockStore", &model.DiskSource{ID: one(r, "vol-1", "vol-2", "aws://a/vol-1", "aws://a/b/?")}
		case 2:
			v.Kind = "ephemeral"
		case 3:
			v.Kind = "emptyDir"
		default:
			v.Kind, v.Claim = "persistentVolumeClaim", fmt.Sprint("c", r.IntN(claimNames))
		}
		s.Volumes = append(s.Volumes, v)
	}
}

// ephemeralClaims are the claims made for the pod, as a rule.
func (d *drawing) ephemeralClaims(pod *model.Pod) []model.Object {
	var claims []model.Object
	for i := range pod.Spec.Volumes {
		if v := &pod.Spec.Volumes[i]; v.Kind == "ephemeral" && d.r.IntN(6) > 0 {
			c := d.claim(pod.Namespace, pod.Name+"-"+v.Name)
			c.Owners = []model.OwnerReference{{Kind: "Pod", Name: pod.Name, UID: pod.UID, Controller: d.r.IntN(20) > 0}}
			claims = append(claims, c)
		}
	}
	return claims
}

// claim draws a claim, bound more often than not.
func (d *drawing) claim(namespace, name string) *model.PersistentVolumeClaim {
	r := d.r
	c := &model.PersistentVolumeClaim{Phase: "Pending"}
	c.Namespace, c.Name, c.UID = namespace, name, namespace+name
	c.ResourceVersion = d.nextVersion()
	c.Spec.StorageClass = one(r, ptr("fast"), ptr("told"), ptr("told"), ptr("told"), ptr("zonal"), ptr("local"), ptr("immediate"), ptr(""), nil)
	c.Spec.AccessModes = []string{one(r, "ReadWriteOnce", "ReadOnlyMany", "ReadWriteOnce", "ReadWriteOncePod")}
	c.Spec.Requests = model.ResourceList{{Name: "storage", Quantity: model.WholeQuantity(one[int64](r, 1, 2, 5) << 30)}}
	switch r.IntN(8) {
	case 0, 1, 2, 3:
		c.Spec.VolumeName, c.Phase = d.volumeName(), "Bound"
		if r.IntN(15) > 0 {
			c.Annotations = map[string]string{"pv.kubernetes.io/bind-completed": "yes"}
		}
	case 5:
		if r.IntN(3) == 0 {
			c.Annotations = map[string]string{"volume.kubernetes.io/selected-node": "n001"}
		}
	}
	c.Deleting = r.IntN(30) == 0
	if r.IntN(30) == 0 {
		c.Phase = "Lost"
	}
	return c
}

func (d *drawing) volumeName() string { return fmt.Sprint("pv", d.r.IntN(14)) }

func (d *drawing) nextVersion() uint64 {
	d.versions++
	return d.versions
}

// volume draws a persistent volume.
func (d *drawing) volume() *model.PersistentVolume {
	r := d.r
	v := &model.PersistentVolume{SourceKind: "csi", Driver: one(r, "d1", "d1", "d2"), Handle: fmt.Sprint("h", r.IntN(20)), Phase: "Available",
		AccessModes: []string{"ReadWriteOnce", "ReadOnlyMany"}, StorageClass: one(r, "local", "fast", "", "")}
	v.Name = d.volumeName()
	v.ResourceVersion = d.nextVersion()
	v.Capacity = model.ResourceList{{Name: "storage", Quantity: model.WholeQuantity(one[int64](r, 1, 2, 10) << 30)}}
	switch r.IntN(10) {
	case 0:
		v.SourceKind, v.Driver = "gcePersistentDisk", ""
	case 1:
		v.SourceKind, v.Driver = "local", ""
	}
	in := func(key string, values ...string) *model.NodeSelector {
		return &model.NodeSelector{Terms: []model.NodeSelectorTerm{{MatchExpressions: []model.Requirement{{Key: key, Operator: model.OpIn, Values: values}}}}}
	}
	switch r.IntN(7) {
	case 0, 1:
		v.NodeAffinity = in(model.LabelZone, one(r, "a", "b"))
	case 2:
		v.NodeAffinity = in(model.LabelHostname, fmt.Sprintf("n%03d", r.IntN(8)), fmt.Sprintf("n%03d", r.IntN(8)))
	case 3:
		v.NodeAffinity = in("disk", "ssd", "hdd")
	}
	if r.IntN(4) == 0 {
		v.Labels = map[string]string{one(r, model.LabelZone, model.LabelZoneBeta): one(r, "a", "b", "a__b")}
	}
	if r.IntN(3) == 0 {
		v.ClaimNamespace, v.ClaimName, v.Phase = "default", fmt.Sprint("c", r.IntN(claimNames)), "Bound"
	}
	return v
}

// volumeObject draws anything that plugins for volumes read.
func (d *drawing) volumeObject() model.Object {
	r := d.r
	switch r.IntN(18) {
	case 0, 1, 2, 3:
		return d.claim(one(r, "default", "default", "other"), fmt.Sprint("c", r.IntN(claimNames)))
	case 4, 5, 6, 7:
		return d.volume()
	case 8, 9:
		return d.class(one(r, "fast", "told", "zonal", "local", "immediate"))
	case 10, 11, 12:
		return d.csiNode(fmt.Sprintf("n%03d", r.IntN(20)))
	case 13:
		driver := &model.CSIDriver{StorageCapacity: r.IntN(2) == 0, PreventPodSchedulingIfMissing: r.IntN(4) == 0}
		driver.Name = one(r, "d1", "d2", "told", "pd.csi.storage.gke.io")
		return driver
	case 14, 15, 16:
		size := model.WholeQuantity(one[int64](r, 0, 3, 20) << 30)
		c := &model.CSIStorageCapacity{StorageClass: "told", Capacity: &size, NodeTopology: &model.Selector{Requirements: []model.Requirement{
			{Key: model.LabelZone, Operator: model.OpIn, Values: []string{one(r, "a", "b")}}}}}
		c.Name, c.Namespace = one(r, "s1", "s2", "s3"), "kube-system"
		return c
	}
	a := &model.VolumeAttachment{Attacher: one(r, "d1", "d2"), NodeName: fmt.Sprintf("n%03d", r.IntN(6)), PersistentVolume: d.volumeName()}
	a.Name = fmt.Sprint("a", r.IntN(6))
	return a
}

func (d *drawing) class(name string) *model.StorageClass {
	c := &model.StorageClass{Provisioner: one(d.r, "d1", "d2"), BindingMode: "WaitForFirstConsumer"}
	c.Name = name
	switch name {
	case "told":
		c.Provisioner = "told"
	case "zonal":
		c.AllowedTopologies = []model.TopologySelectorTerm{{Requirements: []model.Requirement{{Key: model.LabelZone, Operator: model.OpIn, Values: []string{one(d.r, "a", "b"), "c"}}}}}
	case "local":
		c.Provisioner = "kubernetes.io/no-provisioner"
	case "immediate":
		c.BindingMode = "Immediate"
	}
	return c
}

func (d *drawing) csiNode(name string) *model.CSINode {
	r := d.r
	n := &model.CSINode{}
	n.Name = name
	for _, driver := range []string{"d1", "d2", "pd.csi.storage.gke.io"} {
		if r.IntN(4) > 0 {
			n.Drivers = append(n.Drivers, model.CSINodeDriver{Name: driver, Count: one(r, nil, ptr[int32](1), ptr[int32](2), ptr[int32](4))})
		}
	}
	if r.IntN(4) == 0 {
		n.Annotations = map[string]string{"storage.alpha.kubernetes.io/migrated-plugins": "kubernetes.io/gce-pd"}
	}
	return n
}

// firstVolumes makes what there is of volumes before the first pod.
func (p *pair) firstVolumes() {
	d := &p.draw
	for _, name := range []string{"fast", "told", "zonal", "local", "immediate"} {
		p.set(d.class(name))
	}
	told := &model.CSIDriver{StorageCapacity: true}
	told.Name = "told"
	p.set(told)
	for i := range 2 * claimNames {
		c := d.claim([]string{"default", "other"}[i%2], fmt.Sprint("c", i/2))
		p.set(c)
		if c.Spec.VolumeName != "" {
			v := d.volume()
			v.Name, v.ClaimName, v.ClaimNamespace, v.ClaimUID, v.Phase = c.Spec.VolumeName, c.Name, c.Namespace, c.UID, "Bound"
			p.set(v)
		}
	}
	for range 30 {
		p.set(d.volumeObject())
	}
}

func (p *pair) set(o model.Object) {
	p.note("set %s %+v", o.Kind(), o)
	p.naive.SetObject(o)
	p.fast.SetObject(o)
}

// firstVolumes is that of the pair, for schedulers.
func (s *stream) firstVolumes() {
	s.naive, s.fast = s.one.core, s.two.core
	s.pair.firstVolumes()
}

// reserve reserves with both runtimes what a pod needs, and has what is to be written come about or not.
func (p *pair) reserve(want, got *Cycle) {
	a, b := p.naive.Reserve(want), p.fast.Reserve(got)
	x, y := a.Message()+writesOf(want), b.Message()+writesOf(got)
	if x != y {
		p.t.Fatalf("seed %d, pod %s\nnaive reserves %s\nfast  reserves %s\n%s", p.seed, want.Pod.Name, x, y, p.tail())
	}
	switch {
	case len(want.Writes) == 0:
	case p.r.IntN(4) == 0:
		want.unreserve()
		got.unreserve()
	case p.r.IntN(2) == 0:
		for _, o := range want.Writes {
			p.set(p.draw.written(o))
		}
	}
}

// writesOf are the objects that are to be written before the pod is bound.
func writesOf(cy *Cycle) string {
	var b strings.Builder
	if status := cy.preBind(); !status.OK() {
		b.WriteString(status.Message())
	}
	for _, o := range cy.Writes {
		fmt.Fprintf(&b, "\n%s %+v", o.Kind(), o)
	}
	return b.String()
}

// written is an object once it has been written.
func (d *drawing) written(o model.Object) model.Object {
	switch o := o.(type) {
	case *model.PersistentVolume:
		v := *o
		v.ResourceVersion = d.nextVersion()
		return &v
	case *model.PersistentVolumeClaim:
		c := *o
		c.ResourceVersion = d.nextVersion()
		return &c
	}
	return o
}

func TestFastEqualsNaiveForPodsWithVolumes(t *testing.T) { equalRuns(t, "volumes", equalSeeds()) }

func TestFastEqualsNaiveForVolumesAmongEverything(t *testing.T) {
	equalRuns(t, "volumes spread affinity services nominated", equalSeeds())
}

func TestFastEqualsNaiveWhenEveryPodHasItsOwnClaim(t *testing.T) {
	decided, cycles := uint64(0), uint64(0)
	for seed := range uint64(equalSeeds() / 4) {
		p := newPair(t, seed, "volumes")
		for i := range 6 {
			p.setNode(fmt.Sprintf("n%03d", i))
		}
		p.firstVolumes()
		for i := range 80 {
			v := p.draw.volume()
			v.Name, v.Handle, v.ClaimNamespace, v.ClaimName, v.ClaimUID = fmt.Sprint("own", i), fmt.Sprint("own", i), "default", fmt.Sprint("own", i), fmt.Sprint("own", i)
			p.set(v)
			for _, namespace := range []string{"default", "other"} {
				c := p.draw.claim(namespace, v.ClaimName)
				c.Spec.VolumeName, c.Phase, c.Annotations = v.Name, "Bound", map[string]string{"pv.kubernetes.io/bind-completed": "yes"}
				p.set(c)
			}
			p.draw.specs = append(p.draw.specs[:0], &model.PodSpec{SchedulerName: "default-scheduler", Containers: []model.Container{{Name: "c", Requests: p.draw.requests()}},
				Volumes: []model.Volume{{Name: "v", Kind: "persistentVolumeClaim", Claim: v.ClaimName}}})
			p.draw.keepSpecs = true
			p.schedule()
			if p.r.IntN(5) == 0 {
				p.remove()
			}
		}
		decided, cycles = decided+p.fast.fast.decided, cycles+p.fast.fast.cycles
	}
	t.Logf("%d of %d cycles decided by the fast runtime", decided, cycles)
	if decided*5 < cycles*4 {
		t.Errorf("the fast runtime decided %d of %d cycles, want four fifths at least", decided, cycles)
	}
}

func TestVolumeNodesForgetWhatIsGone(t *testing.T) {
	p := newPair(t, 3, "volumes")
	p.run(300)
	for _, w := range slices.Clone(p.placed) {
		p.naive.RemovePod(w.naive)
		p.fast.RemovePod(w.fast)
	}
	p.naive.cache.Refresh()
	p.fast.cache.Refresh()
	p.fast.fast.refresh()
	v := &p.fast.fast.volumes
	if v.counter == nil || len(v.drivers) == 0 {
		t.Fatal("no volumes were counted")
	}
	v.refresh(v.counter)
	if len(v.claims)+len(v.held)+v.odd+v.dangling > 0 {
		t.Errorf("without pods there are claims %v, volumes %v, %d odd and %d dangling nodes", v.claims, v.held, v.odd, v.dangling)
	}
}
