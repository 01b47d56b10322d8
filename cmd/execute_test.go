package cmd

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// result is what one command line left.
type result struct {
	code           int
	stdout, stderr string
}

// towtank runs a command line.
func towtank(t *testing.T, args ...string) result {
	t.Helper()
	return towtankIn(t, context.Background(), args...)
}

func towtankIn(t *testing.T, ctx context.Context, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Execute(ctx, args, &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// write puts a file into a folder of the test's own and returns its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryCommandSaysWhatItDoesByAnExample(t *testing.T) {
	a := &app{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s: no short description", c.CommandPath())
		}
		if c.Name() != "help" && c.Parent() != nil && c.Parent().Name() != "completion" && !strings.Contains(c.Example, c.CommandPath()) {
			t.Errorf("%s: no example of it in its help", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(a.root())
}

func TestMistakesOnTheCommandLineExitWith2AndPointToTheHelp(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"a command that is not one", []string{"runn"}, `unknown command "runn"`},
		{"a flag that is not one", []string{"run", "--sed", "3"}, "unknown flag: --sed"},
		{"nothing to run", []string{"run"}, "nothing to run, want a scenario file"},
		{"a seed that is no number", []string{"run", "x.yaml", "--seed", "abc"}, `"abc"`},
		{"a form of output that is not one", []string{"run", "x.yaml", "-o", "xml"}, `"xml" is not a form of output, want one of csv, json, markdown, table`},
		{"files of a trace without its format", []string{"run", "--nodes", "n.csv"}, "want --trace FORMAT as well"},
		{"a trace beside files", []string{"run", "--trace", "openb", "x.yaml"}, "--trace runs without files"},
		{"no policy", []string{"compare", "x.yaml"}, "no policy to compare"},
		{"no runs", []string{"compare", "x.yaml", "--policy", "default", "--seeds", "0"}, "--seeds 0 is not a number of runs"},
		{"negative jobs", []string{"compare", "x.yaml", "--policy", "default", "--jobs", "-1"}, "--jobs -1"},
		{"a report that is not one", []string{"report", ".", "--report", "poem"}, `"poem" is not a report, want one of `},
		{"a registry that is not one", []string{"list", "poems"}, `"poems" cannot be listed`},
		{"no file to validate", []string{"validate"}, "requires at least 1 arg"},
	} {
		got := towtank(t, c.args...)
		if got.code != ExitBadInput || got.stdout != "" || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: code %d, stdout %q, stderr %q, want %q", c.name, got.code, got.stdout, got.stderr, c.want)
		}
		if !strings.Contains(got.stderr, "--help'") {
			t.Errorf("%s: no pointer to the help in %q", c.name, got.stderr)
		}
	}
}

func TestListPrintsEveryRegistry(t *testing.T) {
	got := towtank(t, "list")
	for _, want := range []string{"DISTRIBUTIONS", "empirical", "PLUGINS", "NodeResourcesFit", "REPORTS", "summary", "TRACES", "openb", "VERBS", "cordon", "OUTPUTS", "markdown"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing from\n%s", want, got.stdout)
		}
	}
	if one := towtank(t, "list", "verbs"); strings.Contains(one.stdout, "openb") || !strings.Contains(one.stdout, "uncordon") {
		t.Errorf("list verbs prints\n%s", one.stdout)
	}
}

func TestVersionNamesTheKubernetesItSimulates(t *testing.T) {
	if got := towtank(t, "version"); got.code != 0 || !strings.Contains(got.stdout, "kubernetes v1.37.2\n") {
		t.Errorf("%+v", got)
	}
}

func TestCompletionScriptsExist(t *testing.T) {
	for _, shell := range []string{"bash", "fish", "powershell", "zsh"} {
		if got := towtank(t, "completion", shell); got.code != 0 || !strings.Contains(got.stdout, "towtank") {
			t.Errorf("%s: code %d, %d bytes", shell, got.code, len(got.stdout))
		}
	}
}

// brokenPipe is a standard output that nobody reads.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFullStandardOutputIsAnError(t *testing.T) {
	var stderr bytes.Buffer
	if code := Execute(context.Background(), []string{"version"}, brokenPipe{}, &stderr); code != ExitBadInput {
		t.Errorf("code %d", code)
	}
	if !strings.Contains(stderr.String(), "write standard output: no space left on device") {
		t.Errorf("stderr %q", stderr.String())
	}
}
