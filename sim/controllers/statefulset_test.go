package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// db is a StatefulSet as the API server has it.
func db(replicas int32, change ...func(*model.StatefulSet)) *model.StatefulSet {
	s := &model.StatefulSet{ObjectMeta: model.ObjectMeta{Name: "db"}, Replicas: replicas, Template: template(1),
		Selector: equalitySelector(map[string]string{"app": "web"}), PodManagementPolicy: "OrderedReady",
		UpdateStrategy: model.StatefulSetStrategy{Type: model.RollingUpdate}, WhenDeleted: "Retain", WhenScaled: "Retain"}
	for _, f := range change {
		f(s)
	}
	return s
}

func parallel(s *model.StatefulSet) { s.PodManagementPolicy = "Parallel" }

// editSet changes a StatefulSet now, with its generation, as a person does.
func (b *bed) editSet(change func(*model.StatefulSet)) {
	b.t.Helper()
	s, _ := b.StatefulSets.Get("default", "db")
	changed := apiserver.Copy(s).(*model.StatefulSet)
	change(changed)
	if changed.Generation == s.Generation {
		changed.Generation++
	}
	b.must(b.Update(changed))
}

// story watches the pods: "0s +db-0", "4s ready db-0", "10s -db-2" (asked to go), "12s gone db-2".
func (b *bed) story() *[]string {
	var lines []string
	b.Observe(func(c apiserver.Change) {
		pod, ok := c.Object().(*model.Pod)
		if !ok {
			return
		}
		what := ""
		old, _ := c.Old.(*model.Pod)
		switch {
		case c.Type == apiserver.Added:
			what = "+"
		case c.Type == apiserver.Deleted:
			what = "gone "
		case pod.Deleting && !old.Deleting:
			what = "-"
		case ready(pod) && !ready(old):
			what = "ready "
		default:
			return
		}
		lines = append(lines, fmt.Sprintf("%.0fs %s%s", time.Duration(b.engine.Now()).Seconds(), what, pod.Name))
	})
	return &lines
}

// Pods of the bed run 1 s after they are made, are ready 3 s later and gone 2 s after they are asked to go.
func TestStatefulSetsGoStepByStep(t *testing.T) {
	update := func(s *model.StatefulSet) { s.Template = template(2) }
	for _, test := range []struct {
		name string
		set  *model.StatefulSet
		// then is done at 60 s.
		then func(*model.StatefulSet)
		want string // what happened from the beginning
	}{
		{"in order, each when the one before it is ready", db(3), nil,
			"0s +db-0; 4s ready db-0; 4s +db-1; 8s ready db-1; 8s +db-2; 12s ready db-2"},
		{"or all at once", db(3, parallel), nil,
			"0s +db-0; 0s +db-1; 0s +db-2; 4s ready db-0; 4s ready db-1; 4s ready db-2"},
		{"down from the highest, one at a time", db(3, parallel), func(s *model.StatefulSet) { s.PodManagementPolicy = "OrderedReady"; s.Replicas = 1 },
			"0s +db-0; 0s +db-1; 0s +db-2; 4s ready db-0; 4s ready db-1; 4s ready db-2; 60s -db-2; 62s gone db-2; 62s -db-1; 64s gone db-1"},
		{"down all at once when parallel", db(3, parallel), func(s *model.StatefulSet) { s.Replicas = 1 },
			"0s +db-0; 0s +db-1; 0s +db-2; 4s ready db-0; 4s ready db-1; 4s ready db-2; 60s -db-2; 60s -db-1; 62s gone db-2; 62s gone db-1"},
		{"an update goes from the highest down and waits for each", db(2, parallel), func(s *model.StatefulSet) { s.PodManagementPolicy = "OrderedReady"; update(s) },
			"0s +db-0; 0s +db-1; 4s ready db-0; 4s ready db-1; 60s -db-1; 62s gone db-1; 62s +db-1; 66s ready db-1; 66s -db-0; 68s gone db-0; 68s +db-0; 72s ready db-0"},
		{"an update stops at the partition", db(3, parallel), func(s *model.StatefulSet) { update(s); s.UpdateStrategy.Partition = 2 },
			"0s +db-0; 0s +db-1; 0s +db-2; 4s ready db-0; 4s ready db-1; 4s ready db-2; 60s -db-2; 62s gone db-2; 62s +db-2; 66s ready db-2"},
		// 67 % of 3 is 2.01, rounded down 2
		{"two at a time when two may be down", db(3, parallel), func(s *model.StatefulSet) {
			update(s)
			s.UpdateStrategy.MaxUnavailable = &model.IntOrPercent{Value: 67, Percent: true}
		},
			"0s +db-0; 0s +db-1; 0s +db-2; 4s ready db-0; 4s ready db-1; 4s ready db-2; 60s -db-2; 60s -db-1; 62s gone db-2; 62s gone db-1; " +
				"62s +db-2; 62s +db-1; 66s ready db-2; 66s -db-0; 66s ready db-1; 68s gone db-0; 68s +db-0; 72s ready db-0"},
		{"nothing is updated on delete alone", db(2, parallel), func(s *model.StatefulSet) { update(s); s.UpdateStrategy.Type = model.OnDelete },
			"0s +db-0; 0s +db-1; 4s ready db-0; 4s ready db-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, quick)
			story := b.story()
			b.add(test.set)
			b.run(time.Minute)
			if test.then != nil {
				b.editSet(test.then)
				b.run(time.Minute)
			}
			if got := strings.Join(*story, "; "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			s, _ := b.StatefulSets.Get("default", "db")
			if st := s.Status; st.Replicas != s.Replicas || st.ReadyReplicas != s.Replicas || st.ObservedGeneration != s.Generation {
				t.Errorf("status %+v", st)
			}
		})
	}
}

