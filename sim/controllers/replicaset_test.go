package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// aSet is a ReplicaSet that nobody owns.
func aSet(name string, replicas int32, change ...func(*model.ReplicaSet)) *model.ReplicaSet {
	s := &model.ReplicaSet{ObjectMeta: model.ObjectMeta{Name: name}, Replicas: replicas, Template: template(1),
		Selector: equalitySelector(map[string]string{"app": "web"})}
	for _, f := range change {
		f(s)
	}
	return s
}

// set returns a ReplicaSet as it is.
func (b *bed) set(name string) *model.ReplicaSet {
	b.t.Helper()
	s, ok := b.ReplicaSets.Get("default", name)
	if !ok {
		b.t.Fatalf("no replica set %s", name)
	}
	return s
}

// resize asks a ReplicaSet for another number of pods.
func (b *bed) resize(name string, replicas int32) {
	b.t.Helper()
	changed := apiserver.Copy(b.set(name)).(*model.ReplicaSet)
	changed.Replicas = replicas
	b.must(b.Update(changed))
}

// told are the events with these words, in their order.
func (b *bed) told(words string) []string {
	var out []string
	for _, e := range b.events {
		if strings.Contains(e, words) {
			out = append(out, e)
		}
	}
	return out
}

func TestASetMakesItsPodsOfItsTemplate(t *testing.T) {
	b := newBed(t, Options{})
	s := b.add(aSet("web", 3)).(*model.ReplicaSet)
	b.run(time.Minute)
	want := []model.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: s.UID, Controller: true, BlockOwnerDeletion: true}}
	for p := range b.Pods.All() {
		if !strings.HasPrefix(p.Name, "web-") || len(p.Name) != len("web-")+5 || p.Labels["app"] != "web" || !slices.Equal(p.Owners, want) {
			t.Errorf("pod %s, labels %v, owners %v", p.Name, p.Labels, p.Owners)
		}
		if len(b.told("web Normal SuccessfulCreate: Created pod: "+p.Name)) != 1 {
			t.Errorf("of %s it is told %v", p.Name, b.events)
		}
	}
	status := b.set("web").Status
	if b.Pods.Len() != 3 || status.Replicas != 3 || status.FullyLabeledReplicas != 3 || status.AvailableReplicas != 3 || *status.TerminatingReplicas != 0 {
		t.Errorf("%d pods, status %+v", b.Pods.Len(), status)
	}
}

func TestASetReplacesPodsWhenTheyAreAskedToGoAndWhenTheyFail(t *testing.T) {
	b := newBed(t, Options{})
	b.add(aSet("web", 2))
	b.run(time.Minute)
	pods := b.Pods.List()
	b.must(b.Delete(model.KindPod, "default", pods[0].Name, apiserver.DeleteOptions{}))
	b.run(time.Second) // it stops for 2 s
	if b.Pods.Len() != 3 || *b.set("web").Status.TerminatingReplicas != 1 || b.set("web").Status.Replicas != 2 {
		t.Errorf("%d pods while one stops, status %+v", b.Pods.Len(), b.set("web").Status)
	}
	failed := apiserver.Copy(pods[1]).(*model.Pod)
	failed.Status.Phase = model.PodFailed
	b.must(b.Update(failed))
	b.run(time.Minute)
	// The failed one stays, and does not count.
	if b.Pods.Len() != 3 || b.set("web").Status.Replicas != 2 {
		t.Errorf("%d pods after a failure, status %+v", b.Pods.Len(), b.set("web").Status)
	}
}

func TestASetAdoptsWhatItSelectsAndReleasesWhatItDoesNot(t *testing.T) {
	b := newBed(t, Options{})
	b.add(&model.Pod{ObjectMeta: model.ObjectMeta{Name: "orphan", Labels: map[string]string{"app": "web"}}, Spec: bedSpec})
	foreign := model.OwnerReference{APIVersion: "batch/v1", Kind: "Job", Name: "j", UID: "j", Controller: true}
	b.add(&model.Pod{ObjectMeta: model.ObjectMeta{Name: "foreign", Labels: map[string]string{"app": "web"}, Owners: []model.OwnerReference{foreign}}, Spec: bedSpec})
	s := b.add(aSet("web", 2)).(*model.ReplicaSet)
	b.run(time.Minute)
	orphan, _ := b.Pods.Get("default", "orphan")
	if c := orphan.Controller(); c == nil || c.UID != s.UID || b.Pods.Len() != 3 {
		t.Errorf("owners of the orphan %v, %d pods", orphan.Owners, b.Pods.Len())
	}
	changed := apiserver.Copy(orphan).(*model.Pod)
	changed.Labels = map[string]string{"app": "other"}
	b.must(b.Update(changed))
	b.run(time.Minute)
	orphan, _ = b.Pods.Get("default", "orphan")
	if orphan.Controller() != nil || b.Pods.Len() != 4 {
		t.Errorf("owners after another label %v, %d pods, want 4: it was replaced", orphan.Owners, b.Pods.Len())
	}
	if other, _ := b.Pods.Get("default", "foreign"); !slices.Equal(other.Owners, []model.OwnerReference{foreign}) {
		t.Errorf("the pod of another has owners %v", other.Owners)
	}
}

func TestASetThatSelectsTooManyGivesUpTheSurplus(t *testing.T) {
	b := newBed(t, Options{})
	b.add(aSet("web", 5))
	b.run(time.Minute)
	b.resize("web", 2)
	b.run(time.Minute)
	if n := len(b.told("SuccessfulDelete: Deleted pod: web-")); n != 3 || b.Pods.Len() != 2 {
		t.Errorf("%d deletions told, %d pods", n, b.Pods.Len())
	}
}

