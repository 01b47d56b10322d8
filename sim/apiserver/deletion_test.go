package apiserver_test

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

func TestDeletionInAWayLeavesAFinalizer(t *testing.T) {
	for _, c := range []struct {
		name   string
		object model.Object
		has    []string
		how    apiserver.Propagation
		want   string // the finalizers afterwards, "gone" when the object is
	}{
		{"in the background it goes at once", &model.Deployment{}, nil, apiserver.Background, "gone"},
		{"unsaid it goes at once", &model.Deployment{}, nil, "", "gone"},
		{"in the foreground it waits", &model.Deployment{}, nil, apiserver.Foreground, "[foregroundDeletion]"},
		{"what it owns is to stay", &model.Deployment{}, nil, apiserver.Orphan, "[orphan]"},
		{"a finalizer holds it", &model.Deployment{}, []string{"example.com/hold"}, apiserver.Background, "[example.com/hold]"},
		{"both hold it", &model.Deployment{}, []string{"example.com/hold"}, apiserver.Foreground, "[example.com/hold foregroundDeletion]"},
		{"unsaid, its finalizer counts", &model.Deployment{}, []string{"orphan"}, "", "[orphan]"},
		{"what is said counts more than its finalizer", &model.Deployment{}, []string{"orphan"}, apiserver.Background, "gone"},
		{"a Job leaves its pods behind when nothing is said", &model.Job{}, nil, "", "[orphan]"},
		{"a Job in the background goes", &model.Job{}, nil, apiserver.Background, "gone"},
		{"a ReplicationController leaves its pods behind", &model.ReplicationController{}, nil, "", "[orphan]"},
	} {
		_, s := server(1)
		*c.object.Meta() = named("web")
		c.object.Meta().Finalizers = c.has
		made := create(t, s, c.object)
		if err := s.Delete(made.Kind(), "shop", "web", apiserver.DeleteOptions{Propagation: c.how}); err != nil {
			t.Fatal(err)
		}
		got := "gone"
		if o := s.Collection(made.Kind()).Find("shop", "web"); o != nil {
			if got = fmt.Sprint(o.Meta().Finalizers); !o.Meta().Deleting || o.Meta().Generation != 2 {
				t.Errorf("%s: deleting %v, generation %d", c.name, o.Meta().Deleting, o.Meta().Generation)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDeletionMeetsOnlyTheObjectThatWasMeant(t *testing.T) {
	_, s := server(1)
	d := create(t, s, &model.Deployment{ObjectMeta: named("web")})
	refused(t, s.Delete(model.KindDeployment, "shop", "web", apiserver.DeleteOptions{ResourceVersion: d.ResourceVersion - 1}), apiserver.Conflict,
		`Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again`)
	if err := s.Delete(model.KindDeployment, "shop", "web", apiserver.DeleteOptions{UID: d.UID, ResourceVersion: d.ResourceVersion}); err != nil {
		t.Error(err)
	}
}

// A pod that its finalizer holds is deleted once, however often that is asked.
func TestDeletingAgainWhatAFinalizerHoldsChangesNothing(t *testing.T) {
	_, s := server(1)
	p := pod("p", plain())
	p.Finalizers = []string{model.FinalizerJobTracking}
	create(t, s, p)
	for range 2 {
		if err := s.Delete(model.KindPod, "shop", "p", apiserver.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	held, _ := s.Pods.Get("shop", "p")
	if version := held.ResourceVersion; version != s.Version() || !held.Deleting {
		t.Errorf("deleting %v", held.Deleting)
	}
	free := apiserver.Copy(held).(*model.Pod)
	free.Finalizers = nil
	if err := s.Update(free); err != nil {
		t.Fatal(err)
	}
	if _, there := s.Pods.Get("shop", "p"); there {
		t.Error("it is still there without its finalizer")
	}
}

// Shortening the grace of a pod whose whole grace is over leaves it the shortest there is, from now.
func TestAGraceThatIsOverCannotBeShortenedIntoThePast(t *testing.T) {
	e, s := server(1)
	p := pod("p", plain())
	p.NodeName = "n"
	create(t, s, p)
	if err := s.Delete(model.KindPod, "shop", "p", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	e.RunUntil(sim.At(20 * time.Second))
	ten := int64(10)
	if err := s.Delete(model.KindPod, "shop", "p", apiserver.DeleteOptions{GraceSeconds: &ten}); err != nil {
		t.Fatal(err)
	}
	got, _ := s.Pods.Get("shop", "p")
	if got.Deleted != sim.At(20*time.Second) || got.DeletionGracePeriodSeconds != 1 || got.Generation != 2 {
		t.Errorf("deleted %v, grace %d, generation %d; want 20s, 1, 2", got.Deleted, got.DeletionGracePeriodSeconds, got.Generation)
	}
}

func TestANamespaceGoesWhenItIsFinalized(t *testing.T) {
	_, s := server(1)
	create(t, s, pod("p", plain()))
	for range 2 {
		if err := s.Delete(model.KindNamespace, "", "shop", apiserver.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	n, _ := s.Namespaces.Get("", "shop")
	if !n.Deleting || n.Phase != "Terminating" {
		t.Errorf("deleting %v, phase %s", n.Deleting, n.Phase)
	}
	labelled := apiserver.Copy(n).(*model.Namespace)
	if err := s.Update(labelled); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(pod("before", plain())); err != nil {
		t.Errorf("what was in a namespace before its deletion: %v", err)
	}
	generated := pod("", plain())
	generated.GenerateName = "web-"
	_, err := s.Create(generated)
	refused(t, err, apiserver.Forbidden, `pods "web-" is forbidden: unable to create new content in namespace shop because it is being terminated`)
	if err := s.FinalizeNamespace("shop"); err != nil {
		t.Fatal(err)
	}
	_, err = s.Create(pod("q", plain()))
	refused(t, err, apiserver.NotFound, `namespaces "shop" not found`)
	refused(t, s.Delete(model.KindNamespace, "", "kube-system", apiserver.DeleteOptions{}), apiserver.Forbidden,
		`namespaces "kube-system" is forbidden: this namespace may not be deleted`)
	create(t, s, &model.Namespace{ObjectMeta: model.ObjectMeta{Name: "shop"}})
	create(t, s, pod("q", plain()))
}
