package oracle_test

import (
	"os"
	"path/filepath"
	"testing"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/oracle"
)

// shared is where the published cases are: TOWTANK_SHARED, or beside the checkout.
func shared() string {
	if dir := os.Getenv("TOWTANK_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "shared")
}

// The published answers were written by another program around the same scheduler: that
// this one repeats them says that neither adds anything of its own.
func TestTheOracleRepeatsThePublishedAnswers(t *testing.T) {
	answers, err := filepath.Glob(filepath.Join(shared(), "conformance", "*", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) == 0 {
		t.Skip("no published cases here; TOWTANK_SHARED names the folder that holds conformance/")
	}
	for _, file := range answers {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { agree(t, dir) })
	}
}

// The cases in testdata fix corners that the published ones have not: each expected.json was
// read through by hand when it was made.
func TestCornersStayAsTheyWere(t *testing.T) {
	answers, err := filepath.Glob(filepath.Join("testdata", "*", "expected.json"))
	if err != nil || len(answers) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	for _, file := range answers {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { agree(t, dir) })
	}
}

// Random cases with everything in them must be answered without an error, and the same twice:
// a case whose answer depends on the order of a map is of no use to compare with.
func TestRandomCasesAreAnsweredTheSameTwice(t *testing.T) {
	for seed := range uint64(60) {
		dir := t.TempDir()
		if err := generate.New(seed, generate.Names()).Write(dir); err != nil {
			t.Fatal(err)
		}
		first, err := oracle.Place(dir)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		second, err := oracle.Place(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range compare.Documents(first, second, compare.Options{}) {
			t.Errorf("seed %d: %s", seed, x)
		}
	}
}

// agree holds the oracle's answer for a folder against its expected.json.
func agree(t *testing.T, dir string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := oracle.Place(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := answer.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	differences, err := compare.JSON(want, got, compare.Options{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range differences {
		t.Error(x)
	}
}