func TestPodsAreAvailableOnlyWhenTheyHaveBeenReadyForLong(t *testing.T) {
	b := newBed(t, quick)
	b.add(aSet("web", 2, func(s *model.ReplicaSet) { s.MinReadySeconds = 10 }))
	var at []sim.Time
	b.Observe(func(c apiserver.Change) {
		if s, ok := c.New.(*model.ReplicaSet); ok && c.Old != nil && s.Status.AvailableReplicas != c.Old.(*model.ReplicaSet).Status.AvailableReplicas {
			at = append(at, b.engine.Now())
		}
	})
	b.run(time.Minute)
	// Ready a little after 4 s, which shows as 4 s: available 10 s later, and 1 ms until that is written.
	want := []sim.Time{sim.At(14*time.Second + time.Millisecond)}
	if !slices.Equal(at, want) {
		t.Errorf("available at %v, want %v", at, want)
	}
}

func TestAFailureToMakePodsIsToldAndTriedAgain(t *testing.T) {
	b := newBed(t, Options{})
	refused := *bedSpec
	refused.PriorityClassName = "missing"
	b.add(aSet("web", 3, func(s *model.ReplicaSet) {
		s.Template = &model.PodTemplate{Labels: map[string]string{"app": "web"}, Spec: &refused, Hash: 1}
	}))
	b.run(2 * time.Second)
	why := `pods "web-" is forbidden: no PriorityClass with name missing was found`
	c := model.FindCondition(b.set("web").Status.Conditions, model.ReplicaFailure)
	if c == nil || c.Status != model.ConditionTrue || c.Reason != "FailedCreate" || !strings.Contains(c.Message, "no PriorityClass with name missing was found") {
		t.Errorf("condition %+v, want %s", c, why)
	}
	if n := len(b.told("web Warning FailedCreate: Error creating: pods ")); n < 1 {
		t.Errorf("told: %v", b.events)
	}
	b.add(&model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "missing"}, Value: 5})
	b.run(time.Hour)
	if b.Pods.Len() != 3 || len(b.set("web").Status.Conditions) != 0 {
		t.Errorf("%d pods, conditions %v after the class has come", b.Pods.Len(), b.set("web").Status.Conditions)
	}
}

func TestASetMakesAtMost500PodsBeforeItLooksAgain(t *testing.T) {
	b := newBed(t, quick)
	b.add(aSet("web", 1200))
	var sizes []int32
	b.Observe(func(c apiserver.Change) {
		if s, ok := c.New.(*model.ReplicaSet); ok && c.Old != nil && s.Status.ReadyReplicas == 0 {
			sizes = append(sizes, s.Status.Replicas)
		}
	})
	b.run(900 * time.Millisecond)
	if want := []int32{0, 500, 1000, 1200}; !slices.Equal(slices.Compact(sizes), want) {
		t.Errorf("status counts %v, want %v", sizes, want)
	}
}

func TestTheClientsLimitSetsThePaceOfALargeSet(t *testing.T) {
	b := newBed(t, Options{WriteLatency: sim.Constant(0.001), WatchLatency: sim.Constant(0.001)})
	b.add(aSet("web", 500))
	last := sim.Time(0)
	b.Observe(func(c apiserver.Change) {
		if _, ok := c.New.(*model.Pod); ok && c.Type == apiserver.Added {
			last = b.engine.Now()
		}
	})
	b.run(2 * time.Minute)
	// 20 requests a second, 30 of them at once: (500 − 30) / 20 = 23.5 s for the pods alone. Events take turns, too,
	// but one at a time, so that each waits behind a whole batch (1, 2, 4, ..., 128, 245): some 8 more requests, 0.4 s.
	if s := last.Seconds(); s < 23.7 || s > 24.1 {
		t.Errorf("the last pod was made after %.2f s, want about 23.9", s)
	}
}

func TestAReplicationControllerKeepsItsPodsToo(t *testing.T) {
	b := newBed(t, Options{})
	b.add(&model.ReplicationController{ObjectMeta: model.ObjectMeta{Name: "old"}, Replicas: 2, Selector: map[string]string{"app": "web"}, Template: template(1)})
	b.run(time.Minute)
	rc, _ := b.ReplicationControllers.Get("default", "old")
	if b.Pods.Len() != 2 || rc.Status.AvailableReplicas != 2 || rc.Status.TerminatingReplicas != nil || rc.Selector["app"] != "web" {
		t.Errorf("%d pods, %+v", b.Pods.Len(), rc)
	}
	for p := range b.Pods.All() {
		if c := p.Controller(); c == nil || c.Kind != "ReplicationController" || c.APIVersion != "v1" {
			t.Errorf("owner %+v", c)
		}
	}
}

func TestAControllerThatIsSwitchedOffDoesNothing(t *testing.T) {
	for _, name := range []string{"replicaset", "replicaset-controller"} {
		b := newBed(t, Options{Disabled: []string{name}})
		b.add(web(3))
		b.run(time.Minute)
		if b.ReplicaSets.Len() != 1 || b.Pods.Len() != 0 {
			t.Errorf("%s off: %d sets, %d pods", name, b.ReplicaSets.Len(), b.Pods.Len())
		}
	}
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	run := func() string {
		b := newBed(t, Options{})
		b.add(web(50))
		b.run(20 * time.Second)
		b.edit("web", func(d *model.Deployment) { d.Template = template(2) })
		b.run(time.Minute)
		return fmt.Sprint(b.engine.Fingerprint(), b.sizes(), b.events)
	}
	if one, two := run(), run(); one != two {
		t.Errorf("two runs differ:\n%s\n%s", one, two)
	}
}
