package verbs_test

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/verbs"
)

func env(t *testing.T) *verbs.Env {
	t.Helper()
	s := apiserver.New(sim.NewEngine(1))
	for i := range 3 {
		n := &model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("n-%d", i), Labels: map[string]string{"pool": "a"}},
			Taints: []model.Taint{{Key: "old", Value: "x", Effect: model.NoExecute}}}
		if i == 2 {
			n.Labels = map[string]string{"pool": "b", "disk": "hdd"}
		}
		if _, err := s.Load(n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Create(&model.Pod{ObjectMeta: model.ObjectMeta{Name: "web", Namespace: "shop"}, Spec: &model.PodSpec{}}); err != nil {
		t.Fatal(err)
	}
	return &verbs.Env{API: s}
}

func node(name string) verbs.Target { return verbs.Target{Kind: model.KindNode, Name: name} }

func nodes(names ...string) verbs.Target {
	t := verbs.Target{Kind: model.KindNode}
	for _, name := range names {
		t.Several = append(t.Several, apiserver.Name{Name: name})
	}
	return t
}

func pool(value string) verbs.Target {
	return verbs.Target{Kind: model.KindNode, Selector: &model.Selector{Requirements: []model.Requirement{
		{Key: "pool", Operator: model.OpIn, Values: []string{value}}}}}
}

// shown is a node in one line.
func shown(e *verbs.Env, name string) string {
	n, ok := e.API.Nodes.Get("", name)
	if !ok {
		return "gone"
	}
	var words []string
	for key, value := range n.Labels {
		words = append(words, key+"="+value)
	}
	sort.Strings(words)
	for _, taint := range n.Taints {
		words = append(words, taint.Key+"="+taint.Value+":"+string(taint.Effect))
	}
	if n.Unschedulable {
		words = append(words, "cordoned")
	}
	return strings.Join(words, " ")
}

// notReady is the taint that a new node comes with.
const notReady = "node.kubernetes.io/not-ready=:NoSchedule"

