package scenarios

import (
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
)

// behaviour loads one behaviour with these fields.
func behaviour(t *testing.T, fields string, files ...string) kubelet.Behaviour {
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
		b := behaviour(t, "run: "+c.value)
		if got := b.Run.Dist.String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestEmpiricalValuesComeFromAFile(t *testing.T) {
	plain := behaviour(t, "run: {empirical: {file: data/waits.txt}}", "data/waits.txt", "# measured\n1s\n\n500ms   # the quick one\n2s\n")
	if got := plain.Run.Dist.String(); got != "empirical{values: [0.5, 1, 2], weights: [1, 1, 1]}" {
		t.Errorf("got %s", got)
	}
	weighted := behaviour(t, "run: {empirical: {file: waits.txt}}", "waits.txt", "1s, 3\n2s, 1\n")
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
	b := behaviour(t, `{match: {namespace: shop, labels: {app: web}, annotations: {a: b}, owner: {kind: ReplicaSet, name: web-1}, pod: web-1-x, container: server},
   startup: 2s, ready: 5s, run: forever, exit: 3, stop: {after: 4s, exit: 0}}`)
	m := kubelet.Match{Namespace: "shop", OwnerKind: "ReplicaSet", OwnerName: "web-1", Pod: "web-1-x", Container: "server"}
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
	if s := behaviour(t, "stop: ignore").Stop; !s.Ignore {
		t.Errorf("stop: ignore gives %+v", s)
	}
	if s := behaviour(t, "stop: {uniform: {min: 1s, max: 2s}}").Stop; s.HasExit || s.Dist.String() != "uniform{min: 1, max: 2}" {
		t.Errorf("a distribution gives %+v", s)
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
