package apiserver_test

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

func appSelector(value string) *model.Selector {
	return &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{value}}}}
}

func named(name string) model.ObjectMeta {
	return model.ObjectMeta{Name: name, Namespace: "shop", Labels: map[string]string{"app": name}}
}

func webTemplate() *model.PodTemplate {
	return &model.PodTemplate{Labels: map[string]string{"app": "web"}, Spec: plain(), Hash: 1}
}

// Each change is made to a copy of the object that is there; the generation counts those of the spec.
func TestTheGenerationCountsChangesOfTheSpec(t *testing.T) {
	other := webTemplate()
	other.Hash = 2
	three := int32(3)
	for _, c := range []struct {
		name   string
		object model.Object
		change func(model.Object)
		up     bool
	}{
		{"a Deployment that is scaled", &model.Deployment{Template: webTemplate()}, func(o model.Object) { o.(*model.Deployment).Replicas = 3 }, true},
		{"a Deployment with another template", &model.Deployment{Template: webTemplate()}, func(o model.Object) { o.(*model.Deployment).Template = other }, true},
		{"a Deployment with a template that says the same", &model.Deployment{Template: webTemplate()}, func(o model.Object) { o.(*model.Deployment).Template = webTemplate() }, false},
		{"a Deployment that is paused", &model.Deployment{Template: webTemplate()}, func(o model.Object) { o.(*model.Deployment).Paused = true }, true},
		{"a Deployment with another history limit", &model.Deployment{}, func(o model.Object) { o.(*model.Deployment).RevisionHistoryLimit = &three }, true},
		{"the status of a Deployment", &model.Deployment{Template: webTemplate()}, func(o model.Object) { o.(*model.Deployment).Status.Replicas = 3 }, false},
		{"the labels of a Deployment", &model.Deployment{}, func(o model.Object) { o.Meta().Labels = nil }, false},
		{"a ReplicaSet that is scaled", &model.ReplicaSet{}, func(o model.Object) { o.(*model.ReplicaSet).Replicas = 3 }, true},
		{"the status of a ReplicaSet", &model.ReplicaSet{}, func(o model.Object) { o.(*model.ReplicaSet).Status.Replicas = 3 }, false},
		{"a StatefulSet with a partition", &model.StatefulSet{}, func(o model.Object) { o.(*model.StatefulSet).UpdateStrategy.Partition = 1 }, true},
		{"the status of a StatefulSet", &model.StatefulSet{}, func(o model.Object) { o.(*model.StatefulSet).Status.Replicas = 1 }, false},
		{"a Job that is suspended", &model.Job{}, func(o model.Object) { o.(*model.Job).Suspend = true }, true},
		{"the status of a Job", &model.Job{}, func(o model.Object) { o.(*model.Job).Status.Active = 1 }, false},
		{"a CronJob with another schedule", &model.CronJob{}, func(o model.Object) { o.(*model.CronJob).Schedule = "@daily" }, true},
		{"the status of a CronJob", &model.CronJob{}, func(o model.Object) { o.(*model.CronJob).Status.Active = []model.ObjectReference{{}} }, false},
		{"a budget of another size", &model.PodDisruptionBudget{}, func(o model.Object) { o.(*model.PodDisruptionBudget).MinAvailable = &model.IntOrPercent{Value: 1} }, true},
		{"the status of a budget", &model.PodDisruptionBudget{}, func(o model.Object) { o.(*model.PodDisruptionBudget).Status.CurrentHealthy = 1 }, false},
		{"an autoscaler with other bounds", &model.HorizontalPodAutoscaler{}, func(o model.Object) { o.(*model.HorizontalPodAutoscaler).MaxReplicas = 1 }, true},
		{"the status of an autoscaler", &model.HorizontalPodAutoscaler{}, func(o model.Object) { o.(*model.HorizontalPodAutoscaler).Status.DesiredReplicas = 1 }, false},
	} {
		_, s := server(1)
		*c.object.Meta() = named("web")
		made := create(t, s, c.object)
		changed := apiserver.Copy(made)
		c.change(changed)
		if err := s.Update(changed); err != nil {
			t.Fatal(err)
		}
		want := int64(1)
		if c.up {
			want = 2
		}
		if got := changed.Meta().Generation; got != want {
			t.Errorf("%s: generation %d, want %d", c.name, got, want)
		}
	}
}

func TestADaemonSetCountsItsTemplates(t *testing.T) {
	_, s := server(1)
	d := create(t, s, &model.DaemonSet{ObjectMeta: named("web"), Template: webTemplate()})
	patient := apiserver.Copy(d).(*model.DaemonSet)
	patient.MinReadySeconds = 5
	if err := s.Update(patient); err != nil {
		t.Fatal(err)
	}
	next := apiserver.Copy(patient).(*model.DaemonSet)
	next.Template = webTemplate()
	next.Template.Hash = 2
	if err := s.Update(next); err != nil {
		t.Fatal(err)
	}
	// 1 when made, 1 after a change of the rest, 2 with another template; the generation counts both.
	if d.TemplateGeneration != 1 || patient.TemplateGeneration != 1 || next.TemplateGeneration != 2 || next.Generation != 3 {
		t.Errorf("templates %d, %d, %d, generation %d; want 1, 1, 2, 3", d.TemplateGeneration, patient.TemplateGeneration, next.TemplateGeneration, next.Generation)
	}
}

