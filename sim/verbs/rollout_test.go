package verbs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/verbs"
)

// patched is the template in a strategic merge patch, as far as these verbs write one.
type patched struct {
	Spec struct {
		Template struct {
			Metadata struct{ Annotations map[string]string }
			Spec     struct {
				InitContainers, Containers []struct{ Name, Image string }
			}
		}
	}
}

// shop is a server with a Deployment that has gone from revision 1 to 2 and 3, and a patch that does what the reader of
// manifests does with templates.
func shop(t *testing.T) *verbs.Env {
	t.Helper()
	e := env(t)
	e.Wall = time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	e.Patch = func(old model.Object, patch []byte) (model.Object, error) {
		var p patched
		if err := json.Unmarshal(patch, &p); err != nil {
			return nil, err
		}
		d := apiserver.Copy(old).(*model.Deployment)
		template, spec := *d.Template, *d.Template.Spec
		spec.Containers = nil
		for _, c := range d.Template.Spec.Containers {
			for _, with := range p.Spec.Template.Spec.Containers {
				if with.Name == c.Name {
					c.Image = with.Image
				}
			}
			spec.Containers = append(spec.Containers, c)
		}
		template.Spec, d.Template = &spec, &template
		if a := p.Spec.Template.Metadata.Annotations; a != nil {
			template.Annotations = a
		}
		return d, nil
	}
	d, err := e.API.Create(&model.Deployment{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "shop", Annotations: map[string]string{
		model.AnnotationRevision: "3", model.AnnotationChangeCause: "third"}}, Replicas: 3, Template: images("web:3", 3)})
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint32(3) {
		template := images(fmt.Sprintf("web:%d", n+1), n+1)
		template.Labels = map[string]string{"app": "web", model.LabelTemplateHash: fmt.Sprint(n)}
		if _, err := e.API.Create(&model.ReplicaSet{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("web-%d", n), Namespace: "shop",
			Annotations: map[string]string{model.AnnotationRevision: fmt.Sprint(n + 1), model.AnnotationChangeCause: fmt.Sprintf("cause %d", n+1)},
			Owners:      []model.OwnerReference{{Kind: "Deployment", Name: "web", UID: d.Meta().UID, Controller: true}}}, Template: template}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func images(image string, hash uint32) *model.PodTemplate {
	return &model.PodTemplate{Labels: map[string]string{"app": "web"}, Hash: hash,
		Spec: &model.PodSpec{Containers: []model.Container{{Name: "web", Image: image}, {Name: "log", Image: "log:1"}}}}
}

func web() verbs.Target {
	return verbs.Target{Kind: model.KindDeployment, Namespace: "shop", Name: "web"}
}

// shownWeb is the Deployment in one line.
func shownWeb(e *verbs.Env) string {
	d, _ := e.API.Deployments.Get("shop", "web")
	var words []string
	for _, c := range d.Template.Spec.Containers {
		words = append(words, c.Image)
	}
	words = append(words, fmt.Sprintf("x%d", d.Replicas))
	if d.Paused {
		words = append(words, "paused")
	}
	if a := d.Template.Annotations[model.AnnotationRestartedAt]; a != "" {
		words = append(words, "restarted "+a)
	}
	return strings.Join(append(words, "generation "+fmt.Sprint(d.Generation)), " ")
}

func size(n int32) *int32 { return &n }

func TestWorkloadsAreScaledPausedSetAndRestarted(t *testing.T) {
	missing := verbs.Target{Kind: model.KindDeployment, Namespace: "shop", Name: "other"}
	for _, c := range []struct {
		name  string
		does  []verbs.Verb
		want  string
		error string // of the last
	}{
		{"scaled", []verbs.Verb{&verbs.Scale{Target: web(), Replicas: size(5)}}, "web:3 log:1 x5 generation 2", ""},
		{"scaled to what it is: nothing is written", []verbs.Verb{&verbs.Scale{Target: web(), Replicas: size(3)}}, "web:3 log:1 x3 generation 1", ""},
		{"scaled if it has as many as that", []verbs.Verb{&verbs.Scale{Target: web(), Replicas: size(5), Current: size(3)}}, "web:3 log:1 x5 generation 2", ""},
		{"not scaled if it has not", []verbs.Verb{&verbs.Scale{Target: web(), Replicas: size(5), Current: size(4)}}, "web:3 log:1 x3 generation 1",
			"error: Expected replicas to be 4, was 3"},
		{"one that is not there", []verbs.Verb{&verbs.Scale{Target: missing, Replicas: size(5)}}, "web:3 log:1 x3 generation 1", `deployments.apps "other" not found`},
		{"paused", []verbs.Verb{&verbs.RolloutPause{Target: web()}}, "web:3 log:1 x3 paused generation 2", ""},
		{"paused twice", []verbs.Verb{&verbs.RolloutPause{Target: web()}, &verbs.RolloutPause{Target: web()}}, "web:3 log:1 x3 paused generation 2",
			`error: deployments.apps "web" is already paused`},
		{"resumed", []verbs.Verb{&verbs.RolloutPause{Target: web()}, &verbs.RolloutResume{Target: web()}}, "web:3 log:1 x3 generation 3", ""},
		{"resumed though it is not paused", []verbs.Verb{&verbs.RolloutResume{Target: web()}}, "web:3 log:1 x3 generation 1", `error: deployments.apps "web" is not paused`},
		{"another image", []verbs.Verb{&verbs.SetImage{Target: web(), Images: map[string]string{"web": "web:4"}}}, "web:4 log:1 x3 generation 2", ""},
		{"one image for all", []verbs.Verb{&verbs.SetImage{Target: web(), Images: map[string]string{"*": "all:1"}}}, "all:1 all:1 x3 generation 2", ""},
		{"the image that it has: nothing is written", []verbs.Verb{&verbs.SetImage{Target: web(), Images: map[string]string{"web": "web:3"}}}, "web:3 log:1 x3 generation 1", ""},
		{"an image of no container", []verbs.Verb{&verbs.SetImage{Target: web(), Images: map[string]string{"wbe": "web:4"}}}, "web:3 log:1 x3 generation 1",
			`error: unable to find container named "wbe"`},
		{"restarted", []verbs.Verb{&verbs.RolloutRestart{Target: web()}}, "web:3 log:1 x3 restarted 2026-01-01T10:00:00Z generation 2", ""},
		{"restarted twice in a second", []verbs.Verb{&verbs.RolloutRestart{Target: web()}, &verbs.RolloutRestart{Target: web()}},
			"web:3 log:1 x3 restarted 2026-01-01T10:00:00Z generation 2",
			"failed to create patch for web: if restart has already been triggered within the past second, please wait before attempting to trigger another"},
		{"restarted though it is paused", []verbs.Verb{&verbs.RolloutPause{Target: web()}, &verbs.RolloutRestart{Target: web()}}, "web:3 log:1 x3 paused generation 2",
			`error: deployments.apps "web" can't restart paused deployment (run rollout resume first)`},
		{"undone", []verbs.Verb{&verbs.RolloutUndo{Target: web()}}, "web:2 log:1 x3 generation 2", ""},
		{"undone to a revision", []verbs.Verb{&verbs.RolloutUndo{Target: web(), ToRevision: 1}}, "web:1 log:1 x3 generation 2", ""},
		{"undone to one that it has", []verbs.Verb{&verbs.RolloutUndo{Target: web(), ToRevision: 3}}, "web:3 log:1 x3 generation 1",
			"deployment.apps/web skipped rollback (current template already matches revision 3)"},
		{"undone to one that is not there", []verbs.Verb{&verbs.RolloutUndo{Target: web(), ToRevision: 7}}, "web:3 log:1 x3 generation 1",
			"unable to find specified revision 7 in history"},
		{"undone though it is paused", []verbs.Verb{&verbs.RolloutPause{Target: web()}, &verbs.RolloutUndo{Target: web()}}, "web:3 log:1 x3 paused generation 2",
			"you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := shop(t)
			var err error
			for _, v := range c.does {
				if checker, ok := v.(verbs.Checker); ok && checker.Check() != nil {
					t.Fatal(checker.Check())
				}
				err = v.Do(e)
			}
			got := ""
			if err != nil {
				got = err.Error()
			}
			if shownWeb(e) != c.want || got != c.error {
				t.Errorf("%s, error %q; want %s, %q", shownWeb(e), got, c.want, c.error)
			}
		})
	}
}

func TestUndoingTakesTheAnnotationsOfTheRevisionAndLeavesThoseOfTheRollout(t *testing.T) {
	e := shop(t)
	if err := (&verbs.RolloutUndo{Target: web()}).Do(e); err != nil {
		t.Fatal(err)
	}
	d, _ := e.API.Deployments.Get("shop", "web")
	if _, hashed := d.Template.Labels[model.LabelTemplateHash]; hashed || d.Annotations[model.AnnotationChangeCause] != "cause 2" || d.Annotations[model.AnnotationRevision] != "3" {
		t.Errorf("labels %v, annotations %v", d.Template.Labels, d.Annotations)
	}
}

func TestThereIsNothingToUndoBeforeTheSecondRevision(t *testing.T) {
	e := env(t)
	if _, err := e.API.Create(&model.Deployment{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "shop"}, Template: images("web:1", 1)}); err != nil {
		t.Fatal(err)
	}
	err := (&verbs.RolloutUndo{Target: web()}).Do(e)
	if err == nil || err.Error() != `no rollout history found for deployment "web"` {
		t.Errorf("error %v", err)
	}
}
