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

// deployment returns the Deployment web as it is.
func (b *bed) deployment() *model.Deployment {
	b.t.Helper()
	d, ok := b.Deployments.Get("default", "web")
	if !ok {
		b.t.Fatal("no deployment web")
	}
	return d
}

// progress is the reason of the condition Progressing.
func (b *bed) progress() string {
	if c := model.FindCondition(b.deployment().Status.Conditions, model.DeploymentProgressing); c != nil {
		return c.Status + "/" + c.Reason
	}
	return ""
}

// rolled is a Deployment that stands, and then gets a second template.
func rolled(t *testing.T, o Options, change ...func(*model.Deployment)) *bed {
	b := newBed(t, o)
	b.add(web(10, change...))
	b.run(20 * time.Second)
	b.edit("web", func(d *model.Deployment) { d.Template = template(2) })
	return b
}

func TestARollingUpdateKeepsWithinItsLimits(t *testing.T) {
	b := rolled(t, Options{})
	least, most, steps := int32(10), int32(0), []string{}
	b.Observe(func(c apiserver.Change) {
		if _, ok := c.New.(*model.ReplicaSet); !ok {
			return
		}
		available, wanted := int32(0), int32(0)
		for s := range b.ReplicaSets.All() {
			wanted += s.Replicas
		}
		for p := range b.Pods.All() {
			if ready(p) && !p.Deleting {
				available++
			}
		}
		least, most = min(least, available), max(most, wanted)
	})
	b.run(time.Minute)
	for _, e := range b.told("ScalingReplicaSet")[1:4] {
		_, step, _ := strings.Cut(e, "ScalingReplicaSet: ")
		steps = append(steps, strings.NewReplacer(b.nameOfSet(0), "old", b.nameOfSet(1), "new").Replace(step))
	}
	want := []string{"Scaled up replica set new from 0 to 3", "Scaled down replica set old from 10 to 8", "Scaled up replica set new from 3 to 5"}
	if !slices.Equal(steps, want) {
		t.Errorf("it began with %q, want %q", steps, want)
	}
	// 25 % of 10: 3 more, 2 fewer.
	if least < 8 || most > 13 || b.sizes() != "0/0/0 10/10/10" {
		t.Errorf("at least %d available, at most %d asked for, in the end %s", least, most, b.sizes())
	}
	if d := b.deployment(); d.Annotations[model.AnnotationRevision] != "2" || b.progress() != "True/NewReplicaSetAvailable" || d.Status.ObservedGeneration != d.Generation {
		t.Errorf("revision %s, progress %s, generation %d observed %d", d.Annotations[model.AnnotationRevision], b.progress(), d.Generation, d.Status.ObservedGeneration)
	}
}

// nameOfSet is the name of the n-th set that was made.
func (b *bed) nameOfSet(n int) string { return b.ReplicaSets.List()[n].Name }

func TestRecreateEndsAllOldPodsBeforeItMakesNewOnes(t *testing.T) {
	b := rolled(t, Options{}, func(d *model.Deployment) { d.Strategy = model.DeploymentStrategy{Type: model.Recreate} })
	var mixed []string
	b.Observe(func(c apiserver.Change) {
		if p, ok := c.New.(*model.Pod); !ok || c.Type != apiserver.Added {
			return
		} else if b.Pods.Len() > 10 {
			mixed = append(mixed, p.Name)
		}
	})
	b.run(time.Second)
	if b.sizes() != "0/0/0" || b.Pods.Len() != 10 {
		t.Errorf("after a second %s, %d pods: they stop for 2 s, and there is no new set yet", b.sizes(), b.Pods.Len())
	}
	b.run(time.Minute)
	if len(mixed) > 0 || b.sizes() != "0/0/0 10/10/10" {
		t.Errorf("made beside old ones %v, in the end %s", mixed, b.sizes())
	}
}

