package coverage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/coverage"
)

const source = `package demo

const ErrReasonFull = "node(s) were full"

func f() {
	fwk.NewStatus(fwk.Unschedulable, fmt.Sprintf("%s is not on the node", name))
	status.AppendReason("never said")
	_ = Insufficient{Reason: "Too many pods"}
}
`

// Of the four reasons in the source the answer gives three: the constant, the format with a
// name in it, and the field.
func TestReasonsThatNoAnswerGaveAreNamed(t *testing.T) {
	dir := t.TempDir()
	plugin := filepath.Join(dir, "pkg", "scheduler", "framework", "plugins", "demo")
	if err := os.MkdirAll(plugin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(plugin, "demo.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	reasons, err := coverage.Reasons(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := coverage.New()
	c.Add(&answer.Document{Pods: []answer.Pod{{Pod: "default/p", Result: answer.Unschedulable, Attempts: []answer.Attempt{{
		Infeasible: map[string]answer.Status{
			"a": {Plugin: "Demo", Code: "Unschedulable", Reasons: []string{"node(s) were full"}},
			"b": {Plugin: "Demo", Code: "Unschedulable", Reasons: []string{"Too many pods", "driver is not on the node"}},
		},
	}}}}})
	var out strings.Builder
	unexplained, err := c.Write(&out, reasons)
	if err != nil {
		t.Fatal(err)
	}
	if unexplained != 1 {
		t.Errorf("%d unexplained, want 1", unexplained)
	}
	if !strings.Contains(out.String(), "3 of 4 reasons reached, 0 unreachable.") || !strings.Contains(out.String(), "never said") {
		t.Errorf("the report is\n%s", out.String())
	}
}
