package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func TestDisksInUse(t *testing.T) {
	const taken = "Unschedulable: node(s) had no available disk"
	gce := func(id string, readOnly bool) func(*model.Pod) {
		return withDisk("gcePersistentDisk", model.DiskSource{ID: id, ReadOnly: readOnly})
	}
	ebs := withDisk("awsElasticBlockStore", model.DiskSource{ID: "vol-1", ReadOnly: true})
	iscsi := func(readOnly bool) func(*model.Pod) {
		return withDisk("iscsi", model.DiskSource{ID: "iqn.a", ReadOnly: readOnly})
	}
	rbd := func(pool string, monitors ...string) func(*model.Pod) {
		return withDisk("rbd", model.DiskSource{ID: "image", Pool: pool, Monitors: monitors})
	}
	for _, c := range []struct {
		name           string
		present, wants func(*model.Pod)
		want           string
	}{
		{"a GCE disk is written by another pod", gce("a", false), gce("a", true), taken},
		{"a GCE disk is read by both", gce("a", true), gce("a", true), ""},
		{"another GCE disk", gce("a", false), gce("b", false), ""},
		{"an EBS volume is never shared, not even for reading", ebs, ebs, taken},
		{"an EBS volume and a GCE disk of the same name", withDisk("gcePersistentDisk", model.DiskSource{ID: "vol-1"}), ebs, ""},
		{"an iSCSI volume of which one pod writes", iscsi(true), iscsi(false), taken},
		{"an iSCSI volume that both read", iscsi(true), iscsi(true), ""},
		{"an RBD image by way of a common monitor", rbd("p", "m1", "m2"), rbd("p", "m2", "m3"), taken},
		{"an RBD image by way of different monitors", rbd("p", "m1"), rbd("p", "m2"), ""},
		{"an RBD image of another pool", rbd("p", "m1"), rbd("q", "m1"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t)
			n := b.node("n", nil, pod(nil, c.present))
			pl := b.plugin(VolumeRestrictions, nil)
			if got := b.filter(pl, pod(nil, c.wants), n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestClaimForOnePod(t *testing.T) {
	b := withObjects(t, aClaim("one", forOnePod), aClaim("many"))
	user := pod(nil, claiming("one"), func(p *model.Pod) { p.Name = "user" })
	elsewhere := b.node("elsewhere", nil, user)
	n := b.node("n", nil)
	pl := b.plugin(VolumeRestrictions, nil).(*volumeRestrictions)
	const inUse = "Unschedulable: node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
	if got := b.filter(pl, pod(nil, claiming("one")), n); got != inUse {
		t.Errorf("in use on another node: got %q, want %q", got, inUse)
	}
	if _, got := b.preFilter(pl, pod(nil, claiming("many"))); got != "Skip: " {
		t.Errorf("a claim for many pods: got %q, want a skip", got)
	}
	if _, got := b.preFilter(pl, pod(nil, claiming("gone"))); got != `UnschedulableAndUnresolvable: persistentvolumeclaim "gone" not found` {
		t.Errorf("a claim that is not there: got %q", got)
	}

	// With the one user gone on trial the claim is free; on a copy of the state nothing changes.
	p := b.info(pod(nil, claiming("one")))
	state, _ := b.preFilter(pl, p.Pod)
	trial := pl.CloneState(state)
	pl.RemovePod(trial, p, elsewhere.Pods[0], elsewhere)
	if got := verdict(pl.Filter(trial, p, n)); got != "" {
		t.Errorf("without its user: got %q", got)
	}
	if got := verdict(pl.Filter(state, p, n)); got != inUse {
		t.Errorf("the state that was copied: got %q, want %q", got, inUse)
	}
	// Like upstream, a claim of the same name in another namespace counts on trial.
	stranger := b.info(pod(nil, claiming("one"), func(p *model.Pod) { p.Namespace = "other" }))
	pl.AddPod(trial, p, stranger, n)
	if got := verdict(pl.Filter(trial, p, n)); got != inUse {
		t.Errorf("with a user of another namespace: got %q, want %q", got, inUse)
	}
	if got, want := verdict(pl.Filter(nil, p, n)), `Error: cannot read "PreFilterVolumeRestrictions" from cycleState`; got != want {
		t.Errorf("without PreFilter: got %q, want %q", got, want)
	}
}

func TestVolumeRestrictionsHints(t *testing.T) {
	b := withObjects(t)
	pl := b.plugin(VolumeRestrictions, nil)
	claimAdded := framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, Action: framework.Add}
	disk := withDisk("gcePersistentDisk", model.DiskSource{ID: "a"})
	other := func(p *model.Pod) { p.Namespace = "other" }
	for _, c := range []struct {
		name     string
		event    framework.ClusterEvent
		pod      *model.Pod
		old, new model.Object
		want     string
	}{
		{"a pod goes that had the disk", framework.EventAssignedPodDelete, pod(nil, disk), pod(nil, disk), nil, "Queue"},
		{"a pod of another namespace goes that had the disk", framework.EventAssignedPodDelete, pod(nil, disk), pod(nil, disk, other), nil, "QueueSkip"},
		{"a pod goes that used the claim", framework.EventAssignedPodDelete, pod(nil, claiming("a", "b")), pod(nil, claiming("b")), nil, "Queue"},
		{"a pod goes that used another claim", framework.EventAssignedPodDelete, pod(nil, claiming("a")), pod(nil, claiming("b")), nil, "QueueSkip"},
		{"a node comes", framework.EventNodeAdd, pod(nil), nil, aNode(), "Queue"},
		{"the claim comes", claimAdded, pod(nil, claiming("a")), nil, aClaim("a"), "Queue"},
		{"another claim comes", claimAdded, pod(nil, claiming("a")), nil, aClaim("b"), "QueueSkip"},
		{"the claim comes in another namespace", claimAdded, pod(nil, claiming("a"), other), nil, aClaim("a"), "QueueSkip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.hint(pl, c.event, c.pod, c.old, c.new); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
