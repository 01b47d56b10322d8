package prober

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// recordedCall is a row of a recording of what a real kubelet asked of its container runtime.
type recordedCall struct {
	T    float64 `json:"t"`
	Node string  `json:"node"`
	Pod  string  `json:"pod"`
	C    string  `json:"c"`
	N    int32   `json:"n"`
	Call string  `json:"call"`
	Args struct {
		Cmd  string `json:"cmd"`
		Path string `json:"path"`
	} `json:"args"`
}

func recording(t *testing.T, path string) []recordedCall {
	t.Helper()
	shared := os.Getenv("TOWTANK_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	f, err := os.Open(filepath.Join(shared, "reference", path))
	if err != nil {
		t.Skip("the recording of a real kubelet is not here; set TOWTANK_SHARED to its place")
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var rows []recordedCall
	for lines := bufio.NewScanner(unzipped); lines.Scan(); {
		var row recordedCall
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// at is an item of a course of answers, in seconds.
func at(from float64, reply behaviour.Reply) behaviour.Says {
	return behaviour.Says{From: time.Duration(from * 1e9), Reply: &reply}
}

func exits(from float64, code int32) behaviour.Says { return at(from, behaviour.Reply{Exit: code}) }

func status(from float64, code int) behaviour.Says { return at(from, behaviour.Reply{Status: code}) }

func takes(from, seconds float64) behaviour.Says {
	return behaviour.Says{From: time.Duration(from * 1e9), Takes: sim.Constant(seconds)}
}

func firstOnly(s behaviour.Says) behaviour.Says { s.OnlyRestart = true; return s }

// recordedProbe is a probe of a recorded pod: its numbers, and what it is answered.
type recordedProbe struct {
	of                        Type
	word                      string // the command, or the path of a request
	delay, period, fail, good int32
	says                      []behaviour.Says
}

func (p recordedProbe) spec() *model.Probe {
	h := model.Handler{Kind: "exec", Command: []string{p.word}}
	if p.word[0] == '/' {
		h = model.Handler{Kind: "httpGet", Path: p.word, Port: "8080"}
	}
	return &model.Probe{Handler: h, InitialDelaySeconds: p.delay, PeriodSeconds: p.period, TimeoutSeconds: 1,
		FailureThreshold: p.fail, SuccessThreshold: max(p.good, 1)}
}

var recorded = []struct {
	folder, pod, container string
	opens                  float64 // when the port opens
	until                  float64 // what is compared; 0: all
	probes                 []recordedProbe
}{
	{"kubelet-a", "live-exec", "c", 0, 0, []recordedProbe{{Liveness, "live", 5, 5, 3, 1, []behaviour.Says{exits(20, 1)}}}},
	{"kubelet-a", "live-slow", "c", 0, 0, []recordedProbe{{Liveness, "live", 0, 4, 2, 1, []behaviour.Says{takes(15, 5)}}}},
	{"kubelet-a", "live-grace", "c", 0, 0, []recordedProbe{{Liveness, "live", 0, 5, 1, 1, []behaviour.Says{firstOnly(exits(10, 1))}}}},
	{"kubelet-a", "live-podgrace", "c", 0, 0, []recordedProbe{{Liveness, "live", 0, 5, 1, 1, []behaviour.Says{firstOnly(exits(10, 1))}}}},
	{"kubelet-a", "live-http", "c", 0, 0, []recordedProbe{{Liveness, "/healthz", 3, 5, 2, 1, []behaviour.Says{firstOnly(status(15, 500))}}}},
	{"kubelet-a", "live-never", "c", 0, 0, []recordedProbe{{Liveness, "live", 0, 3, 2, 1, []behaviour.Says{exits(7, 1)}}}},
	{"kubelet-a", "ready-exec", "c", 0, 0, []recordedProbe{{Readiness, "ready", 0, 5, 2, 1, []behaviour.Says{exits(0, 1), exits(7, 0), exits(30, 1), exits(50, 0)}}}},
	{"kubelet-a", "ready-2", "c", 0, 0, []recordedProbe{{Readiness, "ready", 0, 5, 1, 2, []behaviour.Says{exits(0, 1), exits(8, 0), exits(40, 1), exits(46, 0), exits(48, 1), exits(52, 0)}}}},
	{"kubelet-a", "ready-http", "c", 2, 0, []recordedProbe{{Readiness, "/ready", 0, 1, 1, 1, []behaviour.Says{status(0, 200), status(10, 503), status(20, 204), status(30, 400), status(40, 302), status(50, 500), status(60, 200)}}}},
	{"kubelet-a", "ready-default", "c", 0, 150, []recordedProbe{{Readiness, "ready", 0, 10, 3, 1, []behaviour.Says{exits(0, 1), exits(13, 0), exits(60, 1)}}}},
	{"kubelet-a", "ready-slow", "c", 0, 0, []recordedProbe{{Readiness, "ready", 0, 5, 2, 1, []behaviour.Says{takes(10, 4), takes(30, 0)}}}},
	{"kubelet-a", "start-fail", "c", 0, 0, []recordedProbe{{Startup, "startup", 0, 2, 3, 1, []behaviour.Says{exits(0, 1)}}}},
	{"kubelet-a", "start-gate", "c", 0, 0, []recordedProbe{
		{Startup, "startup", 0, 3, 30, 1, []behaviour.Says{exits(0, 1), exits(12, 0)}},
		{Liveness, "live", 0, 5, 2, 1, []behaviour.Says{firstOnly(exits(0, 1)), firstOnly(exits(12, 0)), firstOnly(exits(40, 1))}},
		{Readiness, "ready", 0, 5, 3, 1, nil}}},
	{"kubelet-a/extra", "live-reset", "c", 0, 0, []recordedProbe{{Liveness, "live", 0, 10, 1, 1, []behaviour.Says{exits(90, 1)}}}},
	{"kubelet-a/extra", "live-delay", "c", 0, 0, []recordedProbe{{Liveness, "live", 17, 5, 1, 1, []behaviour.Says{exits(0, 1)}}}},
	{"kubelet-a/extra", "side-ready", "s", 0, 0, []recordedProbe{{Readiness, "ready", 0, 3, 1, 1, []behaviour.Says{exits(0, 1), exits(8, 0), exits(30, 1), exits(40, 0)}}}},
	{"kubelet-a/extra", "start-ready", "c", 0, 0, []recordedProbe{
		{Startup, "startup", 0, 4, 20, 1, []behaviour.Says{exits(0, 1), exits(9, 0)}},
		{Readiness, "ready", 0, 3, 3, 1, nil}}},
}

// In ready-default the periodic sync of a pod, of which the replay knows nothing, pokes from second 171 on.

// TestCallsAreMadeWhenARealKubeletMadeThem gives workers the starts and ends of recorded containers, and the
// relists of the real kubelet, and holds their calls to the recorded ones.
func TestCallsAreMadeWhenARealKubeletMadeThem(t *testing.T) {
	for _, folder := range []string{"kubelet-a", "kubelet-a/extra"} {
		rows := recording(t, folder+"/cri.jsonl.gz")
		for _, c := range recorded {
			if c.folder != folder {
				continue
			}
			t.Run(c.pod, func(t *testing.T) {
				r := replayOf(rows, c.pod, c.container)
				r.open = sim.At(time.Duration(c.opens * 1e9))
				if c.until > 0 {
					r.end = instantOf(c.until)
				}
				made := r.play(c.probes)
				for _, p := range c.probes {
					compare(t, p.word, r.starts(), r.calls(p.word), made[p.word])
				}
			})
		}
	}
}

// compare holds calls to recorded ones, to 50 ms. Calls within 50 ms are taken as one: how many statuses the kubelet
// makes within some milliseconds of a change is chance. So is whether a worker sees a start at once.
func compare(t *testing.T, word string, starts, want, got []float64) {
	t.Helper()
	merged := func(calls []float64) (out []float64) {
		for _, at := range calls {
			soon := slices.ContainsFunc(starts, func(s float64) bool { return at > s && at < s+0.01 })
			if !soon && (len(out) == 0 || at-out[len(out)-1] > 0.05) {
				out = append(out, at)
			}
		}
		return out
	}
	want, got = merged(want), merged(got)
	end := want[len(want)-1] + 0.05
	got = slices.DeleteFunc(got, func(at float64) bool { return at > end })
	worst := 0.0
	for i := range min(len(want), len(got)) {
		off := math.Abs(want[i] - got[i])
		if worst = max(worst, off); off > 0.05 {
			t.Errorf("%s: call %d at %.3f, the real one at %.3f", word, i, got[i], want[i])
			break
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s: %d calls, %d real ones", word, len(got), len(want))
	}
	t.Logf("%s: %d calls, at most %.4f s from the real ones", word, len(want), worst)
}
