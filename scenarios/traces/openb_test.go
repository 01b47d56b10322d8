package traces

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

func open(t *testing.T, o Options) *Trace {
	t.Helper()
	trace, err := Open("openb", o)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// drain returns all arrivals of one pass, and its notes as text.
func drain(t *testing.T, trace *Trace, seed uint64) (all []world.Arrival, notes []string) {
	t.Helper()
	seq, err := trace.Arrivals.Open(seed)
	if err != nil {
		t.Fatal(err)
	}
	defer seq.Close()
	for {
		a, ok, err := seq.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		all = append(all, a)
	}
	for _, n := range seq.Notes() {
		notes = append(notes, n.Text)
	}
	return all, notes
}

func podNames(all []world.Arrival) string {
	var names []string
	for _, a := range all {
		names = append(names, a.Pod.Name)
	}
	return strings.Join(names, " ")
}

func TestOpenbNodesGetTheirResourcesAndModel(t *testing.T) {
	for mapping, want := range map[string]model.ResourceAmount{
		"whole": {Name: ResourceGPU, Quantity: model.WholeQuantity(8)},
		"milli": {Name: ResourceGPUMilli, Quantity: model.WholeQuantity(8000)},
	} {
		trace := open(t, Options{Nodes: "testdata/nodes.csv", Pods: "testdata/pods.csv", GPU: mapping})
		if len(trace.Nodes) != 3 {
			t.Fatalf("%s: %d nodes, want 3", mapping, len(trace.Nodes))
		}
		b := trace.Nodes[1].(*model.Node)
		if got, _ := b.Status.Allocatable.Get(want.Name); got != want.Quantity {
			t.Errorf("%s: %s = %v, want %v", mapping, want.Name, got, want.Quantity)
		}
		if b.Labels[LabelGPUModel] != "T4" {
			t.Errorf("%s: labels %v, want model T4", mapping, b.Labels)
		}
		// 96,000 millicores are 96 cores; 393,216 MiB are 412,316,860,416 bytes.
		if cpu, _ := b.Status.Allocatable.Get(model.ResourceCPU); cpu.MilliValue() != 96000 {
			t.Errorf("%s: cpu %v", mapping, cpu)
		}
		if memory, _ := b.Status.Allocatable.Get(model.ResourceMemory); memory.Value() != 412316860416 {
			t.Errorf("%s: memory %v", mapping, memory)
		}
		if len(trace.Extended) != 1 || trace.Extended[0] != want.Name {
			t.Errorf("%s: extended %v, want %s", mapping, trace.Extended, want.Name)
		}
		if len(trace.Notes) != 2 || trace.Notes[0].Count != 1 || !strings.Contains(trace.Notes[1].Text, "line 5") {
			t.Errorf("%s: notes %v, want the twin and the row whose cpu is no number", mapping, trace.Notes)
		}
	}
}

func TestOpenbOrderKeepsTheListAndNothingDeparts(t *testing.T) {
	trace := open(t, Options{Nodes: "testdata/nodes.csv", Pods: "testdata/pods.csv", Replay: "order"})
	all, notes := drain(t, trace, 1)
	// pod-5 stays: its times are not used here. pod-2 and pod-4 cannot be used.
	if got := podNames(all); got != "pod-0 pod-1 pod-3 pod-5 pod-6" {
		t.Errorf("order %q", got)
	}
	if len(notes) != 2 || !strings.Contains(notes[0], "memory_mib") || !strings.Contains(notes[1], "above 1000") {
		t.Errorf("notes %q", notes)
	}
	for i, a := range all {
		if a.AfterPrevious != (i > 0) || !math.IsInf(*a.Run, 1) {
			t.Errorf("%s: after previous %v, runs %v", a.Pod.Name, a.AfterPrevious, *a.Run)
		}
	}
}

func TestOpenbSharesAndModelsBecomeRequestsAndAffinity(t *testing.T) {
	for mapping, want := range map[string][2]int64{"milli": {460, 8000}, "whole": {1, 8}} {
		trace := open(t, Options{Nodes: "testdata/nodes.csv", Pods: "testdata/pods.csv", GPU: mapping})
		all, _ := drain(t, trace, 1)
		resource := map[string]string{"milli": ResourceGPUMilli, "whole": ResourceGPU}[mapping]
		share, eight := all[1].Pod.Spec, all[2].Pod.Spec
		if got, _ := share.Containers[0].Requests.Get(resource); got.Value() != want[0] {
			t.Errorf("%s: share asks %v, want %d", mapping, got, want[0])
		}
		if got, _ := eight.Containers[0].Requests.Get(resource); got.Value() != want[1] {
			t.Errorf("%s: eight GPUs ask %v, want %d", mapping, got, want[1])
		}
		affinity := share.Affinity.NodeRequired
		if !affinity.Matches("n", map[string]string{LabelGPUModel: "P100"}) || affinity.Matches("n", map[string]string{LabelGPUModel: "A10"}) {
			t.Errorf("%s: affinity %+v, want T4 or P100", mapping, affinity)
		}
		if eight.Affinity != nil {
			t.Errorf("%s: a pod without gpu_spec has an affinity", mapping)
		}
	}
}

func TestOpenbTimeRunsPodsAsRecorded(t *testing.T) {
	trace := open(t, Options{Nodes: "testdata/nodes.csv", Pods: "testdata/pods.csv", Replay: "time"})
	all, notes := drain(t, trace, 1)
	// pod-0 ran from 10 to 100; pod-3 was never scheduled: from its creation at 7 to 57.
	want := map[string][2]float64{"pod-0": {0, 90}, "pod-1": {5, 60}, "pod-3": {7, 50}, "pod-6": {10, 10}}
	if len(all) != len(want) {
		t.Fatalf("arrivals %q", podNames(all))
	}
	for _, a := range all {
		if w := want[a.Pod.Name]; a.At.Seconds() != w[0] || *a.Run != w[1] {
			t.Errorf("%s: at %v for %v s, want %v", a.Pod.Name, a.At, *a.Run, w)
		}
	}
	if !strings.Contains(strings.Join(notes, "\n"), "deletion_time is before the pod began (first at line 7)") {
		t.Errorf("notes %q", notes)
	}
}

func TestOpenbTimeSortsAListThatIsNotInOrder(t *testing.T) {
	trace := open(t, Options{Nodes: "testdata/nodes.csv", Pods: "testdata/unsorted.csv", Replay: "time"})
	all, _ := drain(t, trace, 1)
	if got := podNames(all); got != "early late twin" {
		t.Errorf("order %q, want by time, equal times as listed", got)
	}
	if all[1].At != sim.Time(50e9) {
		t.Errorf("late comes at %v", all[1].At)
	}
}

func TestOpenbShuffledIsDrawnByTheSeed(t *testing.T) {
	trace := open(t, Options{Nodes: "testdata/nodes.csv", Pods: "testdata/pods.csv", Replay: "shuffled"})
	orders := map[string]bool{}
	for seed := uint64(1); seed <= 20; seed++ {
		all, _ := drain(t, trace, seed)
		again, _ := drain(t, trace, seed)
		if podNames(all) != podNames(again) || len(all) != 5 {
			t.Fatalf("seed %d: %q then %q", seed, podNames(all), podNames(again))
		}
		orders[podNames(all)] = true
	}
	if len(orders) < 10 {
		t.Errorf("20 seeds gave %d orders of 120", len(orders))
	}
}

func TestOpenbProblemsNameFileAndPlace(t *testing.T) {
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := Options{Nodes: "testdata/nodes.csv", Pods: "testdata/pods.csv"}
	header := "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n"
	for _, c := range []struct {
		name string
		edit func(*Options)
		want string
	}{
		{"a mapping that is not one", func(o *Options) { o.GPU = "half" }, `gpu mapping "half" is not known to trace format openb, want milli or whole`},
		{"a replay that is not one", func(o *Options) { o.Replay = "backwards" }, `replay "backwards" is not known to trace format openb, want order, shuffled, time`},
		{"no node list", func(o *Options) { o.Nodes = "" }, "--nodes FILE"},
		{"a file that is not there", func(o *Options) { o.Pods = "absent.csv" }, "absent.csv: no such file or directory"},
		{"an empty file", func(o *Options) { o.Pods = write("p.csv", "") }, "p.csv:1:1: the file is empty"},
		{"pods for nodes", func(o *Options) { o.Nodes = "testdata/pods.csv" }, "pods.csv:1:1: header: column sn is missing"},
		{"a list without times by time", func(o *Options) { o.Replay = "time"; o.Pods = write("p.csv", header+"a,1,1,0,0\n") }, "p.csv:1:1: header: column creation_time is missing"},
		{"a row with too few fields", func(o *Options) { o.Pods = write("p.csv", header+"a,1,1,0,0\nb,1\n") }, "p.csv:3:1: the row has another number of fields than the header, want 5"},
		{"a quote that does not end", func(o *Options) { o.Pods = write("p.csv", header+"\"a,1,1,0,0\n") }, "p.csv:2:"},
		{"no usable row", func(o *Options) { o.Pods = write("p.csv", header+"a,x,1,0,0\n") }, "p.csv:2:1: no usable pod: cpu_milli is not a number of millicores (line 2)"},
		{"gzip in name only", func(o *Options) { o.Pods = write("p.csv.gz", header) }, "p.csv.gz:1:1: not a gzip file"},
	} {
		o := good
		c.edit(&o)
		if _, err := Open("openb", o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := Open("borg", good); err == nil || !strings.Contains(err.Error(), "want one of openb") {
		t.Errorf("unknown format: %v", err)
	}
}

// shared finds the real trace where it is at hand.
func shared(t testing.TB) string {
	root := os.Getenv("TOWTANK_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "traces", "alibaba-gpu-v2023")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the openb trace is not here; set TOWTANK_SHARED to run this test")
	}
	return dir
}

func TestOpenbRealListsAreReadWhole(t *testing.T) {
	dir := shared(t)
	lists, _ := filepath.Glob(filepath.Join(dir, "openb_pod_list_*"))
	if len(lists) != 24 {
		t.Fatalf("%d pod lists", len(lists))
	}
	for _, list := range lists {
		replays := []string{"order", "shuffled", "time"}
		if strings.Contains(list, "multigpu") { // five columns, no times
			replays = replays[:2]
		}
		want := -1
		for _, replay := range replays {
			trace := open(t, Options{Nodes: filepath.Join(dir, "openb_node_list_all_node.csv"), Pods: list, Replay: replay})
			all, notes := drain(t, trace, 1)
			if len(trace.Nodes) != 1523 || len(notes) > 0 || want >= 0 && len(all) != want {
				t.Errorf("%s %s: %d nodes, %d pods (want %d), notes %v", list, replay, len(trace.Nodes), len(all), want, notes)
			}
			want = len(all)
		}
	}
}

func TestOpenbDefaultListAsksForWhatIsPublished(t *testing.T) {
	dir := shared(t)
	trace := open(t, Options{Nodes: filepath.Join(dir, "openb_node_list_gpu_node.csv"), Pods: filepath.Join(dir, "openb_pod_list_default.csv")})
	all, _ := drain(t, trace, 1)
	var gpu int64
	for _, a := range all {
		q, _ := a.Pod.Spec.Containers[0].Requests.Get(ResourceGPUMilli)
		gpu += q.Value()
	}
	var offered int64
	for _, n := range trace.Nodes {
		q, _ := n.(*model.Node).Status.Allocatable.Get(ResourceGPUMilli)
		offered += q.Value()
	}
	// Weng et al., USENIX ATC'23, and the trace's documentation: 8,152 pods ask 6,086,800 of 6,212,000 milli-GPU.
	if len(all) != 8152 || gpu != 6086800 || offered != 6212000 {
		t.Errorf("%d pods ask %d of %d milli-GPU", len(all), gpu, offered)
	}
}

func FuzzOpenbPods(f *testing.F) {
	for _, name := range []string{"testdata/pods.csv", "testdata/unsorted.csv", "testdata/nodes.csv"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "pods.csv")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, replay := range []string{"order", "shuffled", "time"} {
			trace, err := Open("openb", Options{Nodes: "testdata/nodes.csv", Pods: path, Replay: replay})
			if err != nil {
				if !strings.Contains(err.Error(), "pods.csv:") {
					t.Fatalf("problem without a place: %v", err)
				}
				continue
			}
			last := sim.Time(math.MinInt64)
			all, _ := drain(t, trace, 1)
			for _, a := range all {
				if a.At < last || *a.Run < 0 {
					t.Fatalf("%s at %v after %v, runs %v", a.Pod.Name, a.At, last, *a.Run)
				}
				last = a.At
			}
		}
	})
}
