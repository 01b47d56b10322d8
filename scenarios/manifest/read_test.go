package manifest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// read reads text that nothing is wrong with.
func read(t testing.TB, name, text string) []Object {
	t.Helper()
	r := NewReader(Options{Start: start})
	r.Read(name, strings.NewReader(text))
	for _, f := range r.Findings() {
		t.Errorf("found %v", f)
	}
	return r.Objects()
}

func one[T model.Object](t testing.TB, text string) T {
	t.Helper()
	objects := read(t, "one.yaml", text)
	if len(objects) != 1 {
		t.Fatalf("%d objects, want 1", len(objects))
	}
	return objects[0].Object.(T)
}

func TestEveryFormOfInputGivesTheSameObjects(t *testing.T) {
	const (
		pod  = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: app}]}\n"
		node = "apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n"
		json = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"app"}]}}`
		nd   = `{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1"}}`
	)
	indented := func(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n" }
	for _, c := range []struct{ name, file, text string }{
		{"documents", "a.yaml", pod + "---\n" + node},
		{"documents with markers, comments and Windows line ends", "a.yml", strings.ReplaceAll("# x\n--- # first\n"+pod+"...\n---\n\n---\n"+node, "\n", "\r\n")},
		{"a directive before the document", "a.yaml", "%YAML 1.1\n---\n" + pod + "---\n" + node},
		{"a byte order mark", "a.yaml", "\ufeff" + pod + "---\n" + node},
		{"no newline at the end", "a.yaml", strings.TrimSpace(pod + "---\n" + node)},
		{"a List with its kind last, as kubectl prints", "a.yaml", "apiVersion: v1\nitems:\n- " + indented(pod) + "- " + indented(node) + "kind: List\nmetadata:\n  resourceVersion: \"\"\n"},
		{"lists of one kind, whose items do not say it", "a.yaml", "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: p}\n  spec: {containers: [{name: c, image: app}]}\n---\nkind: NodeList\napiVersion: v1\nitems: [{metadata: {name: node-1}}]\n"},
		{"JSON objects one after another", "a.json", json + "\n" + nd},
		{"JSON objects under a name that does not say so", "a", " " + json + nd},
		{"JSON objects with document markers", "a.json", json + "\n---\n" + nd},
		{"a JSON list", "a.json", `{"kind":"List","apiVersion":"v1","items":[` + json + "," + nd + "]}"},
		{"a JSON list with its kind last", "a.json", `{"apiVersion":"v1","items":[` + json + "," + nd + `],"kind":"List"}`},
		{"JSON in a YAML stream", "a.yaml", "---\n" + json + "\n---\n" + nd},
		{"lists in lists", "a.json", `{"kind":"List","apiVersion":"v1","items":[{"kind":"PodList","apiVersion":"v1","items":[` + json + `]},` + nd + "]}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			objects := read(t, c.file, c.text)
			var got []string
			for _, o := range objects {
				got = append(got, string(o.Kind())+" "+o.Meta().Key())
			}
			if text := strings.Join(got, ", "); text != "Pod default/p, Node node-1" {
				t.Errorf("read %s", text)
			}
		})
	}
}

func TestPackedFilesAreUnpacked(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(`{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1"}}`))
	w.Close()
	if objects := read(t, "a.json.gz", packed.String()); len(objects) != 1 {
		t.Errorf("%d objects", len(objects))
	}
	r := NewReader(Options{})
	r.Read("a.yaml.gz", strings.NewReader("kind: Node"))
	if text := fmt.Sprint(r.Findings()[0].Problem); text != "a.yaml.gz: not a gzip file: gzip: invalid header" {
		t.Error(text)
	}
	r.Read("b.yaml.gz", bytes.NewReader(packed.Bytes()[:packed.Len()-9]))
	if text := fmt.Sprint(r.Findings()[1].Problem); !strings.Contains(text, "cannot be read further: unexpected EOF") {
		t.Error(text)
	}
}

