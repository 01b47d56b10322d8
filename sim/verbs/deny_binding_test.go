package verbs_test

import (
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/verbs"
)

func TestBindingsAreDeniedUntilTheyAreAllowed(t *testing.T) {
	e := env(t)
	pods := verbs.Target{Kind: model.KindPod, Namespace: "shop", Selector: &model.Selector{Requirements: []model.Requirement{
		{Key: "app", Operator: model.OpIn, Values: []string{"a"}}}}}
	do := func(v verbs.Verb) error { return v.Do(e) }
	if err := do(&verbs.DenyBinding{Target: pods, Message: "not these"}); err != nil {
		t.Fatal(err)
	}
	// The pods come later than the denial.
	uid := map[string]string{}
	for _, app := range []string{"a", "b"} {
		o, err := e.API.Create(&model.Pod{ObjectMeta: model.ObjectMeta{Name: app, Namespace: "shop", Labels: map[string]string{"app": app}}, Spec: &model.PodSpec{}})
		if err != nil {
			t.Fatal(err)
		}
		uid[app] = o.Meta().UID
	}
	err := e.API.Bind("shop", "a", uid["a"], "n-0")
	if !apiserver.Is(err, apiserver.Forbidden) || err.Error() != `pods "a" is forbidden: not these` {
		t.Errorf("binding a denied pod: %v", err)
	}
	if err := e.API.Bind("shop", "b", uid["b"], "n-0"); err != nil {
		t.Errorf("binding another: %v", err)
	}
	other := verbs.Target{Kind: model.KindPod, Namespace: "shop"}
	if err := do(&verbs.AllowBinding{Target: other}); err == nil || !strings.Contains(err.Error(), "no binding of pods in shop was denied") {
		t.Errorf("allowing what was not denied: %v", err)
	}
	if err := do(&verbs.AllowBinding{Target: pods}); err != nil {
		t.Fatal(err)
	}
	if err := e.API.Bind("shop", "a", uid["a"], "n-0"); err != nil {
		t.Errorf("binding when it is allowed again: %v", err)
	}
}

func TestBindingsOfOnePodByNameAreDenied(t *testing.T) {
	e := env(t)
	web := verbs.Target{Kind: model.KindPod, Namespace: "shop", Name: "web"}
	if err := (&verbs.DenyBinding{Target: web}).Do(e); err != nil {
		t.Fatal(err)
	}
	pod, _ := e.API.Pods.Get("shop", "web")
	if err := e.API.Bind("shop", "web", pod.UID, "n-0"); err == nil || err.Error() != `pods "web" is forbidden: denied request` {
		t.Errorf("got %v", err)
	}
	if err := (&verbs.AllowBinding{Target: web}).Do(e); err != nil {
		t.Fatal(err)
	}
	if err := e.API.Bind("shop", "web", pod.UID, "n-0"); err != nil {
		t.Error(err)
	}
	if err := (&verbs.DenyBinding{Target: node("n-0")}).Check(); err == nil {
		t.Error("a node passes for a pod")
	}
}
