package scenarios

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// timeline loads entries over a cluster of three nodes.
func timeline(t *testing.T, head, entries string, files ...string) []world.Entry {
	t.Helper()
	text := "apiVersion: " + APIVersion + "\nkind: Scenario\n" + head +
		"cluster:\n  nodes: [{name: \"node-{index}\", count: 3, template: {status: {allocatable: {cpu: 4}}}}]\ntimeline:\n" + entries
	return load(t, write(t, append([]string{"s.yaml", text}, files...)...), Options{}).Config.Timeline
}

func TestEntriesComeInOrderOfTime(t *testing.T) {
	got := timeline(t, "start: 2026-03-02T08:00:00Z\n", `
- {at: 20m, uncordon: {node: node-0}}
- {at: 10m, cordon: {node: node-0}}
- {at: "2026-03-02T08:15:00Z", cordon: {node: node-1}}
- {at: 10m, cordon: {node: node-2}}
- {at: 2026-03-02T09:15:00+01:00, uncordon: {node: node-1}}
`)
	for i, want := range []struct {
		at   time.Duration
		line string
	}{{10 * time.Minute, ":9:"}, {10 * time.Minute, ":11:"}, {15 * time.Minute, ":10:"}, {15 * time.Minute, ":12:"}, {20 * time.Minute, ":8:"}} {
		if got[i].At != sim.At(want.at) || !strings.HasPrefix(got[i].Place, "s.yaml"+want.line) {
			t.Errorf("entry %d at %v from %s, want %v from line %s", i, got[i].At, got[i].Place, want.at, want.line)
		}
	}
}

func TestTargetsAreOneByNameOrAllByLabels(t *testing.T) {
	pod := "{apiVersion: v1, kind: Pod, metadata: {name: web-0, namespace: shop}, spec: {containers: [{name: c, image: i}]}}"
	got := timeline(t, "", `
- {at: 0s, create: {template: `+pod+`}}
- {at: 1m, delete: {pod: shop/web-0}}
- {at: 2m, cordon: {nodes: {labels: {pool: spot, disk: ssd}}}}
- {at: 3m, delete: {pods: {namespace: shop, labels: {app: web}}, gracePeriodSeconds: 0}}
- {at: 4m, cordon: {nodes: {}}}
- {at: 5m, delete: {pods: [shop/web-1, web-2], ignoreNotFound: true}}
`)
	if d := got[1].Verb.(*verbs.Delete); d.Target.Kind != model.KindPod || d.Target.Namespace != "shop" || d.Target.Name != "web-0" || d.GracePeriod != nil {
		t.Errorf("delete one: %+v", d)
	}
	s := got[2].Verb.(*verbs.Cordon).Target.Selector
	if len(s.Requirements) != 2 || s.Requirements[0].Key != "disk" || !s.Matches(map[string]string{"pool": "spot", "disk": "ssd"}) || s.Matches(map[string]string{"pool": "spot"}) {
		t.Errorf("selector %+v, want both labels in the order of their keys", s)
	}
	if d := got[3].Verb.(*verbs.Delete); d.Target.Namespace != "shop" || d.Target.Name != "" || *d.GracePeriod != 0 {
		t.Errorf("delete many: %+v", d)
	}
	if several := got[5].Verb.(*verbs.Delete).Target.Several; len(several) != 2 || several[0].Namespace != "shop" || several[1].Namespace != "default" || several[1].Name != "web-2" {
		t.Errorf("several by their names: %+v", several)
	}
	if s := got[4].Verb.(*verbs.Cordon).Target.Selector; !s.Matches(nil) {
		t.Errorf("without labels %+v, want one that takes all", s)
	}
}