// A list that is large enough to be cut into items keeps its places, whatever stands around the items.
func TestLargeListsAreCutWithoutLosingTheirPlace(t *testing.T) {
	var b strings.Builder
	b.WriteString("# a comment\napiVersion: v1\nitems: # here\n\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  # item %d\n  -   apiVersion: v1\n      kind: Pod\n      metadata:\n        name: pod-%d\n        annotations:\n          text: |\n            - not an item\n          # not the end\n      spec:\n        containers:\n        - {name: c, image: app, %s: x}\n\n", i, i,
			map[bool]string{true: "imagee", false: "workingDir"}[i == 1500])
	}
	b.WriteString("kind: List\nmetdata: {}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nspex: {}\n")
	r := NewReader(Options{Start: start})
	r.Read("list.yaml", strings.NewReader(b.String()))
	var got []string
	for _, f := range r.Findings() {
		got = append(got, f.String())
	}
	// Item 1500 begins behind 4 lines of the head and 1500 items of 13 lines; its containers stand 11 lines further.
	want := []string{
		"list.yaml:19516:33: items[1500].spec.containers[0].imagee: unknown field, did you mean image?",
		"list.yaml:26006:1: metdata: unknown field, did you mean metadata?",
		"list.yaml:26011:1: spex: unknown field, did you mean spec?",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if n := len(r.Objects()); n != 1999 {
		t.Errorf("%d objects, want 1999", n)
	}
	if place := r.Objects()[1].Place(); place != "list.yaml:19:7" {
		t.Errorf("the second item stands at %s, want list.yaml:19:7", place)
	}
}

// Items of a large typed list whose kind comes behind them are read once it is known.
func TestLargeTypedListWithItsKindLast(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nitems:\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "- metadata:\n    name: node-%d\n  status:\n    allocatable: {cpu: 8, memory: 32Gi, pods: 110}\n", i)
	}
	objects := read(t, "list.yaml", b.String()+"kind: NodeList\n")
	if len(objects) != 5000 || objects[4999].Meta().Name != "node-4999" {
		t.Errorf("%d objects", len(objects))
	}
	r := NewReader(Options{})
	r.Read("list.yaml", strings.NewReader(b.String()+"kind: Node\n"))
	if len(r.Findings()) == 0 || !strings.Contains(r.Findings()[0].String(), "Node has no items, want a List") {
		t.Errorf("found %v", r.Findings())
	}
}

// manyPods writes a list of pods of some size without holding it.
type manyPods struct {
	left, number int
	buffer       bytes.Buffer
}

func (m *manyPods) Read(p []byte) (int, error) {
	for m.buffer.Len() < len(p) {
		switch {
		case m.number == 0:
			m.buffer.WriteString("apiVersion: v1\nitems:\n")
		case m.left > 0:
			before := m.buffer.Len()
			fmt.Fprintf(&m.buffer, kubectlPod, m.number, m.number, m.number, m.number%100, m.number)
			m.left -= m.buffer.Len() - before
		case m.buffer.Len() == 0:
			return 0, io.EOF
		default:
			return m.buffer.Read(p)
		}
		m.number++
	}
	return m.buffer.Read(p)
}

func TestLargeListsDoNotFillTheMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 50 MB")
	}
	const size, most = 50 << 20, 150 << 20
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak, count := uint64(0), 0
	r := NewReader(Options{Start: start, Each: func(Object) {
		if count++; count%500 == 0 {
			runtime.ReadMemStats(&during)
			peak = max(peak, during.HeapAlloc)
		}
	}})
	r.Read("list.yaml", &manyPods{left: size})
	if len(r.Findings()) != 1 || count < 15000 {
		t.Fatalf("%d pods, %d findings", count, len(r.Findings()))
	}
	if extra := int64(peak) - int64(before.HeapAlloc); extra > most {
		t.Errorf("%d MiB of heap for a list of %d MiB, want at most %d", extra>>20, size>>20, most>>20)
	} else {
		t.Logf("%d pods, %d MiB of heap at most", count, extra>>20)
	}
}

