package scenarios

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scenarios/timelinediff"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// recorded reads the timeline of a real cluster, and skips the test where the recordings are not.
func recorded(t *testing.T, path string) []timelinediff.Row {
	t.Helper()
	root := os.Getenv("TOWTANK_SHARED")
	if root == "" {
		root = "../../shared"
	}
	f, err := os.Open(filepath.Join(root, "reference", path, "timeline.jsonl.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recordings of real clusters are not here; set TOWTANK_SHARED to their place")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := timelinediff.Read(z)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// seedsOf is how many runs an ensemble has.
func seedsOf() uint64 {
	if testing.Short() {
		return 20
	}
	return 200
}

// wantsManyRuns leaves a test out of short runs: a recording's history is one of many, and few seeds need not have it.
func wantsManyRuns(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: 20 runs are too few to have what the recorded one has")
	}
}

// ensemble runs a scenario of testdata/reference with each seed and returns what a client would have seen of each.
func ensemble(t *testing.T, name string, o timelinediff.Options) []*timelinediff.Timeline {
	t.Helper()
	s, err := Load([]string{filepath.Join("testdata/reference", name+".yaml")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []*timelinediff.Timeline
	for seed := uint64(1); seed <= seedsOf(); seed++ {
		cfg := *s.Config
		cfg.Seed = seed
		out = append(out, watched(t, &cfg, o))
	}
	return out
}

// watched runs a config and returns what a client that watches it would have seen.
func watched(t *testing.T, cfg *world.Config, o timelinediff.Options) *timelinediff.Timeline {
	t.Helper()
	timeline, encoder := timelinediff.NewTimeline(o, true), manifest.NewEncoder(cfg.Start)
	_, err := world.Run(cfg, world.RunOptions{Watch: func(now sim.Time, stream, kind string, object model.Object) {
		data, err := encoder.JSON(object)
		if err != nil {
			t.Fatal(err)
		}
		row := timelinediff.Row{T: now.Seconds(), Stream: stream, Type: kind}
		if err := json.Unmarshal(data, &row.Object); err != nil {
			t.Fatal(err)
		}
		timeline.Add(&row)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return timeline
}

// holdAgainst has a recording be a plausible member of a scenario's ensemble, and so the recordings of the same that
// are further named.
func holdAgainst(t *testing.T, name string, o timelinediff.Options, recordings ...string) {
	t.Helper()
	wantsManyRuns(t)
	rows := make([][]timelinediff.Row, len(recordings))
	for i, path := range recordings {
		rows[i] = recorded(t, path)
	}
	runs := ensemble(t, name, o)
	for i, path := range recordings {
		r := timelinediff.Compare(timelinediff.Recorded(rows[i], o), runs)
		t.Logf("%s: %s", path, r)
		if len(r.Differences) > 0 || r.Facts == 0 {
			t.Errorf("%s: %d facts, %d differences:\n%s", path, r.Facts, len(r.Differences), strings.Join(r.Differences, "\n"))
		}
		folder, _, _ := strings.Cut(path, "/")
		holdScatters(t, folder, r.Ranges)
	}
}
