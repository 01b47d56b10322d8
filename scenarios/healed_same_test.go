package scenarios

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// A CronJob, a namespace and a quota beside what the random clusters have: with these every controller is at work.
const besides = `timeline:
- {at: 1s, create: {template: {apiVersion: v1, kind: Namespace, metadata: {name: other}}}}
- {at: 2s, create: {template: {apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: other}, spec: {hard: {pods: 3}}}}}
- at: 3s
  create:
    template:
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: night, namespace: other}
      spec:
        schedule: "*/5 * * * *"
        jobTemplate:
          spec:
            ttlSecondsAfterFinished: 600
            template:
              metadata: {labels: {kind: job}}
              spec: {restartPolicy: Never, containers: [{name: c, image: "app:1"}]}
- {at: 100m, delete: {namespace: other}}
`

// TestASeedGivesTheSameBytes has random clusters with all controllers, traffic, autoscalers, verbs and faults run twice,
// on one core and on two: the files of the run and what a watching client is told are the same to the last byte.
func TestASeedGivesTheSameBytes(t *testing.T) {
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for seed := range seeds {
		for name, text := range map[string]string{"workloads": meddledWith(rand.New(rand.NewPCG(seed, 23))),
			"autoscalers": autoscaledAndMeddledWith(rand.New(rand.NewPCG(seed, 29)))} {
			t.Run(fmt.Sprintf("%s, seed %d", name, seed), func(t *testing.T) {
				path := write(t, "s.yaml", strings.Replace(text, "timeline:\n", besides, 1))
				var files [2]map[string]string
				var told [2]string
				for i := range files {
					runtime.GOMAXPROCS(i + 1)
					files[i], told[i] = bytesOf(t, path, seed)
				}
				for name, content := range files[0] {
					if content == "" || content != files[1][name] {
						t.Errorf("%s is empty or differs", name)
					}
				}
				if len(files[0]) < 5 || len(files[0]) != len(files[1]) {
					t.Errorf("%d files, then %d", len(files[0]), len(files[1]))
				}
				if told[0] != told[1] {
					t.Error("the watching client is told something else")
				}
			})
		}
	}
}

// bytesOf runs a scenario and returns the files of the run, and a digest of what a watching client is told.
func bytesOf(t *testing.T, path string, seed uint64) (files map[string]string, told string) {
	t.Helper()
	cfg := load(t, path, Options{Seed: &seed}).Config
	root := filepath.Join(t.TempDir(), "run")
	dir, err := record.OpenDir(root, nil)
	if err != nil {
		t.Fatal(err)
	}
	digest, encoder := sha256.New(), manifest.NewEncoder(cfg.Start)
	footer, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{dir}, Watch: func(now sim.Time, stream, kind string, o model.Object) {
		put(t, digest, encoder, now, stream, kind, o)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events, fingerprint %s, notes %v", footer.Events, footer.Fingerprint, footer.Notes)
	files = map[string]string{}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(content)
	}
	return files, fmt.Sprintf("%x", digest.Sum(nil))
}

func put(t *testing.T, digest hash.Hash, encoder *manifest.Encoder, now sim.Time, stream, kind string, o model.Object) {
	t.Helper()
	data, err := encoder.JSON(o)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(digest, "%d %s %s %s\n", now, stream, kind, data)
}
