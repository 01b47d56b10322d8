package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Input is a file the run was made from. Its name is relative to the scenario, with slashes.
type Input struct {
	Name string
	// Content is the whole file; nil for one that is too large to keep, of which only Bytes and SHA256
	// are recorded.
	Content []byte
	Bytes   int64
	SHA256  string // hex
	// As is how the command line named the file, one of the As constants; "" when another file did.
	As string
}

// How the command line names inputs.
const (
	AsScenario   = "scenario"
	AsManifests  = "manifests" // beside the scenario, or alone
	AsConfig     = "config"    // --config
	AsTraceNodes = "nodes"     // --nodes of --trace
	AsTracePods  = "pods"      // --pods of --trace
)

// NewInput describes an input that is kept.
func NewInput(name string, content []byte) Input {
	sum := sha256.Sum256(content)
	if content == nil {
		content = []byte{}
	}
	return Input{Name: name, Content: content, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

// inputDoc is an input in run.json.
type inputDoc struct {
	Name   string `json:"name" doc:"file the run was made from, relative to the scenario"`
	Bytes  int64  `json:"bytes" doc:"its size"`
	SHA256 string `json:"sha256" doc:"hash of its content"`
	As     string `json:"as,omitempty" doc:"how the command line named it: scenario, manifests, config (--config), nodes or pods (of --trace); left out when another file did"`
	File   string `json:"file,omitempty" doc:"where it is kept below the folder; left out when it was too large to keep"`
}

// parent stands for a folder above the scenario's among the kept inputs.
const parent = "above"

// inputPlaces gives each input its place below inputs/. Inputs from folders above the scenario's keep
// their relative places: everything moves down by as many folders as the furthest is up.
func inputPlaces(inputs []Input) ([]string, error) {
	up := 0
	for _, in := range inputs {
		up = max(up, climbs(in.Name))
	}
	base := strings.Repeat(parent+"/", up)
	places, taken := make([]string, len(inputs)), map[string]bool{}
	for i, in := range inputs {
		place := path.Join(base, in.Name)
		if path.IsAbs(in.Name) {
			place = absolutePlace(in.Name)
		}
		if !filepath.IsLocal(place) || place == "." || taken[place] {
			return nil, fmt.Errorf("input %q has no place of its own below %s", in.Name, InputsFolder)
		}
		taken[place] = true
		places[i] = place
	}
	return places, nil
}

// absolutePlace is the place of an input with an absolute name.
func absolutePlace(name string) string { return path.Join("absolute", name) }

// climbs counts how many folders a relative name goes up.
func climbs(name string) int {
	n := 0
	for name = path.Clean(name); strings.HasPrefix(name, "../"); name = name[3:] {
		n++
	}
	return n
}

// keepInputs writes the inputs under a temporary name and lists them.
func (f *Folder) keepInputs(inputs []Input) ([]inputDoc, error) {
	places, err := inputPlaces(inputs)
	if err != nil {
		return nil, err
	}
	root := temporaryPath(filepath.Join(f.path, InputsFolder))
	docs := make([]inputDoc, len(inputs))
	for i, in := range inputs {
		docs[i] = inputDoc{Name: in.Name, Bytes: in.Bytes, SHA256: in.SHA256, As: in.As}
		if in.Content == nil {
			continue
		}
		f.inputs = true
		docs[i].File = path.Join(InputsFolder, places[i])
		at := filepath.Join(root, filepath.FromSlash(places[i]))
		if err := writeInput(at, in.Content); err != nil {
			return nil, fmt.Errorf("write %s: %w", filepath.Join(f.path, filepath.FromSlash(docs[i].File)), reason(err))
		}
	}
	return docs, nil
}

func writeInput(at string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return err
	}
	return os.WriteFile(at, content, 0o666)
}
