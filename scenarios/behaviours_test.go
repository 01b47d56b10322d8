package scenarios

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// oneBehaviour loads one behaviour with these fields.
func oneBehaviour(t *testing.T, fields string, files ...string) behaviour.Behaviour {
	t.Helper()
	text := "apiVersion: " + APIVersion + "\nkind: Scenario\nbehaviours:\n- " + fields + "\n"
	return load(t, write(t, append([]string{"s.yaml", text}, files...)...), Options{}).Config.Behaviours[0]
}

func TestTimesAreValuesOrDistributions(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"a value", "10m", "constant{value: 600}"},
		{"days", "1d", "constant{value: 86400}"},
		{"exponential", "{exponential: {mean: 10m}}", "exponential{mean: 600}"},
		{"uniform", "{uniform: {min: 1s, max: 2s}}", "uniform{min: 1, max: 2}"},
		{"normal cut at 0", "{normal: {mean: 5s, stddev: 1s, min: 0s}}", "normal{mean: 5, stddev: 1, min: 0}"},
		{"truncate is the same", "{normal: {mean: 5s, stddev: 1s, truncate: {min: 0s, max: 9s}}}", "normal{mean: 5, stddev: 1, min: 0, max: 9}"},
		{"pareto's min is its own", "{pareto: {min: 2s, alpha: 3, truncate: {max: 1m}}}", "pareto{min: 2, alpha: 3, max: 60}"},
		{"shape without a unit", "{weibull: {shape: 1.5, scale: 1m}}", "weibull{shape: 1.5, scale: 60}"},
		{"empirical", "{empirical: {values: [1s, 500ms, 2s]}}", "empirical{values: [0.5, 1, 2], weights: [1, 1, 1]}"},
	} {
		b := oneBehaviour(t, "run: "+c.value)
		if got := b.Run.Dist.String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestEmpiricalValuesComeFromAFile(t *testing.T) {
	plain := oneBehaviour(t, "run: {empirical: {file: data/waits.txt}}", "data/waits.txt", "# measured\n1s\n\n500ms   # the quick one\n2s\n")
	if got := plain.Run.Dist.String(); got != "empirical{values: [0.5, 1, 2], weights: [1, 1, 1]}" {
		t.Errorf("got %s", got)
	}
	weighted := oneBehaviour(t, "run: {empirical: {file: waits.txt}}", "waits.txt", "1s, 3\n2s, 1\n")
	if got := weighted.Run.Dist.Mean(); got != 1.25 { // (3·1 + 1·2) / 4
		t.Errorf("mean %v, want 1.25", got)
	}
	text := "apiVersion: " + APIVersion + "\nkind: Scenario\nbehaviours: [{run: {empirical: {file: waits.txt}}}]\n"
	path := write(t, "s.yaml", text, "waits.txt", "1s 2\n3\n4s x\n5s 1 1\n")
	_, err := Load([]string{path}, Options{})
	for _, want := range []string{
		"waits.txt:2:1: value: 3 has no unit, want a duration; did you mean 3s?",
		"waits.txt:3:4: weight: the text \"x\", want a number",
		"waits.txt:4:1: 3 words, want a value, or a value and its weight",
		"waits.txt: 3 of 4 values have a weight, want all or none",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func TestBehavioursSayWhatContainersDo(t *testing.T) {
	b := oneBehaviour(t, `{match: {namespace: shop, labels: {app: web}, annotations: {a: b}, owner: {kind: ReplicaSet, name: web-1}, pod: web-1-x, container: server},
   startup: 2s, ready: 5s, run: forever, exit: 3, stop: {after: 4s, exit: 0}}`)
	m := behaviour.Match{Namespace: "shop", OwnerKind: "ReplicaSet", OwnerName: "web-1", Pod: "web-1-x", Container: "server"}
	if b.Match.Labels["app"] != "web" || b.Match.Annotations["a"] != "b" {
		t.Errorf("match %+v", b.Match)
	}
	b.Match.Labels, b.Match.Annotations = nil, nil
	if b.Match.Namespace != m.Namespace || b.Match.OwnerKind != m.OwnerKind || b.Match.OwnerName != m.OwnerName || b.Match.Pod != m.Pod || b.Match.Container != m.Container {
		t.Errorf("match %+v, want %+v", b.Match, m)
	}
	if b.Startup != sim.Constant(2) || b.Ready != sim.Constant(5) || !b.Run.Forever || b.Exit != sim.Constant(3) {
		t.Errorf("got %+v", b)
	}
	if s := b.Stop; s.Dist != sim.Constant(4) || !s.HasExit || s.Exit != 0 || s.Ignore {
		t.Errorf("stop %+v", s)
	}
	if s := oneBehaviour(t, "stop: ignore").Stop; !s.Ignore {
		t.Errorf("stop: ignore gives %+v", s)
	}
	if s := oneBehaviour(t, "stop: {uniform: {min: 1s, max: 2s}}").Stop; s.HasExit || s.Dist.String() != "uniform{min: 1, max: 2}" {
		t.Errorf("a distribution gives %+v", s)
	}
}

// TestEveryExampleOfABehaviourIsRead reads the examples of the reference, as entries of a scenario and as
// annotations of a pod and of its container.
func TestEveryExampleOfABehaviourIsRead(t *testing.T) {
	of := reflect.TypeFor[behaviourFields]()
	read := load(t, write(t, "small.yaml", small), Options{}).Config.Annotations
	for i := range of.NumField() {
		f := of.Field(i)
		name, text := f.Tag.Get("yaml"), f.Tag.Get("example")
		made := oneBehaviour(t, strings.TrimPrefix(behaviourExample(f), "- "))
		made.Place, made.Match = "annotation", behaviour.Match{}
		for prefix, container := range map[string]string{"": "", "app.": "app"} {
			pod := &model.Pod{Spec: &model.PodSpec{Containers: []model.Container{{Name: "app"}}}}
			pod.Annotations = map[string]string{behaviour.AnnotationPrefix + prefix + name: text}
			made.Match.Container = container
			if got, err := read(pod); err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], made) {
				t.Errorf("%s%s: %s: as an annotation %+v (%v), as an entry %+v", prefix, name, text, got, err, made)
			}
		}
		if !strings.Contains(string(Reference()), behaviourExample(f)) {
			t.Errorf("the reference does not show %s", name)
		}
	}
}

func TestWhatHandlersAreAnswered(t *testing.T) {
	sec := time.Second
	bad := behaviour.Reply{Status: 503}
	for _, c := range []struct {
		text string
		want behaviour.Answers
	}{
		{"{exec: live, says: [{exit: 0}, {from: 20s, exit: 1, output: broken}, {from: 9s, takes: 3s}]}", behaviour.Answers{Kind: "exec", Word: "live", Says: []behaviour.Says{
			{Reply: &behaviour.Reply{}}, {From: 20 * sec, Reply: &behaviour.Reply{Exit: 1, Output: "broken"}}, {From: 9 * sec, Takes: sim.Constant(3)}}}},
		{"{httpGet: /ready, port: 8080, says: [{from: 10s, restart: 0, status: 503}, {status: 302, redirect: /login}]}", behaviour.Answers{Kind: "httpGet", Path: "/ready", Port: "8080", Says: []behaviour.Says{
			{From: 10 * sec, OnlyRestart: true, Reply: &bad}, {Reply: &behaviour.Reply{Status: 302, Redirect: "/login"}}}}},
		{"{tcpSocket: db, says: [{refused: true}, {from: 3s, refused: false}]}", behaviour.Answers{Kind: "tcpSocket", Port: "db", Says: []behaviour.Says{
			{Reply: &behaviour.Reply{Refused: true}}, {From: 3 * sec, Reply: &behaviour.Reply{}}}}},
		{"{grpc: \"*\", says: [{serving: NOT_SERVING}]}", behaviour.Answers{Kind: "grpc", Says: []behaviour.Says{{Reply: &behaviour.Reply{Serving: "NOT_SERVING"}}}}},
		{"{says: [{error: gone}, {from: 1s, fails: true}], slowWhenThrottled: true}", behaviour.Answers{SlowWhenThrottled: true, Says: []behaviour.Says{
			{Reply: &behaviour.Reply{Error: "gone"}}, {From: sec, Reply: &behaviour.Reply{Fails: true}}}}},
		{"{httpGet: /, failEvery: 1h, failFor: 30s, failWith: {status: 503}}", behaviour.Answers{Kind: "httpGet", Path: "/", Failures: &behaviour.Failures{
			Every: sim.Constant(3600), For: sim.Constant(30), With: &bad}}},
	} {
		if got := oneBehaviour(t, "answers: ["+c.text+"]").Answers; len(got) != 1 || !reflect.DeepEqual(got[0], c.want) {
			t.Errorf("%s: %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestTheOtherFieldsOfABehaviour(t *testing.T) {
	b := oneBehaviour(t, `{restarts: [{run: 5s, exit: 1}, {run: forever}], postStart: 5s, preStop: {takes: {uniform: {min: 1s, max: 2s}}, exit: 3, output: broken},
   ports: [{port: 80, open: [{to: 20s}, {from: 35s}], restart: 1}], until: {service: db}, pull: {uniform: {min: 1s, max: 2s}},
   usage: {cpu: 250m, memory: {points: [{value: 1Mi}], daily: [{at: 8h, times: 2}], noise: {uniform: {min: 0.5, max: 1.5}}, perRequest: 1Ki}, writableLayer: 1Ki, emptyDir: {b: 2, a: 1}}}`)
	if r := b.Restarts; len(r) != 2 || r[0].Run.Dist != sim.Constant(5) || r[0].Exit != sim.Constant(1) || !r[1].Run.Forever || r[1].Exit != nil {
		t.Errorf("restarts %+v", r)
	}
	if b.PostStart.Takes != sim.Constant(5) || b.PreStop.Takes.String() != "uniform{min: 1, max: 2}" || b.PreStop.Exit != 3 || b.PreStop.Output != "broken" {
		t.Errorf("hooks %+v %+v", b.PostStart, b.PreStop)
	}
	if want := (behaviour.Port{Port: 80, Restart: 1, OnlyRestart: true, Open: []behaviour.Interval{{To: 20 * time.Second}, {From: 35 * time.Second, To: behaviour.Forever}}}); !reflect.DeepEqual(b.Ports, []behaviour.Port{want}) {
		t.Errorf("ports %+v", b.Ports)
	}
	if want := (behaviour.Until{Service: "db", Ready: 1}); *b.Until != want {
		t.Errorf("until %+v", b.Until)
	}
	if len(b.Pull) != 1 || b.Pull[0].Takes.String() != "uniform{min: 1, max: 2}" {
		t.Errorf("pull %+v", b.Pull)
	}
	u := b.Usage
	if u.CPU.Points[0].Value != 0.25 || u.Memory.Points[0].Value != 1<<20 || u.Memory.Daily[0] != (behaviour.Daily{At: 8 * time.Hour, Times: 2}) || u.Memory.NoiseEvery != time.Minute || u.Memory.PerRequest != 1024 {
		t.Errorf("usage %+v %+v", u.CPU, u.Memory)
	}
	if u.WritableLayer != 1024 || !reflect.DeepEqual(u.EmptyDirs, []behaviour.Growth{{Volume: "a", BytesPerSecond: 1}, {Volume: "b", BytesPerSecond: 2}}) {
		t.Errorf("growth %v %+v", u.WritableLayer, u.EmptyDirs)
	}
	if b := oneBehaviour(t, "until: {pod: migrate, state: Succeeded, namespace: jobs, every: 2s}"); *b.Until != (behaviour.Until{Pod: "migrate", State: "Succeeded", Namespace: "jobs", Every: 2 * time.Second}) {
		t.Errorf("until %+v", b.Until)
	}
	if b := oneBehaviour(t, "until: {time: 30s}"); *b.Until != (behaviour.Until{At: sim.At(30 * time.Second), HasAt: true}) {
		t.Errorf("until %+v", b.Until)
	}
}

func TestWhatAContainersAnnotationSaysComesFirst(t *testing.T) {
	read := load(t, write(t, "small.yaml", small), Options{}).Config.Annotations
	pod := &model.Pod{Spec: &model.PodSpec{Containers: []model.Container{{Name: "app"}, {Name: "zz"}}}}
	pod.Annotations = map[string]string{"towtank.dev/run": "1s", "towtank.dev/zz.run": "9s"}
	own, err := read(pod)
	if err != nil {
		t.Fatal(err)
	}
	lives := behaviour.NewSet(1, nil).For(pod, own)
	for i, want := range []time.Duration{time.Second, 9 * time.Second} {
		life := lives.Life(pod, i, 0)
		if got, _ := life.Run(); got != want {
			t.Errorf("container %d runs %v, want %v", i, got, want)
		}
	}
	pod.Annotations = map[string]string{"towtank.dev/ap.run": "1s"}
	if _, err := read(pod); err == nil || !strings.Contains(err.Error(), "towtank.dev/ap.run: unknown container, did you mean app?") {
		t.Errorf("got %v", err)
	}
}

func TestAnnotationsSayWhatTheirPodDoes(t *testing.T) {
	read := load(t, write(t, "small.yaml", small), Options{}).Config.Annotations
	pod := &model.Pod{}
	pod.Annotations = map[string]string{"towtank.dev/run": "{exponential: {mean: 10m}}", "towtank.dev/stop": "ignore", "other.dev/run": "5"}
	got, err := read(pod)
	if err != nil || len(got) != 2 || got[0].Run.Dist.String() != "exponential{mean: 600}" || !got[1].Stop.Ignore {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"10":                           "towtank.dev/run: 10 has no unit",
		"":                             "towtank.dev/run: empty, want a value",
		"{empirical: {file: x.txt}}":   "an annotation cannot name a file",
		"{exponential: {mean: 10m}":    "not YAML",
		"{exponential: {maen: 10m}}":   "unknown field, did you mean mean?",
		"{uniform: {min: 2s,max: 1s}}": "1s is not above min",
	} {
		pod.Annotations = map[string]string{"towtank.dev/run": text}
		if _, err := read(pod); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