func TestWritesMadeOfAnOldVersionAreConflictsWhereAsked(t *testing.T) {
	_, s := server(1)
	d := create(t, s, &model.Deployment{ObjectMeta: named("web")})
	first, late := apiserver.Copy(d).(*model.Deployment), apiserver.Copy(d).(*model.Deployment)
	if err := s.UpdateCurrent(first); err != nil {
		t.Fatal(err)
	}
	refused(t, s.UpdateCurrent(late), apiserver.Conflict, `Operation cannot be fulfilled on deployments.apps "web": `+
		`the object has been modified; please apply your changes to the latest version and try again`)
	if err := s.Update(late); err != nil {
		t.Errorf("a write that does not ask for it: %v", err)
	}
}

func TestJobsSelectTheirPodsByTheirUID(t *testing.T) {
	_, s := server(1)
	j := create(t, s, &model.Job{ObjectMeta: named("sum"), JobSpec: model.JobSpec{Template: webTemplate()}})
	if !j.Selector.Matches(j.Template.Labels) || j.Selector.Matches(map[string]string{model.LabelControllerUID: "other"}) {
		t.Errorf("selector %v of labels %v", j.Selector, j.Template.Labels)
	}
	// The template's own label, and name and UID under a label of today and one of before each.
	if len(j.Template.Labels) != 5 || j.Template.Labels["job-name"] != "sum" || j.Template.Labels["controller-uid"] != j.UID {
		t.Errorf("labels %v", j.Template.Labels)
	}
	own := create(t, s, &model.Job{ObjectMeta: named("own"), JobSpec: model.JobSpec{ManualSelector: true, Selector: appSelector("web"), Template: webTemplate()}})
	if len(own.Template.Labels) != 1 {
		t.Errorf("a selector of its own, and labels %v", own.Template.Labels)
	}
}

func TestWorkloadsHaveASize(t *testing.T) {
	_, s := server(1)
	create(t, s, &model.StatefulSet{ObjectMeta: named("db"), Replicas: 2, Selector: appSelector("db")})
	if err := s.SetScale(model.KindStatefulSet, "shop", "db", 5); err != nil {
		t.Fatal(err)
	}
	scale, err := s.Scale(model.KindStatefulSet, "shop", "db")
	if err != nil || scale.Replicas != 5 || !scale.Selector.Matches(map[string]string{"app": "db"}) {
		t.Errorf("scale %+v, %v", scale, err)
	}
	_, err = s.Scale(model.KindDeployment, "shop", "db")
	refused(t, err, apiserver.NotFound, `deployments.apps "db" not found`)
	create(t, s, &model.ConfigMap{ObjectMeta: named("c")})
	refused(t, s.SetScale(model.KindConfigMap, "shop", "c", 1), apiserver.NotFound, "the server could not find the requested resource")
}

func TestServicesGetAnAddressOfTheirOwn(t *testing.T) {
	_, s := server(1)
	seen := map[string]bool{}
	for _, name := range []string{"a", "b", "c"} {
		ip := create(t, s, &model.Service{ObjectMeta: named(name), Type: "ClusterIP"}).ClusterIP
		if ip == "" || seen[ip] {
			t.Errorf("service %s has the address %q", name, ip)
		}
		seen[ip] = true
	}
	if ip := create(t, s, &model.Service{ObjectMeta: named("d"), ClusterIP: "None"}).ClusterIP; ip != "None" {
		t.Errorf("a headless service has the address %q", ip)
	}
	if ip := create(t, s, &model.Service{ObjectMeta: named("e"), Type: "ExternalName"}).ClusterIP; ip != "" {
		t.Errorf("a name for another has the address %q", ip)
	}
}

func TestKindsWithoutASpecThatCountsHaveNoGeneration(t *testing.T) {
	_, s := server(1)
	if g := create(t, s, &model.ConfigMap{ObjectMeta: named("c")}).Generation; g != 0 {
		t.Errorf("a ConfigMap has generation %d", g)
	}
	if g := create(t, s, pod("p", plain())).Generation; g != 1 {
		t.Errorf("a new pod has generation %d, want 1", g)
	}
	before, err := s.Load(&model.Deployment{ObjectMeta: named("web")})
	if err != nil || before.Meta().Generation != 1 {
		t.Errorf("a Deployment that was there before: %v, %v", before.Meta().Generation, err)
	}
}