func TestARolloutThatStandsStillIsToldOfAfterItsDeadline(t *testing.T) {
	b := newBed(t, Options{})
	b.readyAfter = func(p *model.Pod) time.Duration {
		if strings.HasPrefix(p.Name, "web-"+template(2).HashName(nil)) {
			return -1
		}
		return time.Second
	}
	b.add(web(10, func(d *model.Deployment) { *d.ProgressDeadlineSeconds = 60 }))
	b.run(20 * time.Second)
	b.edit("web", func(d *model.Deployment) { d.Template = template(2) })
	b.run(50 * time.Second)
	if b.progress() != "True/ReplicaSetUpdated" || b.sizes() != "8/8/8 5/5/0" {
		t.Errorf("before the deadline %s, %s", b.progress(), b.sizes())
	}
	b.run(13 * time.Second)
	if b.progress() != "False/ProgressDeadlineExceeded" {
		t.Errorf("after it %s", b.progress())
	}
	// Back to the template before: what is not available goes, and the first set is whole again.
	b.edit("web", func(d *model.Deployment) { d.Template = template(1) })
	b.run(time.Minute)
	d := b.deployment()
	if b.sizes() != "10/10/10 0/0/0" || b.progress() != "True/NewReplicaSetAvailable" || d.Annotations[model.AnnotationRevision] != "3" {
		t.Errorf("after going back %s, %s, revision %s", b.sizes(), b.progress(), d.Annotations[model.AnnotationRevision])
	}
	if h := b.ReplicaSets.List()[0].Annotations[annotationHistory]; h != "1" {
		t.Errorf("the set's history is %q, want the revision it once was", h)
	}
}

func TestAPausedDeploymentIsScaledInProportionAndGoesOnWhenResumed(t *testing.T) {
	b := rolled(t, Options{})
	b.run(500 * time.Millisecond)
	b.edit("web", func(d *model.Deployment) { d.Paused = true })
	b.run(20 * time.Second)
	if b.sizes() != "8/8/8 5/5/5" || b.progress() != "Unknown/DeploymentPaused" {
		t.Errorf("paused at %s, %s", b.sizes(), b.progress())
	}
	// 20 and 25 % are 25: 12 more. 8 × 25/13 = 15.4 and 5 × 25/13 = 9.6.
	b.edit("web", func(d *model.Deployment) { d.Replicas = 20 })
	b.run(20 * time.Second)
	if b.sizes() != "15/15/15 10/10/10" {
		t.Errorf("scaled to %s", b.sizes())
	}
	b.edit("web", func(d *model.Deployment) { d.Paused = false })
	b.run(time.Minute)
	if b.sizes() != "0/0/0 20/20/20" || b.progress() != "True/NewReplicaSetAvailable" {
		t.Errorf("resumed %s, %s", b.sizes(), b.progress())
	}
}

func TestOldSetsAreKeptUpToTheLimitOfHistory(t *testing.T) {
	b := newBed(t, Options{})
	b.add(web(2, func(d *model.Deployment) { *d.RevisionHistoryLimit = 2 }))
	for version := uint32(1); version <= 5; version++ {
		b.edit("web", func(d *model.Deployment) { d.Template = template(version) })
		b.run(30 * time.Second)
	}
	var revisions []string
	for s := range b.ReplicaSets.All() {
		revisions = append(revisions, s.Annotations[model.AnnotationRevision])
	}
	if want := []string{"3", "4", "5"}; !slices.Equal(revisions, want) {
		t.Errorf("sets of revisions %v, want %v", revisions, want)
	}
}

func TestANameThatIsTakenIsAvoidedByAnotherHash(t *testing.T) {
	b := newBed(t, Options{})
	name := "web-" + template(1).HashName(nil)
	b.add(aSet(name, 0, func(s *model.ReplicaSet) {
		s.Selector, s.Template = equalitySelector(map[string]string{"app": "other"}), &model.PodTemplate{Labels: map[string]string{"app": "other"}, Spec: bedSpec, Hash: 9}
	}))
	b.add(web(2))
	b.run(time.Minute)
	d, one := b.deployment(), int32(1)
	if d.Status.CollisionCount == nil || *d.Status.CollisionCount != 1 || b.ReplicaSets.Len() != 2 {
		t.Fatalf("collisions %v, %d sets", d.Status.CollisionCount, b.ReplicaSets.Len())
	}
	if got, want := b.nameOfSet(1), "web-"+template(1).HashName(&one); got != want || b.sizes() != "0/0/0 2/2/2" {
		t.Errorf("set %s, want %s; %s", got, want, b.sizes())
	}
}

func TestADeploymentAdoptsASetOfItsTemplate(t *testing.T) {
	b := newBed(t, Options{})
	b.add(aSet("web-by-hand", 3, func(s *model.ReplicaSet) {
		s.Labels = map[string]string{"app": "web"}
	}))
	b.run(20 * time.Second)
	b.add(web(5))
	b.run(20 * time.Second)
	s := b.set("web-by-hand")
	if c := s.Controller(); c == nil || c.Name != "web" || b.ReplicaSets.Len() != 1 || s.Replicas != 5 || b.Pods.Len() != 5 {
		t.Errorf("owners %v, %d sets, size %d, %d pods", s.Owners, b.ReplicaSets.Len(), s.Replicas, b.Pods.Len())
	}
}

