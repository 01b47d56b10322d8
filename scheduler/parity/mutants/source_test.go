package mutants_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/scheduler/parity/mutants"
)

// TestEachMistakeInTheSourceIsNoticed builds the witnesses once, with all mistakes in the code, and runs them
// with each mistake on, and with none.
func TestEachMistakeInTheSourceIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the real scheduler once more")
	}
	root := filepath.Join("..", "..", "..")
	dir := t.TempDir()
	overlay, err := mutants.Overlay(root, dir, mutants.Source())
	if err != nil {
		t.Fatal(err)
	}
	witnesses := map[mutants.Witness]witness{
		mutants.Stories: built(t, overlay, filepath.Join(dir, "stories.test"), filepath.Join("..", "verify"), "DIFFERENCE in cycle", "-stories", "6"),
		mutants.Queue:   built(t, overlay, filepath.Join(dir, "queue.test"), filepath.Join(root, "scheduler", "queue"), "--- FAIL"),
	}
	for _, w := range witnesses {
		if said, failed := w.run("", w.control...); failed {
			t.Fatalf("with no mistake on:\n%s", said)
		}
	}
	for _, m := range mutants.Source() {
		t.Run(m.Name, func(t *testing.T) {
			w := witnesses[m.Noticed]
			said, failed := w.run(m.Name)
			sign := w.sign(said)
			if !failed || sign == "" {
				t.Errorf("%s: %s: not noticed\n%s", m.File, m.Mistake, said)
				return
			}
			t.Logf("%s; noticed: %s", m.Mistake, sign)
		})
	}
}

// witness is a test binary, the folder it runs in, what it says when it fails as it should, and the flags
// with which it must pass when no mistake is on.
type witness struct {
	binary, dir, says string
	control           []string
}

// sign is the line by which it is seen that a mistake was noticed, "" for none. Kept answers that contradict
// the plugins may also end in a panic.
func (w witness) sign(said string) string {
	for line := range strings.Lines(said) {
		if strings.Contains(line, w.says) || strings.HasPrefix(line, "panic: ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// built builds the tests of a package with the mistakes.
func built(t *testing.T, overlay, binary, dir, says string, control ...string) witness {
	t.Helper()
	build := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binary, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the tests of %s: %v\n%s", dir, err, out)
	}
	return witness{binary, dir, says, control}
}

// run runs the tests with a mistake on.
func (w witness) run(name string, flags ...string) (said string, failed bool) {
	run := exec.Command(w.binary, append([]string{"-test.failfast", "-test.short"}, flags...)...)
	run.Dir = w.dir
	run.Env = append(os.Environ(), mutants.Switch+"="+name)
	out, err := run.CombinedOutput()
	return string(out), err != nil
}
