package manifest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// everyKind holds an object of each kind with most of its modelled fields.
const everyKind = "testdata/every-kind.yaml"

// Reading what was written gives the same objects, with their sources and without.
func TestObjectsSurviveTheirJSON(t *testing.T) {
	r := readFile(t, everyKind, Options{Start: start})
	for _, f := range r.Findings() {
		if f.Sort != NeedsPlugin && f.Sort != Unmodelled {
			t.Errorf("found %v", f)
		}
	}
	seen := map[model.Kind]bool{}
	for _, o := range r.Objects() {
		seen[o.Kind()] = true
		for _, way := range []string{"with its source", "without its source"} {
			if way == "without its source" {
				o.Object = withoutSource(o.Object)
			}
			data, err := JSON(o.Object, start)
			if err != nil {
				t.Fatal(err)
			}
			again := NewReader(Options{Start: start})
			again.Read("again.json", bytes.NewReader(data))
			if len(again.Objects()) != 1 {
				t.Errorf("%s %s, %s: %v in %s", o.Kind(), o.Meta().Name, way, again.Errors(Broken, Invalid), data)
				continue
			}
			got, want := withoutSource(again.Objects()[0].Object), withoutSource(o.Object)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s, %s:\n got %s\nwant %s", o.Kind(), o.Meta().Name, way, written(got), written(want))
			}
		}
	}
	for _, k := range Kinds() {
		if !seen[k] {
			t.Errorf("no %s in %s", k, everyKind)
		}
	}
}

func written(o model.Object) string {
	data, _ := json.Marshal(o)
	return string(data)
}

// withoutSource is a copy of an object that knows nothing of its manifest.
func withoutSource(o model.Object) model.Object {
	v := reflect.New(reflect.TypeOf(o).Elem())
	v.Elem().Set(reflect.ValueOf(o).Elem())
	c := v.Interface().(model.Object)
	c.Meta().Source = nil
	if pod, ok := c.(*model.Pod); ok {
		spec := *pod.Spec
		spec.Source, pod.Spec = nil, &spec
	}
	if t := templateOf(c); t != nil && *t != nil {
		// What a template is written as without its source has other sums.
		built, spec := **t, *(*t).Spec
		spec.Source, built.Spec = nil, &spec
		built.Source, built.Hash, built.RevisionHash = nil, 0, 0
		*t = &built
	}
	return c
}

// The encoder's way of writing pods says the same as the v1 type.
func TestEncoderWritesPodsAsTheirV1Type(t *testing.T) {
	r := readFile(t, everyKind, Options{Start: start})
	e := NewEncoder(start)
	for _, o := range r.Objects() {
		v, err := V1(o.Object, start)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := json.Marshal(v)
		got, err := e.JSON(o.Object)
		if err != nil || !sameJSON(t, got, want) {
			t.Errorf("%s: %v\n got %s\nwant %s", o.Kind(), err, got, want)
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		t.Fatalf("not JSON: %s or %s", a, b)
	}
	return reflect.DeepEqual(x, y)
}

func TestJSONSaysWhatTheRunHasDone(t *testing.T) {
	pod := *one[*model.Pod](t, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: app, env: [{name: A, value: b}]}]}\n")
	spec := *pod.Spec // admission makes a copy of the spec
	spec.Priority, spec.HasPriority = 5, true
	spec.Tolerations = []model.Toleration{{Key: "k", Operator: "Exists"}}
	pod.Spec, pod.NodeName, pod.ResourceVersion, pod.UID = &spec, "node-1", 12, "u"
	pod.Created = sim.At(1999 * time.Millisecond)
	pod.Status = model.PodStatus{Phase: model.PodRunning, Started: sim.At(time.Minute), HasStarted: true, PodIP: "10.0.0.1"}
	data, err := JSON(&pod, start)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"nodeName":"node-1"`, `"priority":5`, `"tolerations":[{"key":"k","operator":"Exists"}]`, `"resourceVersion":"12"`, `"uid":"u"`,
		`"creationTimestamp":"2026-01-01T00:00:01Z"`, `"startTime":"2026-01-01T00:01:00Z"`, `"podIPs":[{"ip":"10.0.0.1"}]`, `"env":[{"name":"A","value":"b"}]`,
		`"kind":"Pod"`, `"apiVersion":"v1"`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is missing in %s", want, data)
		}
	}
	cordoned := *one[*model.Node](t, patchedNode)
	cordoned.Unschedulable, cordoned.Taints = true, nil
	data, _ = JSON(&cordoned, start)
	if !strings.Contains(string(data), `"unschedulable":true`) || strings.Contains(string(data), "taints") || !strings.Contains(string(data), `"memory":"16Gi"`) {
		t.Errorf("%s", data)
	}
}

func TestEventsAreWrittenAsRecordersDo(t *testing.T) {
	e := &model.Event{
		ObjectMeta: model.ObjectMeta{Name: "p.1", Namespace: "shop"},
		Type:       "Warning", Reason: "FailedScheduling", Message: "0/1 nodes are available", Component: "default-scheduler",
		Object: model.ObjectReference{Kind: model.KindPod, Namespace: "shop", Name: "p", UID: "u"},
		First:  sim.At(time.Second), Last: sim.At(3 * time.Second), Count: 2,
	}
	data, err := JSON(e, start)
	want := `{"kind":"Event","apiVersion":"v1","metadata":{"name":"p.1","namespace":"shop","creationTimestamp":"2026-01-01T00:00:00Z"},` +
		`"involvedObject":{"kind":"Pod","namespace":"shop","name":"p","uid":"u","apiVersion":"v1"},"reason":"FailedScheduling",` +
		`"message":"0/1 nodes are available","source":{"component":"default-scheduler"},"firstTimestamp":"2026-01-01T00:00:01Z",` +
		`"lastTimestamp":"2026-01-01T00:00:03Z","count":2,"type":"Warning","eventTime":null,"reportingComponent":"default-scheduler","reportingInstance":""}`
	if err != nil || !sameJSON(t, data, []byte(want)) {
		t.Errorf("%v\n got %s\nwant %s", err, data, want)
	}
}
