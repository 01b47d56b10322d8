package timelinediff

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// change is a row about a pod of a ReplicaSet of the Deployment web.
func change(t float64, kind, pod, set, state string) string {
	return fmt.Sprintf(`{"t":%g,"stream":"pods","type":%q,"object":{"metadata":{"name":%q,"namespace":"d","uid":%q,`+
		`"ownerReferences":[{"kind":"ReplicaSet","name":%q,"controller":true}]},"status":{"phase":%q}}}`, t, kind, pod, pod, set, state)
}

func told(t float64, uid, pod string, count int) string {
	return fmt.Sprintf(`{"t":%g,"stream":"events","type":"ADDED","object":{"metadata":{"uid":%q},"involvedObject":{"kind":"Pod","namespace":"d","name":%q},`+
		`"source":{"component":"kubelet"},"type":"Normal","reason":"Started","count":%d}}`, t, uid, pod, count)
}

func timeline(t *testing.T, o Options, simulated bool, lines ...string) *Timeline {
	t.Helper()
	rows, err := Read(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if !simulated {
		return Recorded(append(rows, Row{T: 100, Stream: "action"}), o)
	}
	tl := NewTimeline(o, true)
	for i := range rows {
		tl.Add(&rows[i])
	}
	return tl
}

// life is a pod that is made, runs and is gone.
func life(pod, set string, made, runs, gone float64) []string {
	return []string{change(made, "ADDED", pod, set, "Pending"), change(runs, "MODIFIED", pod, set, "Running"), change(gone, "DELETED", pod, set, "Running")}
}

func lines(parts ...[]string) []string {
	var out []string
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestOneSimulatedStreamMustBeEqual(t *testing.T) {
	real := lines(life("web-1-a", "web-1", 1, 2, 10), life("web-1-b", "web-1", 1, 5, 20))
	for _, c := range []struct {
		name      string
		simulated []string
		want      string // of the first difference
	}{
		{"other suffixes, and the members in another order", lines(life("web-9-x", "web-9", 1, 5, 20), life("web-9-y", "web-9", 1, 2, 10)), ""},
		{"times within 0.25 s and 1 %", lines(life("web-9-x", "web-9", 1.2, 2.2, 10.3), life("web-9-y", "web-9", 1, 5, 20.4)), ""},
		{"a state that lasts for less than half a second is not looked at", lines(life("web-9-x", "web-9", 1, 2, 10), life("web-9-y", "web-9", 1, 5, 20),
			[]string{change(7, "MODIFIED", "web-9-y", "web-9", "Unknown"), change(7.2, "MODIFIED", "web-9-y", "web-9", "Running")}), ""},
		{"too late", lines(life("web-9-x", "web-9", 1, 2, 10), life("web-9-y", "web-9", 1, 5, 20.6)), "time of [gone]: real 20.000, simulated 20.600"},
		{"one too few", life("web-9-x", "web-9", 1, 2, 10), "histories differ: 2 real, 1 simulated of [Pending unbound Ready=False > Running unbound Ready=False > gone]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Defaults()
			r := Compare(timeline(t, o, false, real...), []*Timeline{timeline(t, o, true, c.simulated...)})
			got := ""
			if len(r.Differences) > 0 {
				got = strings.TrimPrefix(r.Differences[0], "pods/d/web/rs0/pod: ")
			}
			if got != c.want {
				t.Errorf("difference %q, want %q", got, c.want)
			}
		})
	}
}

func TestRealityMustBeAPlausibleMemberOfAnEnsemble(t *testing.T) {
	ensemble := func(lives ...[]string) [][]string { return lives }
	for _, c := range []struct {
		name      string
		real      []string
		simulated [][]string
		want      string
	}{
		{"within the range of an instant", life("w-1-a", "w-1", 1, 5, 20), ensemble(life("w-1-a", "w-1", 1, 4, 20), life("w-1-a", "w-1", 1, 8, 20)), ""},
		{"an interval is held to its own range: ready 3 to 4 s later, whenever that was", life("w-1-a", "w-1", 1, 6, 9.5),
			ensemble(life("w-1-a", "w-1", 1, 4, 7), life("w-1-a", "w-1", 1, 8, 12)), ""},
		{"and not to that of the instants", life("w-1-a", "w-1", 1, 6, 11.9), ensemble(life("w-1-a", "w-1", 1, 4, 7), life("w-1-a", "w-1", 1, 8, 12)),
			"interval of [gone]: real 5.900, simulated 3.000 to 4.000"},
		{"more members than in any run", lines(life("w-1-a", "w-1", 1, 2, 9), life("w-1-b", "w-1", 1, 2, 9)),
			ensemble(life("w-1-a", "w-1", 1, 2, 9), life("w-1-a", "w-1", 1, 2, 9)), "2 real, 1 to 1 simulated of [Pending unbound Ready=False > Running unbound Ready=False > gone]"},
		{"a history that every run has", life("w-1-a", "w-1", 1, 2, 9),
			ensemble(lines(life("w-1-a", "w-1", 1, 2, 9), []string{change(3, "ADDED", "w-1-c", "w-1", "Failed")}), lines(life("w-1-a", "w-1", 1, 2, 9), []string{change(3, "ADDED", "w-1-c", "w-1", "Failed")})),
			"every simulated run has [Failed unbound Ready=False], reality has not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Defaults()
			var simulated []*Timeline
			for _, s := range c.simulated {
				simulated = append(simulated, timeline(t, o, true, s...))
			}
			r := Compare(timeline(t, o, false, c.real...), simulated)
			got := ""
			if len(r.Differences) > 0 {
				_, got, _ = strings.Cut(r.Differences[0], ": ")
			}
			if got != c.want {
				t.Errorf("difference %q, want %q", got, c.want)
			}
		})
	}
}