func TestPodsOfOneTemplateShareTheirSpec(t *testing.T) {
	r := NewReader(Options{Start: start})
	r.Read("a.yaml", bytes.NewReader(kubectlList(3)))
	r.Read("b.yaml", strings.NewReader(strings.ReplaceAll(string(kubectlList(1)), "web-6d5f9c7b8-", "other-")))
	specs := map[*model.PodSpec]bool{}
	for i, o := range r.Objects() {
		pod := o.Object.(*model.Pod)
		specs[pod.Spec] = true
		if want := fmt.Sprintf("node-%d", i%3); pod.NodeName != want {
			t.Errorf("pod %d is on %s, want %s", i, pod.NodeName, want)
		}
	}
	if len(specs) != 1 || len(r.Objects()) != 4 {
		t.Errorf("%d pods, %d specs: the nodes and the names of token volumes are the only differences", len(r.Objects()), len(specs))
	}
}

// With matchLabelKeys the spec depends on the pod's labels: equal texts share a spec only with equal values.
func TestMatchLabelKeysAreMergedPerLabelValue(t *testing.T) {
	pod := func(name, hash, nodeName string) string {
		return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", labels: {app: web, hash: " + hash + "}}\nspec:\n" + nodeName +
			"  topologySpreadConstraints:\n  - maxSkew: 1\n    topologyKey: zone\n    whenUnsatisfiable: ScheduleAnyway\n    matchLabelKeys: [hash, absent]\n    labelSelector: {matchLabels: {app: web}}\n  containers: [{name: c, image: app}]\n"
	}
	r := NewReader(Options{Start: start})
	r.Read("a.yaml", strings.NewReader(pod("a", "one", "")+pod("b", "two", "")+pod("c", "one", "")))
	var pods []*model.Pod
	for _, o := range r.Objects() {
		pods = append(pods, o.Object.(*model.Pod))
	}
	if pods[0].Spec == pods[1].Spec || pods[0].Spec != pods[2].Spec {
		t.Error("specs are shared by the wrong pods")
	}
	for i, value := range []string{"one", "two", "one"} {
		s := pods[i].Spec.SpreadTerms[0].Selector
		if len(s.Requirements) != 2 || !s.Matches(map[string]string{"app": "web", "hash": value}) || s.Matches(map[string]string{"app": "web", "hash": "x"}) {
			t.Errorf("pod %d spreads over %v", i, s)
		}
	}
	// What the API server has given back holds the requirement already.
	data, err := JSON(pods[0], start)
	if err != nil {
		t.Fatal(err)
	}
	again := NewReader(Options{Start: start})
	again.Read("again.json", bytes.NewReader(data))
	if s := again.Objects()[0].Object.(*model.Pod).Spec.SpreadTerms[0].Selector; len(s.Requirements) != 2 {
		t.Errorf("merged twice: %v", s)
	}
}

func TestTimesBecomeInstants(t *testing.T) {
	pod := one[*model.Pod](t, `
apiVersion: v1
kind: Pod
metadata:
  name: p
  creationTimestamp: 2025-12-31T23:59:00Z
  deletionTimestamp: 2026-01-01T01:00:30+01:00
spec:
  terminationGracePeriodSeconds: 45
  containers: [{name: c, image: app}]
status:
  phase: Running
  startTime: "2026-01-01T00:00:05Z"
`)
	if pod.Created != sim.At(-time.Minute) || !pod.Deleting || pod.Deleted != sim.At(30*time.Second) {
		t.Errorf("created %v, deleted %v", pod.Created, pod.Deleted)
	}
	if pod.DeletionGracePeriodSeconds != 45 || !pod.Status.HasStarted || pod.Status.Started != sim.At(5*time.Second) {
		t.Errorf("grace %d, started %v", pod.DeletionGracePeriodSeconds, pod.Status.Started)
	}
	r := NewReader(Options{Start: start})
	r.Read("far.yaml", strings.NewReader("apiVersion: v1\nkind: Node\nmetadata: {name: node-1, creationTimestamp: 1600-01-01T00:00:00Z}\n"))
	if got := fmt.Sprint(r.Findings()[0].Problem); got != "far.yaml:3:45: metadata.creationTimestamp: 1600-01-01 is more than 292 years from the start of the run" {
		t.Error(got)
	}
}
