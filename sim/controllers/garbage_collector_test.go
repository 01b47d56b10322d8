package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// ownedBy makes another the owner of an object; the first one controls it. It blocks the deletion of each.
func ownedBy(o, owner model.Object) model.Object {
	m := owner.Meta()
	o.Meta().Owners = append(o.Meta().Owners, model.OwnerReference{Kind: string(owner.Kind()), Name: m.Name, UID: m.UID,
		Controller: len(o.Meta().Owners) == 0, BlockOwnerDeletion: true})
	return o
}

func inShop(name string) model.ObjectMeta { return model.ObjectMeta{Name: name, Namespace: "shop"} }

// family is a paused Deployment with a ReplicaSet and two pods of it, in a cluster without the controllers of
// either.
func family(t *testing.T, o Options) (b *bed, d, r model.Object) {
	o.Disabled = []string{"deployment", "replicaset"}
	b = newBed(t, o)
	d = b.add(&model.Deployment{ObjectMeta: inShop("web")})
	r = b.add(ownedBy(&model.ReplicaSet{ObjectMeta: inShop("web-1")}, d))
	for i := range 2 {
		b.add(ownedBy(&model.Pod{ObjectMeta: inShop(fmt.Sprintf("web-1-%d", i)), Spec: &model.PodSpec{TerminationGracePeriodSeconds: 30}}, r))
	}
	b.run(10 * time.Second)
	return b, d, r
}