func TestEventsAreCountedBySetAndReason(t *testing.T) {
	o := Defaults()
	real := timeline(t, o, false, told(1, "e1", "web-6ddd95458c-94kr4", 1), told(2, "e1", "web-6ddd95458c-94kr4", 3), told(3, "e2", "web-6ddd95458c-xxxxx", 1))
	same := timeline(t, o, true, told(1, "f", "web-7bd8694598-56tdw", 4))
	other := timeline(t, o, true, told(1, "f", "web-7bd8694598-56tdw", 5))
	if r := Compare(real, []*Timeline{same}); len(r.Differences) > 0 {
		t.Errorf("4 and 3 + 1: %v", r.Differences)
	}
	want := "events kubelet/Pod/d/web/Normal/Started: 4 real, 5 to 5 simulated"
	if r := Compare(real, []*Timeline{other}); len(r.Differences) != 1 || r.Differences[0] != want {
		t.Errorf("differences %v, want %s", r.Differences, want)
	}
}

func TestSimulatedTimesAreShifted(t *testing.T) {
	o := Defaults()
	o.Shift = -2
	real := timeline(t, o, false, life("w-1-a", "w-1", 1, 5, 20)...)
	if r := Compare(real, []*Timeline{timeline(t, o, true, life("w-1-a", "w-1", 3, 7, 22)...)}); len(r.Differences) > 0 || r.Facts != 3 || r.Equal != 1 {
		t.Errorf("%v, %v", r, r.Differences)
	}
}

// TestTwoRecordingsOfOneScenarioDifferAsTheToolSays holds the comparison against what the recordings' own tool says of
// them: python3 timeline_diff.py rollout/timeline.jsonl.gz rollout/again/timeline.jsonl.gz --from 1.
func TestTwoRecordingsOfOneScenarioDifferAsTheToolSays(t *testing.T) {
	o := Defaults()
	o.From = 1
	read := func(path string) []Row {
		root := os.Getenv("TOWTANK_SHARED")
		if root == "" {
			root = "../../../shared"
		}
		f, err := os.Open(filepath.Join(root, "reference/rollout", path))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("the recordings are not there: ", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := Read(z)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	one, two := read("timeline.jsonl.gz"), read("again/timeline.jsonl.gz")
	again := NewTimeline(o, true)
	for i := range two {
		again.Add(&two[i])
	}
	r := Compare(Recorded(one, o), []*Timeline{again})
	if got, want := r.String(), "subjects 38 equal 23 facts 101 worst 0.189 s pods/rollout/web/rs0/pod [gone]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