func TestObjectsThatMayExistByThenAreAccepted(t *testing.T) {
	spec := "spec: {containers: [{name: c, image: i}]}"
	timeline(t, "", `
- {at: 1m, create: {count: 3, template: {apiVersion: v1, kind: Pod, metadata: {name: web}, `+spec+`}}}
- {at: 1m, create: {count: 3, template: {apiVersion: v1, kind: Pod, metadata: {generateName: job-}, `+spec+`}}}
- {at: 2m, delete: {pod: web-2}}
- {at: 2m, delete: {pod: default/job-x7k2a}}
- {at: 2m, delete: {pod: absent, ignoreNotFound: true}}
- {at: 3m, create: app.yaml}
- {at: 4m, apply: [app.yaml, more]}
- {at: 5m, delete: {pod: from-file}}
- {at: 5m, label: {namespace: kube-system, set: {a: b}}}
`, "app.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: from-file}\n"+spec+"\n",
		"more/b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n"+spec+"\n", "more/README.md", "not a manifest")
}

func TestDrawsOfACreateAreKeyedByItsPath(t *testing.T) {
	got := timeline(t, "", "- {at: 0s, cordon: {node: node-0}}\n- {at: 0s, create: {count: 2, every: 5s, template: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}}}\n")
	v, ok := got[1].Verb.(keyedVerb)
	if !ok || v.key != "timeline[1].create" {
		t.Fatalf("verb %+v, want its key timeline[1].create", got[1].Verb)
	}
	var seen verbs.Arrivals
	if err := v.Do(&verbs.Env{Place: "s.yaml:1:1", Arrive: func(a verbs.Arrivals) { seen = a }}); err != nil {
		t.Fatal(err)
	}
	if seen.Place != "timeline[1].create" || seen.Count != 2 || seen.Every != sim.Constant(5) {
		t.Errorf("arrivals %+v", seen)
	}
}

func TestPatchesAndApplyChangeWhatIsThere(t *testing.T) {
	text := strings.Replace(small, "timeline:\n", `timeline:
- {at: 1m, patch: {node: n-0, patch: {metadata: {labels: {disk: ssd}}}}}
- {at: 2m, patch: {nodes: {labels: {disk: ssd}}, type: merge, patch: {spec: {taints: [{key: a, effect: NoSchedule}]}}}}
- {at: 2m, patch: {node: n-1, type: json, patch: [{op: add, path: /metadata/labels/rack, value: r7}]}}
- {at: 3m, apply: node.yaml}
- {at: 4m, apply: {apiVersion: v1, kind: Node, metadata: {name: n-0, labels: {zone: z}}, status: {capacity: {cpu: 4, memory: 8Gi}}}}
`, 1)
	s := load(t, write(t, "s.yaml", text, "node.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: late}\nstatus: {allocatable: {cpu: 2, pods: 5}}\n"), Options{Until: "5m"})
	nodes := map[string]*model.Node{}
	footer, err := world.Run(s.Config, world.RunOptions{Watch: func(_ sim.Time, stream, _ string, o model.Object) {
		if n, ok := o.(*model.Node); ok && stream == "nodes" {
			nodes[n.Name] = n
		}
	}})
	if err != nil || len(footer.Notes) > 0 {
		t.Fatalf("%v, notes %v", err, footer.Notes)
	}
	n := nodes["n-0"]
	if n.Labels["disk"] != "ssd" || n.Labels["zone"] != "z" || len(n.Taints) != 1 || n.Taints[0].Key != "a" {
		t.Errorf("n-0 has labels %v and taints %v, want disk=ssd, zone=z and the taint a", n.Labels, n.Taints)
	}
	if nodes["n-1"].Labels["rack"] != "r7" {
		t.Errorf("n-1 has labels %v, want rack=r7 by an operation", nodes["n-1"].Labels)
	}
	if len(nodes["n-1"].Taints) != 0 {
		t.Errorf("n-1 has taints %v, want none: it has no label disk", nodes["n-1"].Taints)
	}
	if late := nodes["late"]; late == nil || len(late.Status.Allocatable) == 0 {
		t.Errorf("late is %+v, want it made", late)
	}
}