// there lists what is left of the family.
func (b *bed) there() string {
	var out []string
	for _, kind := range []model.Kind{model.KindDeployment, model.KindReplicaSet, model.KindPod} {
		for _, o := range b.Collection(kind).Objects() {
			text := o.Meta().Name
			if o.Meta().Deleting {
				text += "!"
			}
			if len(o.Meta().Owners) == 0 {
				text += "*"
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, " ")
}

// What is marked with ! is being deleted, what is marked with * has no owner. Pods take two seconds to go.
func TestWhatAnOwnerOwnedFollowsItOrStays(t *testing.T) {
	for _, c := range []struct {
		name              string
		how               apiserver.Propagation
		at0, at1s, at100s string
	}{
		{"in the background the owner goes first", apiserver.Background, "web-1 web-1-0 web-1-1", "web-1-0! web-1-1!", ""},
		{"in the foreground the owner goes last", apiserver.Foreground, "web!* web-1 web-1-0 web-1-1", "web!* web-1! web-1-0! web-1-1!", ""},
		{"what is orphaned stays", apiserver.Orphan, "web!* web-1 web-1-0 web-1-1", "web-1* web-1-0 web-1-1", "web-1* web-1-0 web-1-1"},
	} {
		b, d, _ := family(t, quick)
		b.must(b.Delete(model.KindDeployment, "shop", "web", apiserver.DeleteOptions{UID: d.Meta().UID, Propagation: c.how}))
		for _, at := range []struct {
			after time.Duration
			want  string
		}{{0, c.at0}, {time.Second, c.at1s}, {100 * time.Second, c.at100s}} {
			b.run(at.after)
			if got := b.there(); got != at.want {
				t.Errorf("%s, after %v: %q, want %q", c.name, at.after, got, at.want)
			}
		}
	}
}

func TestAnObjectWithAnotherOwnerOnlyLosesTheOneThatGoes(t *testing.T) {
	b, d, r := family(t, quick)
	other := b.add(&model.ReplicaSet{ObjectMeta: inShop("other")})
	b.add(ownedBy(ownedBy(&model.ConfigMap{ObjectMeta: inShop("shared")}, r), other))
	b.must(b.Delete(model.KindDeployment, "shop", "web", apiserver.DeleteOptions{UID: d.Meta().UID}))
	b.run(time.Minute)
	shared, ok := b.ConfigMaps.Get("shop", "shared")
	if !ok || len(shared.Owners) != 1 || shared.Owners[0].UID != other.Meta().UID {
		t.Errorf("it is there: %v, and owned by %+v", ok, shared)
	}
}

// A pod that is written after its owner is gone follows it; one of an owner that was never there stays.
func TestLatecomersFollowTheirOwner(t *testing.T) {
	b, _, r := family(t, quick)
	b.must(b.Delete(model.KindReplicaSet, "shop", "web-1", apiserver.DeleteOptions{}))
	b.run(time.Minute)
	b.add(ownedBy(&model.Pod{ObjectMeta: inShop("late"), Spec: &model.PodSpec{}}, r))
	unknown := &model.ReplicaSet{ObjectMeta: model.ObjectMeta{Name: "unknown", UID: "u-1"}}
	b.add(ownedBy(&model.Pod{ObjectMeta: inShop("stranger"), Spec: &model.PodSpec{}}, unknown))
	b.run(time.Minute)
	if got := b.there(); got != "web* stranger" {
		t.Errorf("left are %q, want the Deployment and the stranger", got)
	}
}

// Two requests for each pod, at 40 a second after the first 30: a hundred pods take over four seconds.
func TestTheCollectorKeepsToItsRate(t *testing.T) {
	o := quick
	o.ClientQPS, o.ClientBurst = DefaultClientQPS, DefaultClientBurst
	b, _, r := family(t, o)
	for i := range 98 {
		b.add(ownedBy(&model.Pod{ObjectMeta: inShop(fmt.Sprint("p", i)), Spec: &model.PodSpec{TerminationGracePeriodSeconds: 30}}, r))
	}
	b.run(10 * time.Second)
	start := b.engine.Now()
	b.must(b.Delete(model.KindReplicaSet, "shop", "web-1", apiserver.DeleteOptions{}))
	last := start
	b.Observe(func(c apiserver.Change) {
		if c.Type == apiserver.Modified && c.New.Meta().Deleting && !c.Old.Meta().Deleting {
			last = b.engine.Now()
		}
	})
	b.run(time.Minute)
	// 200 requests, 30 of them at once: 170 at 40 a second are 4.25 s.
	if took := last.Sub(start); took < 4200*time.Millisecond || took > 4400*time.Millisecond {
		t.Errorf("the last of 100 pods was deleted after %v, want 4.25 s", took)
	}
}

func TestANamespaceIsEmptiedAndGoes(t *testing.T) {
	b, _, _ := family(t, quick)
	b.add(&model.ConfigMap{ObjectMeta: inShop("settings")})
	b.must(b.Delete(model.KindNamespace, "", "shop", apiserver.DeleteOptions{}))
	b.run(4 * time.Second)
	if got := b.there(); got != "web* web-1 web-1-0 web-1-1" {
		t.Errorf("after 4 s: %q: the controller waits for 5", got)
	}
	b.run(2 * time.Second)
	if got := b.there(); got != "web* web-1 web-1-0! web-1-1!" {
		t.Errorf("after 6 s: %q: pods go first", got)
	}
	// The pods' grace is 30 s: the controller comes back after half of it and a second.
	b.run(16 * time.Second)
	if _, there := b.Namespaces.Get("", "shop"); there || b.there() != "" || b.ConfigMaps.Len() > 0 {
		t.Errorf("after 22 s the namespace is there: %v, with %q and %d ConfigMaps", there, b.there(), b.ConfigMaps.Len())
	}
	if _, err := b.Create(&model.ConfigMap{ObjectMeta: inShop("settings")}); !apiserver.Is(err, apiserver.NotFound) {
		t.Errorf("made in a namespace that is gone: %v", err)
	}
}

// A finalizer that nobody takes away holds the namespace, and the controller comes back every 8 seconds.
func TestAFinalizerHoldsANamespace(t *testing.T) {
	b := newBed(t, quick)
	held := &model.ConfigMap{ObjectMeta: inShop("held")}
	held.Finalizers = []string{"example.com/hold"}
	b.add(held)
	b.must(b.Delete(model.KindNamespace, "", "shop", apiserver.DeleteOptions{}))
	b.run(time.Minute)
	now, there := b.ConfigMaps.Get("shop", "held")
	if !there || !now.Deleting {
		t.Fatal("what the finalizer holds is gone")
	}
	free := apiserver.Copy(now).(*model.ConfigMap)
	free.Finalizers = nil
	b.must(b.Update(free))
	b.run(8 * time.Second)
	if _, there := b.Namespaces.Get("", "shop"); there {
		t.Error("the namespace is there still")
	}
}

// With all controllers on, a Deployment that is deleted in any way takes its pods along, and none comes back.
func TestADeletedDeploymentIsNotMadeAnew(t *testing.T) {
	for _, how := range []apiserver.Propagation{apiserver.Background, apiserver.Foreground} {
		b := newBed(t, quick)
		b.add(web(10, func(d *model.Deployment) { d.Namespace = "shop" }))
		b.run(30 * time.Second)
		if n := b.Pods.Len(); n != 10 {
			t.Fatalf("%d pods, want 10", n)
		}
		made := 0
		b.Observe(func(c apiserver.Change) {
			if c.Type == apiserver.Added {
				made++
			}
		})
		b.must(b.Delete(model.KindDeployment, "shop", "web", apiserver.DeleteOptions{Propagation: how}))
		b.run(time.Minute)
		if b.there() != "" || made > 0 {
			t.Errorf("%s: left %q, %d made meanwhile", how, b.there(), made)
		}
	}
}
