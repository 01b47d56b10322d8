package generate_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/scheduler/parity/generate"
)

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	for seed := range uint64(40) {
		a, b := text(t, seed, generate.Names()), text(t, seed, generate.Names())
		if a != b {
			t.Fatalf("seed %d gave two different cases", seed)
		}
	}
	if text(t, 1, generate.Names()) == text(t, 2, generate.Names()) {
		t.Error("seeds 1 and 2 gave the same case")
	}
}

// text is the case of a seed as it is written.
func text(t *testing.T, seed uint64, features []string) string {
	t.Helper()
	dir := t.TempDir()
	if err := generate.New(seed, features).Write(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	return out.String()
}

func TestBasicCasesHoldNothingBeyondNodesPodsAndClasses(t *testing.T) {
	for seed := range uint64(80) {
		c := generate.New(seed, generate.Basic)
		for _, o := range c.Objects {
			if k := o["kind"].(string); !slices.Contains([]string{"Node", "Pod", "PriorityClass"}, k) {
				t.Fatalf("seed %d has a %s", seed, k)
			}
		}
		whole := text(t, seed, generate.Basic)
		for _, word := range []string{"topologySpreadConstraints", "podAffinity:", "persistentVolumeClaim", "overhead", "initContainers"} {
			if strings.Contains(whole, word) {
				t.Errorf("seed %d has %s", seed, word)
			}
		}
	}
}

func TestWhatWasWrittenReadsBackTheSame(t *testing.T) {
	for seed := range uint64(40) {
		dir := t.TempDir()
		if err := generate.New(seed, generate.Names()).Write(dir); err != nil {
			t.Fatal(err)
		}
		once, err := generate.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := once.Write(dir); err != nil {
			t.Fatal(err)
		}
		twice, err := generate.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(once, twice) {
			t.Errorf("seed %d reads back different after writing again", seed)
		}
	}
}

func TestParseTellsWhatThereIsWhenANameIsNotKnown(t *testing.T) {
	if _, err := generate.Parse("basic,nonsense"); err == nil || !strings.Contains(err.Error(), `"nonsense"`) || !strings.Contains(err.Error(), "volumes") {
		t.Errorf("the error is %v", err)
	}
	names, err := generate.Parse("basic,spread")
	if err != nil || !slices.Contains(names, "spread") || !slices.Contains(names, "taints") {
		t.Errorf("basic,spread gave %v, %v", names, err)
	}
}
