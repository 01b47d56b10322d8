package scenarios

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/traces"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// Scenario is what is to be run, and what it was made from.
type Scenario struct {
	Config *world.Config
	// Inputs are the files that were read, the first one first. Names are relative to the folder of the first.
	Inputs []record.Input
	// Warnings are remarks that do not keep the scenario from running, each with its place.
	Warnings []string
}

// Options are set over what the files say.
type Options struct {
	Version string
	// Seed takes the place of the scenario's seed; nil keeps it.
	Seed *uint64
	// Until takes the place of duration and until: a duration such as 2h, or idle. "" keeps them.
	Until string
	// SchedulerConfig is the path of a KubeSchedulerConfiguration in place of the scenario's; "" keeps that.
	SchedulerConfig string
	// TieBreak is upstream, random or name in place of the scenario's; "" keeps that.
	TieBreak string
	// Unmodelled is refuse or ignore in place of the scenario's; "" keeps that.
	Unmodelled string
	// Sample is a period, or change, in place of the scenario's; "" keeps that.
	Sample string
	// Plugins are those that scheduler configurations may enable; nil: kube-scheduler's own.
	Plugins *plugins.Registry
}

// registry is Plugins, or kube-scheduler's own.
func (o *Options) registry() *plugins.Registry {
	if o.Plugins == nil {
		return plugins.Default()
	}
	return o.Plugins
}

// Load reads one scenario file and any number of manifest files and folders, which are added to its cluster.
// Manifests alone make a scenario of defaults that is named after the first of them. Errors are *decode.Error:
// everything that is wrong, with its place.
func Load(paths []string, o Options) (*Scenario, error) {
	if len(paths) == 0 {
		return nil, errors.New("nothing to load, want a scenario file or manifests")
	}
	return newReader(o).load(paths, filepath.Dir(paths[0]))
}

// load is Load with the folder that names of manifests alone are relative to.
func (r *reader) load(paths []string, dir string) (*Scenario, error) {
	r.dir = dir
	var scenario, content = "", []byte(nil)
	for _, path := range paths {
		data, is := r.scenarioFile(path)
		switch {
		case is && scenario != "":
			r.problems.AddAt(path, 1, 1, "", "a second scenario beside %s, want one scenario in one run", scenario)
		case is:
			scenario, content = path, data
		default:
			r.arguments = append(r.arguments, path)
		}
	}
	if scenario != "" {
		r.dir = filepath.Dir(scenario)
		r.keep(scenario, content)
		r.named(scenario, record.AsScenario)
		r.file = scenario
		r.document(content)
	} else {
		r.doc.Metadata.Name = nameOf(paths[0])
	}
	return r.finish()
}

// FromTrace makes a scenario of defaults that runs a recorded trace.
func FromTrace(format string, t traces.Options, o Options) (*Scenario, error) {
	return newReader(o).fromTrace(format, t, filepath.Dir(t.Pods))
}

// fromTrace is FromTrace with the folder that names of files are relative to.
func (r *reader) fromTrace(format string, t traces.Options, dir string) (*Scenario, error) {
	r.dir = dir
	r.doc.Metadata.Name = nameOf(t.Pods)
	if !strings.HasPrefix(r.doc.Metadata.Name, format) {
		r.doc.Metadata.Name = format + "-" + r.doc.Metadata.Name
	}
	r.openTrace(format, t)
	r.named(t.Nodes, record.AsTraceNodes)
	r.named(t.Pods, record.AsTracePods)
	return r.finish()
}

// nameOf is the name of a file without its endings.
func nameOf(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	if name == "" {
		return "run"
	}
	return name
}

// scenarioFile returns the content of a file that may be a scenario: a scenario says so at the top level.
// Whatever is no manifest either is read as a scenario, so that its faults are told as those of one.
func (r *reader) scenarioFile(path string) (content []byte, is bool) {
	if info, err := os.Stat(path); err == nil && info.IsDir() || strings.HasSuffix(path, ".gz") {
		return nil, false
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, false // a pattern, or a file that is missed when manifests are read
	}
	head, err := readHead(path)
	if err != nil {
		r.problems.AddAt(path, 0, 0, "", "%v", strings.TrimPrefix(err.Error(), "there is "))
		return nil, false
	}
	if !looksLikeScenario(head) {
		return nil, false
	}
	content, err = readBounded(path, maxScenario)
	if err != nil {
		r.problems.AddAt(path, 1, 1, "", "%v", err)
		return nil, false
	}
	return content, true
}

// document reads the scenario file.
func (r *reader) document(content []byte) {
	documents := decode.Documents(r.file, content, 0, &r.problems)
	switch {
	case len(documents) == 0 && r.problems.Empty():
		r.problems.AddAt(r.file, 1, 1, "", "the file is empty, want apiVersion: %s and kind: %s", APIVersion, Kind)
		return
	case len(documents) > 1:
		n := documents[1]
		r.problems.Add(r.file, n, "", "a second document in a scenario file, want objects under cluster.objects or in a manifest")
	}
	if len(documents) == 0 {
		return
	}
	root := documents[0]
	r.root = root
	if !r.checkType(root) {
		return
	}
	r.readStart(root)
	r.refuseUnbuilt(root)
	d := r.decoder(r.file)
	d.Into(root, "", &r.doc)
	if r.doc.Metadata.Name == "" {
		r.doc.Metadata.Name = nameOf(r.file)
	}
}

// checkType says whether the document is a scenario of the version known here.
func (r *reader) checkType(root *yaml.Node) bool {
	if root.Kind != yaml.MappingNode {
		r.problems.Add(r.file, root, "", "%s, want a map with apiVersion: %s and kind: %s", decode.Kind(root), APIVersion, Kind)
		return false
	}
	ok := true
	for _, want := range []struct{ key, value string }{{"apiVersion", APIVersion}, {"kind", Kind}} {
		n := decode.Get(root, want.key)
		switch {
		case n == nil:
			r.problems.Add(r.file, root, want.key, "missing, want %s", want.value)
			ok = false
		case n.Value != want.value:
			r.problems.Add(r.file, n, want.key, "%s, want %s", decode.Kind(n), want.value)
			ok = false
		}
	}
	return ok
}

// readStart looks for the start first: instants may be times of the clock.
func (r *reader) readStart(root *yaml.Node) {
	n := decode.Get(root, "start")
	if n == nil || n.Kind != yaml.ScalarNode {
		return
	}
	if t, err := time.Parse(time.RFC3339Nano, n.Value); err == nil {
		r.start, r.startGiven = t.UTC(), true
	}
}

// finish turns what was read into a run.
func (r *reader) finish() (*Scenario, error) {
	config := r.compile()
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	config.ScenarioHash = scenarioHash(r.inputs)
	config.Parameters = r.parameters(config)
	return &Scenario{Config: config, Inputs: r.inputs, Warnings: r.unserved(config)}, nil
}

// defaultStart is the wall clock at t = 0 of a scenario that does not say.
var defaultStart = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// The effective values of what a scenario leaves out.
const (
	defaultSeed            = 1
	defaultSample          = time.Minute
	defaultDecisionLatency = time.Millisecond
	defaultBindLatency     = 10 * time.Millisecond
)
