package scenarios

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// beginning is the instant of the scenario at which the recording of the real queue begins.
const beginning = 6.964

// step is what happened to a pod in or around the queue.
type step struct {
	at   float64
	text string
}

// ways are the steps of each pod, and the order in which pods were tried.
type ways struct {
	pods  map[string][]step
	tried []string
}

func (w *ways) add(pod string, at float64, format string, args ...any) {
	if strings.HasPrefix(pod, "filler") {
		return
	}
	text := fmt.Sprintf(format, args...)
	w.pods[pod] = append(w.pods[pod], step{at, text})
	if text == "tried" {
		w.tried = append(w.tried, pod)
	}
}

// logged is a line of the real scheduler's log.
type logged struct {
	T         float64 `json:"t"`
	Pod       string  `json:"pod"`
	Msg       string  `json:"msg"`
	Event     string  `json:"event"`
	Queue     string  `json:"queue"`
	Hint      string  `json:"hint"`
	Plugins   string  `json:"unschedulable plugins"`
	Err       string  `json:"err"`
	Node      string  `json:"node"`
	Nominated string  `json:"nominatedNodeName"`
}

// unused are the instants at which a claim only got or changed its condition Unused, which is not modelled.
var unused = []float64{112.884, 114.906}

// step adds what a line says.
func (l *logged) step(w *ways) {
	switch l.Msg {
	case "Attempting to schedule pod":
		w.add(l.Pod, l.T, "tried")
	case "Unable to schedule pod; no fit; waiting", "Error scheduling pod; retrying":
		w.add(l.Pod, l.T, "because %s", l.Err)
	case "Pod moved to an internal scheduling queue":
		w.add(l.Pod, l.T, "failed to %s, hint %s, rejected by %v", l.Queue, l.Hint, pluginNames(l.Plugins))
	case "Updating pod condition and nominated node name":
		w.add(l.Pod, l.T, "nominated %q", l.Nominated)
	case "Successfully bound pod to node":
		w.add(l.Pod, l.T, "bound to %s", l.Node)
	case "Entity moved to an internal scheduling queue", "Entity moved to an internal scheduling queue, because it is gated":
		if l.Event != framework.ScheduleAttemptFailure { // Said again by "Pod moved".
			w.add(l.Pod, l.T, "to %s on %s", l.Queue, l.Event)
		}
	case "Event is not making entity schedulable":
		for _, at := range unused {
			if l.Event == "PersistentVolumeClaimUpdate" && math.Abs(l.T-at) < 0.005 {
				return
			}
		}
		w.add(l.Pod, l.T, "stays on %s", l.Event)
	}
}

