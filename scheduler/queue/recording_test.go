package queue

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim"
)

// logLine is one line of the real scheduler's log.
type logLine struct {
	T       float64 `json:"t"`
	Pod     string  `json:"pod"`
	Msg     string  `json:"msg"`
	Event   string  `json:"event"`
	Queue   string  `json:"queue"`
	Hint    string  `json:"hint"`
	Plugins string  `json:"unschedulable plugins"`
}

// The messages that say something of the queue.
const (
	added     = "Add event for unscheduled pod"
	deleted   = "Delete event for unscheduled pod"
	attempted = "Attempting to schedule pod"
	bound     = "Successfully bound pod to node"
	failed    = "Pod moved to an internal scheduling queue"
	moved     = "Entity moved to an internal scheduling queue"
	gated     = "Entity moved to an internal scheduling queue, because it is gated"
	stayed    = "Event is not making entity schedulable"
)

// recording opens a file of the recording of a real queue, or skips the test.
func recording(t *testing.T, name string) *bufio.Scanner {
	shared := os.Getenv("TOWTANK_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "reference", "queue-a", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recording of a real queue is not here; set TOWTANK_SHARED to its place")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<20)
	return s
}

// replay is a queue that goes through a recording: what happened to pods and what hints said is taken from
// the log; where pods go and when the timers move them is the queue's doing.
type replay struct {
	*Queue
	t     *testing.T
	lines []logLine
	used  []bool
	pods  map[string]*model.Pod
	items map[string]*Item // in flight
	help  map[string]framework.Hint
	// want and got are the ways of each pod.
	want, got map[string][]string
	gates     map[string][]string
	// released is when a pod last came out of back-off.
	released map[string]sim.Time
}

// priorities are those of the recording's manifests where they matter: two pods active at once.
var priorities = map[string]int32{"filler": -1, "pre2": 1}

func newReplay(t *testing.T) *replay {
	r := &replay{
		t: t, pods: map[string]*model.Pod{}, items: map[string]*Item{}, help: map[string]framework.Hint{},
		want: map[string][]string{}, got: map[string][]string{}, gates: map[string][]string{},
		released: map[string]sim.Time{},
	}
	for s := recording(t, "attempts.jsonl.gz"); s.Scan(); {
		var l logLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		r.lines = append(r.lines, l)
	}
	r.used = make([]bool, len(r.lines))
	o := Options{
		InitialBackoff: DefaultInitialBackoff, MaxBackoff: DefaultMaxBackoff,
		WallOffset: wallOffset(t), Observe: r.observe, ObserveStays: true,
	}
	plugins := map[string]bool{}
	for _, l := range r.lines {
		for _, plugin := range rejectors(l.Plugins) {
			plugins[plugin] = true
		}
		if l.Msg == gated {
			r.gates[l.Pod] = []string{"SchedulingGates"}
		}
		if l.Event == framework.EventUnschedulableTimeout.CustomLabel {
			// The phase of the check is not known but from what it did.
			o.Started = seconds(l.T).Add(-11 * leftoverPeriod)
		}
	}
	profile := Profile{PreEnqueue: []framework.PreEnqueuePlugin{gate{"SchedulingGates"}}}
	plugins["SchedulingGates"] = true
	for name := range plugins {
		p := EveryEvent(name)
		for n := range p.Events {
			p.Events[n].Hint = func(pod *model.Pod, _, _ model.Object) framework.Hint { return r.help[pod.Name] }
		}
		profile.Events = append(profile.Events, p)
	}
	o.Profiles = []Profile{profile}
	r.Queue = New(o)
	return r
}

