package cmd

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios"
)

var rewrite = flag.Bool("rewrite", false, "write generated documents and the picture in the README anew")

func TestDocScenarioIsWhatTheReaderReads(t *testing.T) {
	const path = "../docs/scenario.md"
	want := scenarios.Reference()
	if *rewrite {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(want) {
		t.Errorf("docs/scenario.md is not what the code says (%v): go test ./cmd -run Doc -rewrite", err)
	}
}

// picture is the block of the README that shows a run.
var picture = regexp.MustCompile("(?s)(\\$ go run ./cmd/towtank run scenarios/library/quickstart.yaml\n)(.*?)(```)")

func TestDocPictureInTheReadmeIsARealRun(t *testing.T) {
	const path = "../README.md"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := picture.FindSubmatch(readme)
	if found == nil {
		t.Fatal("the README shows no run of quickstart.yaml")
	}
	want := towtank(t, "run", quickstart).stdout
	if *rewrite {
		readme = picture.ReplaceAll(readme, []byte("${1}"+want+"${3}"))
		if err := os.WriteFile(path, readme, 0o644); err != nil {
			t.Fatal(err)
		}
		found[2] = []byte(want)
	}
	if string(found[2]) != want {
		t.Errorf("the README shows\n%s\nand a run prints\n%s", found[2], want)
	}
}

// The second command of the README is this very test run; the first must start from a clean clone.
func TestDocTheReadmesFirstCommandRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command: left out with -short")
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command here")
	}
	c := exec.Command(goCommand, "run", "./cmd/towtank", "run", "scenarios/library/quickstart.yaml")
	c.Dir = ".."
	out, err := c.Output()
	if err != nil || !strings.HasPrefix(string(out), "quickstart  seed 7  ") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDocScenariosInTheReadmeRun(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) == 0 {
		t.Fatal("the README shows no scenario")
	}
	for _, block := range blocks {
		if got := towtank(t, "run", write(t, "readme.yaml", string(block[1]))); got.code != 0 || !strings.Contains(got.stdout, "created 500") {
			t.Errorf("%+v", got)
		}
	}
}

func TestDocExamplesInTheLibraryAreCommandsThatExist(t *testing.T) {
	files, _ := filepath.Glob("../scenarios/library/*.yaml")
	command := regexp.MustCompile(`(?m)^# Command:   go run ./cmd/towtank (.*)$`)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := command.FindSubmatch(content)
		if found == nil {
			t.Errorf("%s: no command in its header", file)
			continue
		}
		// --help reads the flags and runs nothing.
		if got := towtank(t, append(strings.Fields(string(found[1])), "--help")...); got.code != 0 {
			t.Errorf("%s: %s: %+v", file, found[1], got)
		}
	}
}