func TestVerbsDoAsKubectlDoes(t *testing.T) {
	const old = " old=x:NoExecute"
	for _, c := range []struct {
		what string
		verb verbs.Verb
		err  string
		want map[string]string // nodes afterwards
	}{
		{"a label is set", &verbs.Label{Target: node("n-0"), Set: map[string]string{"disk": "ssd"}}, "",
			map[string]string{"n-0": "disk=ssd pool=a" + old, "n-1": "pool=a" + old}},
		{"a label that has another value is left alone", &verbs.Label{Target: node("n-2"), Set: map[string]string{"disk": "ssd"}},
			"error: 'disk' already has a value (hdd), and overwrite is false", map[string]string{"n-2": "disk=hdd pool=b" + old}},
		{"unless it may be overwritten", &verbs.Label{Target: node("n-2"), Set: map[string]string{"disk": "ssd"}, Overwrite: true}, "",
			map[string]string{"n-2": "disk=ssd pool=b" + old}},
		{"a label that has that value already is fine", &verbs.Label{Target: node("n-2"), Set: map[string]string{"disk": "hdd"}}, "",
			map[string]string{"n-2": "disk=hdd pool=b" + old}},
		{"a label is removed", &verbs.Label{Target: node("n-2"), Remove: []string{"disk", "absent"}}, "", map[string]string{"n-2": "pool=b" + old}},
		{"all that a selector takes", &verbs.Label{Target: pool("a"), Set: map[string]string{"x": "y"}}, "",
			map[string]string{"n-0": "pool=a x=y" + old, "n-1": "pool=a x=y" + old, "n-2": "disk=hdd pool=b" + old}},
		{"several by their names", &verbs.Cordon{Target: nodes("n-2", "n-0")}, "",
			map[string]string{"n-0": "pool=a" + old + " cordoned", "n-1": "pool=a" + old, "n-2": "disk=hdd pool=b" + old + " cordoned"}},
		{"one of several that is not there does not keep the others back", &verbs.Cordon{Target: nodes("n-9", "n-0")}, `nodes "n-9" not found`,
			map[string]string{"n-0": "pool=a" + old + " cordoned"}},
		{"several are deleted, one of which may be gone", &verbs.Delete{Target: nodes("n-0", "n-9"), IgnoreNotFound: true}, "",
			map[string]string{"n-0": "gone", "n-1": "pool=a" + old}},
		{"several are deleted, one of which must not be gone", &verbs.Delete{Target: nodes("n-9", "n-0")}, `nodes "n-9" not found`,
			map[string]string{"n-0": "gone"}},
		{"a selector may take nothing", &verbs.Label{Target: pool("none"), Set: map[string]string{"x": "y"}}, "", nil},
		{"an object that is not there is an error", &verbs.Label{Target: node("n-9"), Set: map[string]string{"x": "y"}}, `nodes "n-9" not found`, nil},
		{"a cordon marks the nodes", &verbs.Cordon{Target: pool("a")}, "",
			map[string]string{"n-0": "pool=a" + old + " cordoned", "n-2": "disk=hdd pool=b" + old}},
		{"an uncordon of one that is not cordoned does nothing", &verbs.Uncordon{Target: node("n-0")}, "", map[string]string{"n-0": "pool=a" + old}},
		{"taints are set and removed", &verbs.Taint{Target: node("n-0"), Taints: []string{"new=1:NoSchedule", "old:NoExecute-"}}, "",
			map[string]string{"n-0": "pool=a new=1:NoSchedule"}},
		{"a taint goes by its key", &verbs.Taint{Target: node("n-0"), Taints: []string{"old-"}}, "", map[string]string{"n-0": "pool=a"}},
		{"a taint that is there with that effect is left alone", &verbs.Taint{Target: node("n-0"), Taints: []string{"old=y:NoExecute"}},
			"node n-0 already has old taint(s) with same effect(s) and overwrite is false", map[string]string{"n-0": "pool=a" + old}},
		{"unless it may be overwritten", &verbs.Taint{Target: node("n-0"), Taints: []string{"old=y:NoExecute"}, Overwrite: true}, "",
			map[string]string{"n-0": "pool=a old=y:NoExecute"}},
		{"a taint that is not there cannot go", &verbs.Taint{Target: node("n-0"), Taints: []string{"absent:NoSchedule-"}},
			`taint "absent:NoSchedule" not found`, nil},
		{"nodes are deleted", &verbs.Delete{Target: pool("a")}, "", map[string]string{"n-0": "gone", "n-1": "gone", "n-2": "disk=hdd pool=b" + old}},
		{"what is not there cannot be deleted", &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Name: "web"}}, `pods "web" not found`, nil},
		{"unless that is fine", &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Name: "web"}, IgnoreNotFound: true}, "", nil},
		{"a patch makes the object anew", &verbs.Patch{Target: node("n-0"), Patch: relabel("p", "q")}, "", map[string]string{"n-0": "p=q" + old}},
		{"apply changes what is there", &verbs.Apply{Manifests: []verbs.Manifest{{Object: &model.Node{ObjectMeta: model.ObjectMeta{Name: "n-0"}}, Merge: relabel("p", "q")}}}, "",
			map[string]string{"n-0": "p=q" + old}},
		{"and creates what is not", &verbs.Apply{Manifests: []verbs.Manifest{{Object: &model.Node{ObjectMeta: model.ObjectMeta{Name: "n-9"}}}}}, "",
			map[string]string{"n-9": notReady}},
		{"create makes an object", &verbs.Create{Template: &model.Node{ObjectMeta: model.ObjectMeta{Name: "n-9"}}}, "", map[string]string{"n-9": notReady}},
		{"but not one that is there", &verbs.Create{Template: &model.Node{ObjectMeta: model.ObjectMeta{Name: "n-0"}}}, `nodes "n-0" already exists`, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			e := env(t)
			if check, ok := c.verb.(verbs.Checker); ok {
				if err := check.Check(); err != nil {
					t.Fatalf("check: %v", err)
				}
			}
			if err := c.verb.Do(e); c.err == "" && err != nil || c.err != "" && (err == nil || err.Error() != c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			for name, want := range c.want {
				if got := shown(e, name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// relabel is a merge that leaves one label.
func relabel(key, value string) verbs.Merge {
	return func(old model.Object) (model.Object, error) {
		o := apiserver.Copy(old)
		o.Meta().Labels = map[string]string{key: value}
		return o, nil
	}
}

func TestUncordonTakesTheCordonBack(t *testing.T) {
	e := env(t)
	for _, v := range []verbs.Verb{&verbs.Cordon{Target: node("n-0")}, &verbs.Uncordon{Target: node("n-0")}} {
		if err := v.Do(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := shown(e, "n-0"); got != "pool=a old=x:NoExecute" {
		t.Error(got)
	}
}

func TestAnnotateChangesAnnotations(t *testing.T) {
	e := env(t)
	web := verbs.Target{Kind: model.KindPod, Namespace: "shop", Name: "web"}
	if err := (&verbs.Annotate{Target: web, Set: map[string]string{"a": "1"}}).Do(e); err != nil {
		t.Fatal(err)
	}
	err := (&verbs.Annotate{Target: web, Set: map[string]string{"a": "2"}}).Do(e)
	if err == nil || err.Error() != "error: overwrite is false but found the following declared annotation(s): 'a' already has a value (1)" {
		t.Error(err)
	}
	if p, _ := e.API.Pods.Get("shop", "web"); p.Annotations["a"] != "1" {
		t.Error(p.Annotations)
	}
}

func TestCreateOfManyArrives(t *testing.T) {
	e := env(t)
	e.Place = "f:3:1"
	var got verbs.Arrivals
	e.Arrive = func(a verbs.Arrivals) { got = a }
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: "job"}, Spec: &model.PodSpec{}}
	if err := (&verbs.Create{Template: pod, Count: 5, Every: sim.Constant(2)}).Do(e); err != nil {
		t.Fatal(err)
	}
	if want := (verbs.Arrivals{Template: pod, Count: 5, Every: sim.Constant(2), Place: "f:3:1"}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestChecksSayWhatIsWrong(t *testing.T) {
	negative := int64(-1)
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: "p"}}
	for _, c := range []struct {
		verb verbs.Checker
		want string
	}{
		{&verbs.Label{}, "set: missing, want at least one key to set or remove"},
		{&verbs.Label{Set: map[string]string{"a": ""}, Remove: []string{"a"}}, `remove: "a" cannot be set and removed at once`},
		{&verbs.Cordon{Target: verbs.Target{Kind: model.KindPod, Namespace: "shop", Name: "web"}}, "pod/shop/web: not a node, want node or nodes"},
		{&verbs.Taint{Target: node("n")}, "taints: missing, want at least one, such as dedicated=gpu:NoSchedule"},
		{&verbs.Taint{Target: node("n"), Taints: []string{"ok:NoSchedule", "dedicated=gpu"}},
			`taints[1]: "dedicated=gpu" has no effect, want dedicated=gpu:NoSchedule, :PreferNoSchedule or :NoExecute`},
		{&verbs.Taint{Target: node("n"), Taints: []string{"a=b:Never"}}, `taints[0]: "a=b:Never" has the effect "Never", want NoSchedule, PreferNoSchedule or NoExecute`},
		{&verbs.Taint{Target: node("n"), Taints: []string{"a=b:NoSchedule-"}}, `taints[0]: "a=b:NoSchedule-" removes a taint, which goes by key and effect: want a:NoSchedule-`},
		{&verbs.Taint{Target: node("n"), Taints: []string{"=:"}}, `taints[0]: "=:" is not a taint, want key=value:Effect, key:Effect, key:Effect- or key-`},
		{&verbs.Delete{GracePeriod: &negative}, "gracePeriodSeconds: -1 is negative, want 0 or more"},
		{&verbs.Patch{}, "patch: missing, want the fields to change"},
		{&verbs.Patch{Type: "jsonpath"}, `type: "jsonpath" is not known, want strategic, merge or json`},
		{&verbs.Create{}, "template: missing, want a manifest in place (or files)"},
		{&verbs.Create{Template: pod, Count: -2}, "count: -2 is negative, want at least 1"},
		{&verbs.Create{Template: &model.Node{}, Count: 2}, "count: 2 of kind Node, only pods can be created in numbers"},
		{&verbs.Create{Manifests: []verbs.Manifest{{}}, Count: 2}, "count: applies to a template, not to files"},
	} {
		if err := c.verb.Check(); err == nil || err.Error() != c.want {
			t.Errorf("%T: %v\nwant %s", c.verb, err, c.want)
		}
	}
}

// TestEveryVerbIsComplete asks of each entry of the registry what the reader of scenarios and the
// documentation need.
func TestEveryVerbIsComplete(t *testing.T) {
	previous := ""
	for _, info := range verbs.Registry() {
		if info.Name <= previous {
			t.Errorf("%s is not in order", info.Name)
		}
		previous = info.Name
		if !strings.HasSuffix(info.Doc, ".") || !strings.HasPrefix(info.Example, info.Name+":") {
			t.Errorf("%s: doc %q, example %q", info.Name, info.Doc, info.Example)
		}
		if info.New() == info.New() {
			t.Errorf("%s: New gives the same value twice", info.Name)
		}
		fields := reflect.TypeOf(info.New()).Elem()
		for i := range fields.NumField() {
			f := fields.Field(i)
			if f.Tag.Get("yaml") == "" || f.Tag.Get("doc") == "" && f.Type != reflect.TypeFor[verbs.Target]() {
				t.Errorf("%s: field %s has no yaml or doc tag", info.Name, f.Name)
			}
		}
		if found, ok := verbs.Lookup(info.Name); !ok || found.Name != info.Name {
			t.Errorf("%s is not found", info.Name)
		}
	}
	if _, ok := verbs.Lookup("explode"); ok {
		t.Error("explode is no verb")
	}
}
