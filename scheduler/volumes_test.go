package scheduler

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
)

// waitingStory has one node, one volume and a claim for it that waits for pod p.
func waitingStory(t *testing.T) (*story, *model.PersistentVolumeClaim) {
	st := newStory(t, Options{})
	class := "local"
	storage := &model.StorageClass{Provisioner: "kubernetes.io/no-provisioner", BindingMode: "WaitForFirstConsumer"}
	storage.Name = class
	gib := model.ResourceList{{Name: "storage", Quantity: model.WholeQuantity(1 << 30)}}
	volume := &model.PersistentVolume{StorageClass: class, Capacity: gib, Phase: "Available"}
	volume.Name, volume.ResourceVersion = "v", 1
	claim := &model.PersistentVolumeClaim{Spec: model.ClaimSpec{StorageClass: &class, Requests: gib}, Phase: "Pending"}
	claim.Name, claim.Namespace, claim.UID, claim.ResourceVersion = "c", "default", "c", 1
	pod := onePod("p")
	pod.Namespace = "default"
	spec := *pod.Spec
	spec.Volumes = []model.Volume{{Name: "data", Kind: "persistentVolumeClaim", Claim: "c"}}
	pod.Spec = &spec
	for _, o := range []model.Object{smallNode("n"), storage, volume, claim, pod} {
		st.s.Added(st.now, o)
	}
	return st, claim
}

func TestVolumesAreBoundBeforeThePod(t *testing.T) {
	st, claim := waitingStory(t)
	cy := st.cycle()
	if cy.Node != "n" || len(cy.Writes) != 1 {
		t.Fatalf("node %q (%s), writes %v; want n and the volume", cy.Node, cy.Message, cy.Writes)
	}
	if done, failure := st.s.Prepared(st.now, cy); done || failure != "" {
		t.Errorf("nothing is written yet: got %v, %q", done, failure)
	}
	written := *cy.Writes[0].(*model.PersistentVolume)
	written.ResourceVersion = 2
	st.s.Updated(st.now, &written, &written)
	bound := *claim
	bound.ResourceVersion, bound.Spec.VolumeName = 3, "v"
	bound.Annotations = map[string]string{"pv.kubernetes.io/bind-completed": "yes"}
	st.s.Updated(st.now, claim, &bound)
	if done, failure := st.s.Prepared(st.now, cy); !done || failure != "" {
		t.Errorf("both have each other: got %v, %q", done, failure)
	}
}

func TestVolumesThatAreNotBoundInTime(t *testing.T) {
	st, _ := waitingStory(t)
	cy := st.cycle()
	// The default is 600 s.
	if done, failure := st.s.Prepared(st.now.Add(599*time.Second), cy); done || failure != "" {
		t.Errorf("in time: got %v, %q", done, failure)
	}
	st.now = st.now.Add(600 * time.Second)
	done, failure := st.s.Prepared(st.now, cy)
	if want := `running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded`; done || failure != want {
		t.Errorf("too late: got %v, %q, want %q", done, failure, want)
	}
	st.s.BindFailed(st.now, cy, failure)
	// The volume is free again, or the second try would find none.
	st.now = st.now.Add(10 * time.Second)
	st.s.Tick(st.now)
	if cy := st.cycle(); cy.Node != "n" || len(cy.Writes) != 1 {
		t.Errorf("the second try: node %q (%s), writes %v", cy.Node, cy.Message, cy.Writes)
	}
}

func TestVolumesOfAPodThatIsGone(t *testing.T) {
	st, _ := waitingStory(t)
	cy := st.cycle()
	st.s.Deleted(st.now, cy.Pod)
	done, failure := st.s.Prepared(st.now, cy)
	if want := `running PreBind plugin "VolumeBinding": binding volumes: pod does not exist any more: pod "p" not found`; done || failure != want {
		t.Errorf("got %v, %q, want %q", done, failure, want)
	}
}

// A pod whose claim is missing waits for the claim, and the event brings it back.
func TestAMissingClaimThatComes(t *testing.T) {
	st := newStory(t, Options{})
	pod := onePod("p")
	pod.Namespace = "default"
	spec := *pod.Spec
	spec.Volumes = []model.Volume{{Name: "data", Kind: "persistentVolumeClaim", Claim: "c"}}
	pod.Spec = &spec
	st.s.Added(st.now, smallNode("n"))
	st.s.Added(st.now, pod)
	cy := st.cycle()
	if want := `0/1 nodes are available: persistentvolumeclaim "c" not found. not found`; cy.Node != "" || cy.Message != want {
		t.Fatalf("node %q, message %q, want %q", cy.Node, cy.Message, want)
	}
	other := &model.PersistentVolumeClaim{}
	other.Name, other.Namespace = "other", "default"
	st.s.Added(st.now, other)
	if q := st.s.Queue(); q.Unschedulable != 1 {
		t.Errorf("another claim came: %+v", q)
	}
	claim := &model.PersistentVolumeClaim{}
	claim.Name, claim.Namespace = "c", "default"
	st.s.Added(st.now, claim)
	if q := st.s.Queue(); q.Unschedulable != 0 {
		t.Errorf("the claim came: %+v", q)
	}
}