func TestAFailedNumberIsMadeAnew(t *testing.T) {
	b := newBed(t, quick)
	b.add(db(2))
	b.run(time.Minute)
	story := b.story()
	pod, _ := b.Pods.Get("default", "db-0")
	failed := apiserver.Copy(pod).(*model.Pod)
	failed.Status.Phase, failed.Status.Conditions = model.PodFailed, nil
	b.must(b.Update(failed))
	b.run(time.Minute)
	// A pod that has ended goes at once.
	if got := strings.Join(*story, "; "); got != "60s -db-0; 60s gone db-0; 60s +db-0; 64s ready db-0" {
		t.Errorf("got %s", got)
	}
}

func TestClaimsStayWithTheirNumber(t *testing.T) {
	claims := func(s *model.StatefulSet) { s.ClaimTemplates = []model.ClaimTemplate{{Name: "data"}} }
	for _, test := range []struct {
		policy string
		owner  string // of data-db-1 once there is no db-1 any more
	}{{"Retain", ""}, {"Delete", "Pod"}} {
		t.Run(test.policy, func(t *testing.T) {
			b := newBed(t, quick)
			b.add(db(2, claims, func(s *model.StatefulSet) { s.WhenScaled = test.policy }))
			b.run(time.Minute)
			pod, _ := b.Pods.Get("default", "db-1")
			if v := pod.Spec.Volumes; len(v) != 1 || v[0].Claim != "data-db-1" {
				t.Fatalf("volumes %+v", v)
			}
			owner := ""
			b.Observe(func(c apiserver.Change) {
				if claim, ok := c.New.(*model.PersistentVolumeClaim); ok && claim.Name == "data-db-1" && len(claim.Owners) > 0 {
					owner = claim.Owners[0].Kind
				}
			})
			b.editSet(func(s *model.StatefulSet) { s.Replicas = 1 })
			b.run(time.Minute)
			if _, there := b.Pods.Get("default", "db-1"); there || owner != test.owner {
				t.Errorf("the pod is there: %v, its claim belonged to %q, want %q", there, owner, test.owner)
			}
		})
	}
}

func TestARollbackBringsAnOldRevisionBack(t *testing.T) {
	b := newBed(t, quick)
	first := db(1)
	b.add(first)
	b.run(time.Minute)
	b.editSet(func(s *model.StatefulSet) { s.Template = template(2) })
	b.run(time.Minute)
	b.editSet(func(s *model.StatefulSet) { s.Template = first.Template })
	b.run(time.Minute)
	var got []string
	for r := range b.ControllerRevisions.All() {
		got = append(got, fmt.Sprint(r.Template.Hash, " is ", r.Revision))
	}
	if text := strings.Join(got, ", "); text != "1001 is 3, 1002 is 2" {
		t.Errorf("revisions: %s", text)
	}
	s, _ := b.StatefulSets.Get("default", "db")
	pod, _ := b.Pods.Get("default", "db-0")
	if s.Status.CurrentRevision != s.Status.UpdateRevision || pod.Labels[model.LabelRevisionHash] != s.Status.CurrentRevision {
		t.Errorf("status %+v, the pod has %s", s.Status, pod.Labels[model.LabelRevisionHash])
	}
}