func TestTheOldWayOfRollingBackStillWorks(t *testing.T) {
	for _, c := range []struct{ name, revision, told, image string }{
		{"to the revision before", "0", `Normal DeploymentRollback: Rolled back deployment "web" to revision 1`, "1"},
		{"to one that is not there", "7", "Warning DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to.", "2"},
		{"to the one that is", "2", `Warning DeploymentRollbackTemplateUnchanged: The rollback revision contains the same template as current deployment "web"`, "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := rolled(t, Options{})
			b.run(time.Minute)
			b.edit("web", func(d *model.Deployment) { d.Annotations = with(d.Annotations, annotationRollback, c.revision) })
			b.run(time.Minute)
			d := b.deployment()
			if len(b.told(c.told)) != 1 || fmt.Sprint(d.Template.Hash-1000) != c.image || d.Annotations[annotationRollback] != "" {
				t.Errorf("told %v; template %d, annotations %v", b.told("Rollback"), d.Template.Hash-1000, d.Annotations)
			}
		})
	}
}

func TestADeploymentThatSelectsEverythingIsLeftAlone(t *testing.T) {
	b := newBed(t, Options{})
	b.add(web(3, func(d *model.Deployment) { d.Selector = &model.Selector{} }))
	b.run(time.Minute)
	if b.ReplicaSets.Len() != 0 || len(b.told("Warning SelectingAll: This deployment is selecting all pods.")) != 1 {
		t.Errorf("%d sets, told %v", b.ReplicaSets.Len(), b.events)
	}
}

func TestAFailureOfASetIsTheDeploymentsToo(t *testing.T) {
	b := newBed(t, Options{})
	refused := *bedSpec
	refused.PriorityClassName = "missing"
	b.add(web(3, func(d *model.Deployment) {
		d.Template = &model.PodTemplate{Labels: map[string]string{"app": "web"}, Spec: &refused, Hash: 1}
	}))
	b.run(2 * time.Second)
	c := model.FindCondition(b.deployment().Status.Conditions, model.ReplicaFailure)
	if c == nil || c.Status != model.ConditionTrue || c.Reason != "FailedCreate" {
		t.Errorf("condition %+v", c)
	}
	b.add(&model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "missing"}, Value: 5})
	b.run(time.Hour)
	if c := model.FindCondition(b.deployment().Status.Conditions, model.ReplicaFailure); c != nil || b.sizes() != "3/3/3" {
		t.Errorf("after the class has come: condition %+v, %s", c, b.sizes())
	}
}

func TestASettledDeploymentCostsNothing(t *testing.T) {
	b := newBed(t, Options{})
	b.add(web(10))
	b.run(time.Minute)
	before := b.engine.Processed()
	b.run(24 * time.Hour)
	if n := b.engine.Processed() - before; n != 0 {
		t.Errorf("%d events in a day", n)
	}
}

func TestOneWithoutADeadlineTellsNothingOfProgress(t *testing.T) {
	b := rolled(t, Options{}, func(d *model.Deployment) { d.ProgressDeadlineSeconds = nil })
	b.run(time.Minute)
	if b.progress() != "" || b.sizes() != "0/0/0 10/10/10" {
		t.Errorf("progress %q, %s", b.progress(), b.sizes())
	}
}

func TestMinReadySecondsHoldUpARollout(t *testing.T) {
	b := rolled(t, quick, func(d *model.Deployment) { d.MinReadySeconds = 10 })
	done := sim.Never
	b.Observe(func(c apiserver.Change) {
		if d, ok := c.New.(*model.Deployment); ok && done == sim.Never && complete(d, &d.Status) {
			done = b.engine.Now()
		}
	})
	b.run(2 * time.Minute)
	// Three waves (5, 5 and the last old ones away): new ones of the first are ready after 4 s and available 10 s
	// later, shown in whole seconds; those of the second likewise. 20 s + 2 × 14 s = 48 s.
	if s := done.Seconds(); s < 47.5 || s > 49 {
		t.Errorf("complete at %.2f s, want about 48", s)
	}
}
