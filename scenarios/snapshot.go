package scenarios

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
	placing "towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
)

// Snapshot is a cluster as manifests give it, to be placed without time.
type Snapshot struct {
	Objects []model.Object
	// Warnings are what the API server would refuse, what is not modelled, and where the snapshot contradicts
	// itself.
	Warnings []string
}

// manyRemarks is how many remarks of one sort are told in full.
const manyRemarks = 5

// LoadSnapshot reads manifest files and folders; "-" is stdin. Files are read as streams, of any size. Errors
// are *decode.Error: what cannot be read, and pods that ask for what is not modelled and would be placed
// wrongly.
func LoadSnapshot(paths []string, stdin io.Reader) (*Snapshot, error) {
	in := manifest.NewReader(manifest.Options{Start: placing.Origin, Twice: true})
	var problems decode.Problems
	for _, path := range paths {
		readSnapshot(in, path, stdin, &problems)
	}
	s := &Snapshot{}
	var invalid []string
	var ignored tallies
	for _, f := range in.Findings() {
		switch {
		case f.Sort == manifest.Broken, f.Sort == manifest.NeedsPlugin && f.Field != "spec.schedulingGroup":
			problems.Append(f.Problem)
		case f.Sort == manifest.Unmodelled:
			ignored.add(f.Kind + tail(f.Field) + " is not modelled and was ignored")
		case f.Sort == manifest.Accepted:
			ignored.add(f.Kind + " has no effect on pods and was set aside")
		default:
			invalid = append(invalid, f.Problem.String())
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	s.Warnings = append(s.Warnings, atMost(invalid, "values that the API server would refuse")...)
	s.Warnings = append(s.Warnings, atMost(placing.Contradictions(in.Objects()), "contradictions")...)
	for _, n := range ignored.notes() {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%s (%d)", n.Text, n.Count))
	}
	s.Objects = placing.Snapshot(in.Objects())
	return s, nil
}

// atMost cuts a list of remarks and says how many there were.
func atMost(list []string, what string) []string {
	if len(list) <= manyRemarks {
		return list
	}
	left := len(list) - manyRemarks
	return append(list[:manyRemarks:manyRemarks], fmt.Sprintf("and %d more %s", left, what))
}

func readSnapshot(in *manifest.Reader, path string, stdin io.Reader, problems *decode.Problems) {
	if path == "-" {
		in.Read("stdin", stdin)
		return
	}
	files, err := expand(path)
	if err != nil {
		problems.AddAt(path, 0, 0, "", "%v", err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			problems.AddAt(file, 0, 0, "", "%v", fileError(file, err))
			continue
		}
		in.Read(file, f)
		f.Close()
	}
}

// LoadTemplate reads the one pod that a file holds, with warnings as of a snapshot.
func LoadTemplate(path string) (template *model.Pod, warnings []string, err error) {
	in := manifest.NewReader(manifest.Options{Start: placing.Origin})
	var problems decode.Problems
	readSnapshot(in, path, nil, &problems)
	problems.Append(in.Errors(manifest.Broken, manifest.NeedsPlugin)...)
	for _, p := range in.Errors(manifest.Invalid) {
		warnings = append(warnings, p.String())
	}
	if problems.Empty() {
		read := in.Objects()
		if len(read) == 1 {
			if pod, ok := read[0].Object.(*model.Pod); ok {
				return pod, warnings, nil
			}
		}
		problems.AddAt(path, 1, 1, "", "%d objects, want one, a Pod", len(read))
	}
	return nil, nil, problems.Err()
}

// PlacingConfig reads a KubeSchedulerConfiguration for placing: checked, but not completed, for placing has
// a default of its own. "" is none; known are the plugins that it may enable.
func PlacingConfig(path string, known *plugins.Registry) (*config.Configuration, error) {
	if path == "" {
		return nil, nil
	}
	var problems decode.Problems
	content, err := readBounded(path, maxScenario)
	if err != nil {
		problems.AddAt("--config", 0, 0, "", "%v", err)
		return nil, problems.Err()
	}
	path = filepath.Clean(path)
	if decodeConfig(known, path, content, &problems) == nil {
		return nil, problems.Err()
	}
	d := newReader(Options{}).decoder(path)
	d.Problems = &problems
	d.Hooks[reflect.TypeFor[config.PluginConfig]()] = argsHook(known)
	c := new(config.Configuration)
	d.Into(decode.Documents(path, content, 0, &problems)[0], "", c)
	return c, problems.Err()
}
