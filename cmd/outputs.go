package cmd

import (
	"path/filepath"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// outputs are the files of one run: its folder and the watch file, each only when asked for.
type outputs struct {
	dir   *record.Dir
	path  string
	watch *scenarios.WatchFile
}

// openOutputs begins the files before the run, so that what cannot be written is known before it.
func openOutputs(dir, watch string, s *scenarios.Scenario) (*outputs, error) {
	out := &outputs{path: dir}
	var err error
	// The folder comes first: it takes nothing that others have put there, and the watch file may lie in it.
	if dir != "" {
		if out.dir, err = record.OpenDir(dir, s.Inputs, within(dir, watch)...); err != nil {
			return nil, err
		}
	}
	if watch != "" {
		if out.watch, err = scenarios.CreateWatchFile(watch, s); err != nil {
			out.abort()
			return nil, err
		}
	}
	return out, nil
}

// within is the name of a file in a folder, none when it is elsewhere.
func within(dir, file string) []string {
	if file == "" || filepath.Clean(filepath.Dir(file)) != filepath.Clean(dir) {
		return nil
	}
	return []string{filepath.Base(file)}
}

// sinks are the sinks of the run: the summary and the folder, at one precision.
func (o *outputs) sinks(summary record.Sink) []record.Sink {
	if o.dir == nil {
		return []record.Sink{record.Multi(summary)}
	}
	return []record.Sink{record.Multi(summary, o.dir)}
}

// watcher is what a run tells of its changes, nil when nobody asked.
func (o *outputs) watcher() func(sim.Time, string, string, model.Object) {
	if o.watch == nil {
		return nil
	}
	return o.watch.Write
}

// commit completes what the run's end has not: the watch file and timing.json.
func (o *outputs) commit(t record.Timing) error {
	if o.watch != nil {
		if err := o.watch.Commit(); err != nil {
			return err
		}
	}
	if o.dir != nil {
		return record.WriteTiming(o.path, t)
	}
	return nil
}

// abort removes what is not committed.
func (o *outputs) abort() {
	if o.watch != nil {
		o.watch.Abort()
	}
	if o.dir != nil {
		o.dir.Abort()
	}
}