// pluginNames are the plugins in the log's notation of a set: {"NodeAffinity":{}}.
func pluginNames(set string) []string {
	var all map[string]any
	if set != "" && set != "{}" {
		if err := json.Unmarshal([]byte(set), &all); err != nil {
			panic(err)
		}
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// recordedWays reads the real scheduler's log, or skips the test.
func recordedWays(t *testing.T) *ways {
	shared := os.Getenv("TOWTANK_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "reference", "queue-a", "attempts.jsonl.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recording of a real queue is not here; set TOWTANK_SHARED to its place")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	w := &ways{pods: map[string][]step{}}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l logged
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		l.step(w)
	}
	return w
}

// simulatedWays runs the scenario and notes the same of it.
func simulatedWays(t *testing.T, config *world.Config) (*ways, string) {
	w := &ways{pods: map[string][]step{}}
	failed := map[string]string{} // how the pod went back to the queue, until the cycle says why
	cycles := map[string]*scheduler.Cycle{}
	moved := func(now sim.Time, m queue.Move) {
		name, at := m.Pod.Name, now.Seconds()-beginning
		to := strings.ReplaceAll(m.To.String(), "Gated", "Unschedulable")
		switch {
		case m.To == queue.InFlight:
			w.add(name, at, "tried")
		case m.To == queue.Gone || m.Event == framework.PopFromBackoffQ:
		case m.Event == framework.ScheduleAttemptFailure:
			failed[name] = fmt.Sprintf("failed to %s, hint %d", to, m.Strategy)
			if c := cycles[name]; c != nil && c.Err {
				tellFailure(w, at, failed[name], c)
			}
		case m.From == m.To:
			w.add(name, at, "stays on %s", m.Event)
		default:
			w.add(name, at, "to %s on %s", to, m.Event)
		}
	}
	explained := func(c *scheduler.Cycle) {
		if cycles[c.Pod.Name] = c; c.Node == "" {
			tellFailure(w, c.Started.Seconds()-beginning, failed[c.Pod.Name], c)
		}
	}
	watch := func(at sim.Time, _, kind string, o model.Object) {
		pod, ok := o.(*model.Pod)
		if !ok || kind != "MODIFIED" || pod.NodeName == "" {
			return
		}
		if steps := w.pods[pod.Name]; len(steps) > 0 && steps[len(steps)-1].text == "tried" {
			w.add(pod.Name, at.Seconds()-beginning, "bound to %s", pod.NodeName)
		}
	}
	footer, err := world.Run(config, world.RunOptions{Moved: moved, Stays: true, Explain: explained, Watch: watch})
	if err != nil {
		t.Fatal(err)
	}
	return w, footer.Fingerprint
}

// tellFailure adds the steps of a failed attempt.
func tellFailure(w *ways, at float64, failed string, c *scheduler.Cycle) {
	w.add(c.Pod.Name, at, "because %s", c.Message)
	plugins := c.UnschedulablePlugins
	if plugins == nil {
		plugins = []string{}
	}
	w.add(c.Pod.Name, at, "%s, rejected by %v", failed, plugins)
	w.add(c.Pod.Name, at, "nominated %q", c.NominatedNode)
}

// tolerance is by how much the instants of a step may differ, in seconds: requests took up to 15 ms to be written
// and seen, and the binder of volumes looks for them every 15 s, whose phase is not known.
func tolerance(pod string, s step) float64 {
	if s.at > 110 && s.at < 114 && (pod == "pvc" || strings.Contains(s.text, "PersistentVolume") || pod == "lonely") {
		return 0.2
	}
	return 0.05
}

// TestQueueDoesAsARealOne runs the requests that were made to a real cluster and holds every pod's way through the
// queue against the real scheduler's log: its attempts and what came of them, the events that moved it and those that
// did not, and when.
func TestQueueDoesAsARealOne(t *testing.T) {
	want := recordedWays(t)
	config := load(t, "testdata/queue.yaml", Options{}).Config
	got, explained := simulatedWays(t, config)
	for _, pod := range sortedPods(want.pods, got.pods) {
		compareWays(t, pod, want.pods[pod], got.pods[pod])
	}
	if !slices.Equal(want.tried, got.tried) {
		t.Errorf("pods were tried in the order\n%v, the real scheduler tried\n%v", got.tried, want.tried)
	}
	footer, err := world.Run(config, world.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if footer.Fingerprint != explained {
		t.Errorf("the fast runtime ends with fingerprint %s, the naive one with %s", footer.Fingerprint, explained)
	}
}

func sortedPods(all ...map[string][]step) []string {
	var names []string
	for _, pods := range all {
		for name := range pods {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func compareWays(t *testing.T, pod string, want, got []step) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			t.Errorf("%s: step %d is missing: at %.3f %s", pod, i, want[i].at, want[i].text)
			return
		case i >= len(want):
			t.Errorf("%s: step %d is one too many: at %.3f %s", pod, i, got[i].at, got[i].text)
			return
		case want[i].text != got[i].text:
			t.Errorf("%s: step %d is\n  at %.3f %s\nwas\n  at %.3f %s", pod, i, got[i].at, got[i].text, want[i].at, want[i].text)
			return
		}
		if late := got[i].at - want[i].at; math.Abs(late) > tolerance(pod, want[i]) {
			t.Errorf("%s: step %d is %.3f s late: at %.3f %s", pod, i, late, got[i].at, got[i].text)
		}
	}
}