// wallOffset is the fraction of a second that the wall clock showed at instant 0 of the recording.
func wallOffset(t *testing.T) time.Duration {
	s := recording(t, "timeline.jsonl.gz")
	s.Scan()
	var l struct {
		T    float64   `json:"t"`
		Wall time.Time `json:"wall"`
	}
	if err := json.Unmarshal(s.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	return time.Duration(l.Wall.Add(-time.Duration(l.T * float64(time.Second))).Nanosecond())
}

// rejectors are the plugins in the log's notation of a set: {"NodeAffinity":{}}.
func rejectors(set string) []string {
	if set == "" {
		return nil
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(set), &m); err != nil {
		panic(err)
	}
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (r *replay) observe(now sim.Time, m Move) {
	name := m.Pod.Name
	if m.Event == framework.BackoffComplete {
		r.released[name] = now
	}
	switch {
	case name == "filler" || m.To == InFlight || m.To == Gone || m.Event == framework.PopFromBackoffQ:
		// Not in the log.
	case m.Event == framework.ScheduleAttemptFailure:
		r.got[name] = append(r.got[name], fmt.Sprintf("failed to %v, hint %d", m.To, m.Strategy))
	case m.From == m.To:
		r.got[name] = append(r.got[name], "stays on "+m.Event)
	default:
		to := strings.ReplaceAll(m.To.String(), "Gated", "Unschedulable")
		r.got[name] = append(r.got[name], to+" on "+m.Event)
	}
}

// expect notes what the log says of a pod.
func (r *replay) expect(l logLine) {
	way := ""
	switch l.Msg {
	case failed:
		way = fmt.Sprintf("failed to %s, hint %s", l.Queue, l.Hint)
	case stayed:
		way = "stays on " + l.Event
	case moved, gated:
		if l.Event == framework.ScheduleAttemptFailure {
			return // Said again by the line "Pod moved".
		}
		way = l.Queue + " on " + l.Event
		if late := l.T - r.released[l.Pod].Seconds(); l.Event == framework.BackoffComplete && (late < 0 || late > 0.01) {
			r.t.Errorf("%s was released %.3f s before the log says so", l.Pod, late)
		}
	default:
		return
	}
	r.want[l.Pod] = append(r.want[l.Pod], way)
}

func (r *replay) run() {
	for n, l := range r.lines {
		now := seconds(l.T)
		for r.NextWake(0) <= now {
			r.Tick(r.NextWake(0))
		}
		r.expect(l)
		if !r.used[n] {
			r.apply(n, l, now)
		}
	}
}

func (r *replay) apply(n int, l logLine, now sim.Time) {
	switch l.Msg {
	case added:
		if l.Pod == "busy" {
			r.Add(now, pod("filler", priorities["filler"])) // Keeps the scheduler busy.
		}
		r.pods[l.Pod] = pod(l.Pod, priorities[l.Pod], r.gates[l.Pod]...)
		r.Add(now, r.pods[l.Pod])
	case deleted:
		r.Delete(now, r.pods[l.Pod])
	case attempted:
		i, ok := r.Pop(now)
		if !ok || i.Pod.Name != l.Pod {
			r.t.Fatalf("at %v: popped %v, the scheduler tried %s", now, i, l.Pod)
		}
		r.items[l.Pod] = i
	case bound:
		r.Done(now, r.items[l.Pod])
	case failed:
		r.Failed(now, r.items[l.Pod], r.pods[l.Pod], rejectors(l.Plugins), nil)
	case moved, stayed:
		r.event(n, l, now)
	}
}

// event makes happen what the lines from n on with the same event say: one line for each waiting pod.
func (r *replay) event(n int, l logLine, now sim.Time) {
	e, known := eventNamed(l.Event)
	if !known {
		return // A timer's doing, or said by another line.
	}
	clear(r.help)
	for m := n; m < len(r.lines) && r.lines[m].T < l.T+0.1; m++ {
		other := r.lines[m]
		if other.Event != l.Event || other.Msg != moved && other.Msg != stayed {
			continue
		}
		if _, twice := r.help[other.Pod]; twice {
			break // The same event happened again.
		}
		r.used[m] = true
		r.help[other.Pod] = framework.QueueSkip
		if other.Msg == moved {
			r.help[other.Pod] = framework.Queue
		}
	}
	if e.Resource == framework.TargetPod {
		r.update(now, l.Pod)
	} else {
		r.Event(now, e, nil, nil)
	}
	clear(r.help)
}

// update takes a pod's gates away, or gives it a toleration.
func (r *replay) update(now sim.Time, name string) {
	old := r.pods[name]
	updated, spec := *old, *old.Spec
	if len(spec.SchedulingGates) > 0 {
		spec.SchedulingGates = nil
	} else {
		spec.Tolerations = append(slices.Clone(spec.Tolerations), model.Toleration{Key: "k"})
	}
	updated.Spec = &spec
	r.pods[name] = &updated
	r.Update(now, old, &updated)
}

// eventNamed is the event with a label that the log uses for changes in the cluster.
func eventNamed(label string) (framework.ClusterEvent, bool) {
	if label == framework.EventUnscheduledPodAdd.Label() {
		return framework.ClusterEvent{}, false
	}
	for r := framework.Pod; r < framework.EventResources; r++ {
		actions := []framework.ActionType{framework.Update}
		for a := framework.Add; a < framework.All; a <<= 1 {
			actions = append(actions, a)
		}
		for _, a := range actions {
			if e := (framework.ClusterEvent{Resource: r, Action: a}); e.Label() == label {
				return e, true
			}
		}
	}
	return framework.ClusterEvent{}, false
}

// TestRecordingOfARealQueue goes through 346 s of a real kube-scheduler: 74 attempts of 23 pods, each pod's
// moves and stays, in order, with the queue and the event that the log names. Releases from back-off come from
// the timers here, and may be up to 10 ms before the log's.
func TestRecordingOfARealQueue(t *testing.T) {
	r := newReplay(t)
	r.run()
	ways := 0
	for name, want := range r.want {
		ways += len(want)
		if got := r.got[name]; !slices.Equal(got, want) {
			n := 0
			for n < min(len(got), len(want)) && got[n] == want[n] {
				n++
			}
			t.Errorf("%s: after %d moves: %q, want %q", name, n, got[n:], want[n:])
		}
	}
	if ways < 300 {
		t.Errorf("only %d moves were compared", ways)
	}
	t.Logf("%d moves and stays of %d pods agree", ways, len(r.want))
}
