package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"towtank.dev/towtank/scenarios/traces"
	"towtank.dev/towtank/sim/record"
)

// Again loads what a finished run was made from, with all that its command line set over it, so that it can
// be run again and goes the same way. inputs is a folder to look in instead of the one where the run keeps
// them: that of the scenario, for inputs that were too large to keep; "" for none. Errors say what is missing
// or has been changed since.
func Again(dir, inputs string, o Options) (*Scenario, *record.Run, error) {
	run, err := record.ReadRun(dir)
	if err != nil {
		return nil, nil, err
	}
	r := newReader(Options{})
	paths, err := r.whereInputsAre(run, dir, inputs)
	if err != nil {
		return nil, nil, err
	}
	set := func(name string) string { return effective(run.Header.Parameters, name) }
	o.Seed, o.Version = &run.Header.Seed, run.Header.Version
	o.TieBreak, o.Unmodelled = set("scheduler.tieBreak"), set("unmodelled")
	o.Sample, o.Until = set("sample"), until(run.Header)
	var named []string
	trace := traces.Options{Replay: set("cluster.trace.replay"), GPU: set("cluster.trace.gpu")}
	for i, in := range run.Inputs {
		path := paths[i]
		switch in.As {
		case record.AsScenario, record.AsManifests:
			named = append(named, path)
		case record.AsConfig:
			o.SchedulerConfig = path
		case record.AsTraceNodes:
			trace.Nodes = path
		case record.AsTracePods:
			trace.Pods = path
		}
	}
	r.options = o
	root := run.Root
	if inputs != "" {
		root = inputs
	}
	s, err := r.again(named, root, set("cluster.trace.format"), trace)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: the run cannot be made again: %w", dir, err)
	}
	s.Config.Name = run.Header.Name
	s.Config.Duration, s.Config.UntilIdle = run.Header.Duration, run.Header.UntilIdle
	if s.Config.ScenarioHash != run.Header.ScenarioHash {
		return nil, nil, fmt.Errorf("%s: the run cannot be made again: its inputs were read in another order, or others as well", dir)
	}
	return s, run, nil
}

// until is the end of a run as the command line says it; "" for a limit beside idle, which only scenarios set.
func until(h *record.Header) string {
	switch {
	case !h.UntilIdle:
		return h.Duration.String()
	case h.Duration == 0:
		return "idle"
	}
	return ""
}

func (r *reader) again(named []string, root, format string, trace traces.Options) (*Scenario, error) {
	switch {
	case len(named) > 0:
		return r.load(named, root)
	case trace.Pods != "":
		return r.fromTrace(format, trace, root)
	}
	return nil, fmt.Errorf("its %s does not say how the command line named its inputs (an older towtank wrote it)", record.RunFile)
}

// whereInputsAre finds every input as it was: below the run's folder, or in one that is given.
func (r *reader) whereInputsAre(run *record.Run, dir, given string) ([]string, error) {
	r.elsewhere, r.asWas = map[string]string{}, map[string]string{}
	paths := make([]string, len(run.Inputs))
	for i, in := range run.Inputs {
		absolute := filepath.IsAbs(filepath.FromSlash(in.Name))
		switch {
		case given == "" && !run.Kept[i]:
			return nil, fmt.Errorf("%s: its input %s was too large to be kept: want --inputs FOLDER with the folder of the scenario", dir, in.Name)
		case given == "" && absolute:
			paths[i] = record.AbsoluteInput(dir, in.Name)
			r.elsewhere[in.Name], r.asWas[paths[i]] = paths[i], in.Name
		case given == "":
			paths[i] = filepath.Join(run.Root, filepath.FromSlash(in.Name))
		case absolute:
			paths[i] = filepath.FromSlash(in.Name)
		default:
			paths[i] = filepath.Join(given, filepath.FromSlash(in.Name))
		}
		sum, err := fileHash(paths[i])
		if err != nil {
			return nil, err
		}
		if sum != in.SHA256 {
			return nil, fmt.Errorf("%s has been changed since the run: its SHA-256 is %s and was %s", paths[i], short(sum), short(in.SHA256))
		}
	}
	return paths, nil
}

func short(hash string) string { return hash[:min(12, len(hash))] }

func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fileError(path, err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fileError(path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// effective is the value of a parameter, "" when it is not among them.
func effective(list []record.Parameter, name string) string {
	for _, p := range list {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// IsScenario says whether a file is a scenario rather than manifests, judging by its beginning.
func IsScenario(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || strings.HasSuffix(path, ".gz") {
		return false
	}
	head, err := readHead(path)
	return err == nil && looksLikeScenario(head)
}
