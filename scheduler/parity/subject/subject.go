package subject

import (
	"bytes"
	"fmt"
	"runtime/debug"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/plugins"
)

// Towtank places cases. The zero value has the project's own plugins.
type Towtank struct {
	// Plugins is the registry, nil for the default one.
	Plugins *plugins.Registry
	// Fast lets the runtime decide that keeps answers: it tells what becomes of the pods, not how.
	Fast bool
}

// Answer answers a case. Errors are those of reading and of the configuration; a panic is one, too.
func (t Towtank) Answer(text generate.Text) (d *answer.Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			d, err = nil, fmt.Errorf("it panics: %v\n%s", p, debug.Stack())
		}
	}()
	r := manifest.NewReader(manifest.Options{Start: place.Origin})
	r.Read("cluster.yaml", bytes.NewReader(text.Cluster))
	if problems := r.Errors(manifest.Broken); len(problems) > 0 {
		return nil, fmt.Errorf("%s", problems[0])
	}
	registry := t.Plugins
	if registry == nil {
		registry = plugins.Default()
	}
	c, err := configuration(text.Config, registry)
	if err != nil {
		return nil, err
	}
	o := place.Options{Order: place.OrderGiven, TieBreak: scheduler.TieName, Plugins: registry, Running: place.Running}
	if text.Queue {
		o.Order = place.OrderQueue
	}
	if t.Fast {
		o.Explain = func(*model.Pod) bool { return false }
	}
	got, err := place.Place(place.Snapshot(r.Objects()), c, o)
	if err != nil {
		return nil, err
	}
	return document(got), nil
}
