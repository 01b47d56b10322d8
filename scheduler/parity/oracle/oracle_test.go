package oracle_test

import (
	"os"
	"path/filepath"
	"testing"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
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
