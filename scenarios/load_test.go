package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// write puts files into a folder and returns the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func load(t *testing.T, path string, o Options) *Scenario {
	t.Helper()
	s, err := Load([]string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, c *world.Config) (*record.Memory, *record.Footer) {
	t.Helper()
	m := new(record.Memory)
	footer, err := world.Run(c, world.RunOptions{Sinks: []record.Sink{m}})
	if err != nil {
		t.Fatal(err)
	}
	return m, footer
}

func TestTheTemplateLoadsAndRuns(t *testing.T) {
	s := load(t, write(t, "start.yaml", string(Template())), Options{})
	m, footer := run(t, s.Config)
	if len(m.Pods) != 112 { // 12 web servers and 100 jobs
		t.Errorf("%d pods, want 112", len(m.Pods))
	}
	if len(footer.Notes) != 0 {
		t.Errorf("notes %v, want none: everything in the template works", footer.Notes)
	}
}

const small = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
metadata: {name: small}
seed: 5
duration: 1h
cluster:
  nodes:
  - {name: "n-{index}", count: 2, template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}
behaviours:
- {match: {labels: {app: job}}, run: {exponential: {mean: 5m}}}
timeline:
- at: 1m
  create:
    count: 20
    every: {exponential: {mean: 1m}}
    template:
      kind: Pod
      metadata: {name: job, labels: {app: job}}
      spec:
        restartPolicy: Never
        containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]
`

func TestOptionsTakeThePlaceOfWhatTheScenarioSays(t *testing.T) {
	path := write(t, "small.yaml", small, "most.yaml", string(Policies()[1].content))
	seed := uint64(9)
	s := load(t, path, Options{Version: "v1", Seed: &seed, Until: "10m", TieBreak: "name", Sample: "change",
		SchedulerConfig: filepath.Join(filepath.Dir(path), "most.yaml")})
	c := s.Config
	if c.Seed != 9 || c.Duration != 10*time.Minute || c.UntilIdle || c.Scheduler.TieBreak != "name" || c.Sample != 0 || c.Version != "v1" {
		t.Errorf("got %+v", c)
	}
	if text := valueOf(c, "scheduler.config.profiles[0].pluginConfig.NodeResourcesFit"); !strings.Contains(text, "MostAllocated") {
		t.Errorf("NodeResourcesFit has %s, want MostAllocated", text)
	}
	if c = load(t, path, Options{Until: "idle"}).Config; !c.UntilIdle || c.Duration != 0 {
		t.Errorf("until idle: %v, limit %v", c.UntilIdle, c.Duration)
	}
	if c = load(t, path, Options{}).Config; c.Seed != 5 || c.Duration != time.Hour || c.Sample != time.Minute {
		t.Errorf("without options: %+v", c)
	}
}

func TestOptionsThatAreWrongAreRefused(t *testing.T) {
	path := write(t, "small.yaml", small)
	for want, o := range map[string]Options{
		"--until: 5 has no unit":                           {Until: "5"},
		"--until: -5m is not after the start":              {Until: "-5m"},
		"--tie-break: \"coin\" is not known":               {TieBreak: "coin"},
		"--sample: \"0s\" is not a period":                 {Sample: "0s"},
		"--config: there is no file absent.yaml":           {SchedulerConfig: "absent.yaml"},
		"--unmodelled: \"skip\" is not known, want refuse": {Unmodelled: "skip"},
	} {
		if _, err := Load([]string{path}, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}

func valueOf(c *world.Config, name string) string {
	for _, p := range c.Parameters {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

func TestEveryEffectiveParameterIsListed(t *testing.T) {
	s := load(t, write(t, "start.yaml", string(Template())), Options{})
	var b strings.Builder
	for _, p := range s.Config.Parameters {
		b.WriteString(p.Name + " = " + p.Value + "\n")
	}
	golden(t, "testdata/parameters.golden", b.String())
}

func TestTheHashIsOverTheScenarioAndItsFiles(t *testing.T) {
	text := strings.Replace(small, "cluster:\n", "cluster:\n  manifests: [objects]\n", 1)
	node := "apiVersion: v1\nkind: Node\nmetadata: {name: extra}\nstatus: {allocatable: {cpu: 1}}\n"
	first := load(t, write(t, "s.yaml", text, "objects/n.yaml", node), Options{})
	again := load(t, write(t, "s.yaml", text, "objects/n.yaml", node), Options{})
	if first.Config.ScenarioHash != again.Config.ScenarioHash {
		t.Error("the same files in another folder have another hash")
	}
	other := load(t, write(t, "s.yaml", text, "objects/n.yaml", node+"# changed\n"), Options{})
	renamed := load(t, write(t, "s.yaml", text, "objects/m.yaml", node), Options{})
	if first.Config.ScenarioHash == other.Config.ScenarioHash || first.Config.ScenarioHash == renamed.Config.ScenarioHash {
		t.Error("a changed or renamed file leaves the hash as it was")
	}
	if len(first.Inputs) != 2 || first.Inputs[0].Name != "s.yaml" || first.Inputs[1].Name != "objects/n.yaml" || string(first.Inputs[1].Content) != node {
		t.Errorf("inputs %+v", first.Inputs)
	}
}

func TestManifestsAloneRunUntilIdle(t *testing.T) {
	path := write(t, "nodes.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: only}\nstatus: {allocatable: {cpu: 2, pods: 10}}\n",
		"pods/p.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n")
	s, err := Load([]string{path, filepath.Join(filepath.Dir(path), "pods")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Config.Name != "nodes" || !s.Config.UntilIdle || len(s.Config.Objects) != 2 {
		t.Errorf("%s with %d objects until idle %v", s.Config.Name, len(s.Config.Objects), s.Config.UntilIdle)
	}
	m, footer := run(t, s.Config)
	if !footer.Idle || m.Pods[0].Node != "only" {
		t.Errorf("idle %v, pod on %q", footer.Idle, m.Pods[0].Node)
	}
}

func TestManifestsBesideAScenarioAreAddedToItsCluster(t *testing.T) {
	path := write(t, "s.yaml", small, "n.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: extra}\nstatus: {allocatable: {cpu: 2, pods: 10}}\n")
	for _, paths := range [][]string{{path, filepath.Join(filepath.Dir(path), "n.yaml")}, {filepath.Join(filepath.Dir(path), "n.yaml"), path}} {
		s, err := Load(paths, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Config.Objects) != 3 || s.Config.Name != "small" {
			t.Errorf("%d objects in %s, want 2 generated nodes and one more", len(s.Config.Objects), s.Config.Name)
		}
	}
}

func TestFilesThatCannotBeLoadedAreNamed(t *testing.T) {
	two := write(t, "a.yaml", small, "b.yaml", small)
	big := write(t, "big.yaml", small+strings.Repeat("# filling\n", 1<<20+1))
	for _, c := range []struct {
		name  string
		paths []string
		want  string
	}{
		{"two scenarios", []string{two, filepath.Join(filepath.Dir(two), "b.yaml")}, "a second scenario beside"},
		{"no such file", []string{"absent.yaml"}, "absent.yaml: there is no file"},
		{"a folder without manifests", []string{t.TempDir()}, "holds no .yaml, .yml or .json file"},
		{"a scenario over 10 MiB", []string{big}, "is larger than 10 MiB: put objects into manifests"},
	} {
		if _, err := Load(c.paths, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestCommentsAndTheFolderMoveNoDraw(t *testing.T) {
	_, plain := run(t, load(t, write(t, "small.yaml", small), Options{}).Config)
	commented := strings.ReplaceAll(small, "timeline:", "# a comment\n\n# and another\ntimeline:")
	commented = strings.ReplaceAll(commented, "behaviours:", "# one more\nbehaviours:")
	_, moved := run(t, load(t, write(t, "other.yaml", commented), Options{}).Config)
	if plain.Fingerprint != moved.Fingerprint {
		t.Errorf("fingerprint %s, with comments %s", plain.Fingerprint, moved.Fingerprint)
	}
	seed := uint64(6)
	if _, other := run(t, load(t, write(t, "small.yaml", small), Options{Seed: &seed}).Config); other.Fingerprint == plain.Fingerprint {
		t.Error("another seed, the same fingerprint")
	}
}

func TestPoliciesShareAllButTheScheduler(t *testing.T) {
	s := load(t, write(t, "small.yaml", small), Options{})
	chosen, err := LoadPolicies([]string{"default", "most-allocated", "requested-to-capacity-ratio"})
	if err != nil {
		t.Fatal(err)
	}
	fingerprints := map[string]string{}
	for _, p := range chosen {
		c := p.Apply(s.Config, 11)
		if c.Seed != 11 || valueOf(c, "seed") != "11" || c.Scheduler.Config == s.Config.Scheduler.Config {
			t.Errorf("%s: seed %d, parameter %s", p.Name, c.Seed, valueOf(c, "seed"))
		}
		if len(c.Parameters) < 20 {
			t.Errorf("%s: %d parameters", p.Name, len(c.Parameters))
		}
		m, footer := run(t, c)
		fingerprints[p.Name] = footer.Fingerprint
		if len(m.Pods) != 20 {
			t.Errorf("%s: %d pods", p.Name, len(m.Pods))
		}
	}
	seed := uint64(11)
	if _, plain := run(t, load(t, write(t, "small.yaml", small), Options{Seed: &seed}).Config); plain.Fingerprint != fingerprints["default"] {
		t.Errorf("the default policy differs from a run without one: %s, %s", fingerprints["default"], plain.Fingerprint)
	}
	if fingerprints["default"] == fingerprints["most-allocated"] {
		t.Error("two policies, one fingerprint: the configuration does not reach the scheduler")
	}
}

func TestPoliciesThatAreWrongAreRefused(t *testing.T) {
	file := write(t, "p.yaml", "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofils: []\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"most-alocated"}, `"most-alocated" is not a built-in policy, did you mean most-allocated?`},
		{[]string{"default", "default"}, "default stands twice"},
		{[]string{"a=absent.yaml"}, "there is no file absent.yaml"},
		{[]string{"=x.yaml"}, "want NAME=FILE"},
		{[]string{"mine=" + file}, "p.yaml:3:1: profils: unknown field, did you mean profiles?"},
	} {
		if _, err := LoadPolicies(c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestPodsThatNoProfileServesAreWarnedOf(t *testing.T) {
	text := strings.Replace(small, "        restartPolicy: Never\n", "        restartPolicy: Never\n        schedulerName: mine\n", 1)
	got := load(t, write(t, "s.yaml", text), Options{}).Warnings
	if len(got) != 1 || !strings.Contains(got[0], `s.yaml:17:7: timeline[0].create.template.spec.schedulerName: no profile of the scheduler is called "mine"`) {
		t.Errorf("warnings %q", got)
	}
	if got := load(t, write(t, "s.yaml", small), Options{}).Warnings; len(got) > 0 {
		t.Errorf("warnings %q of a scenario without fault", got)
	}
}
