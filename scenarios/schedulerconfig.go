package scenarios

import (
	"errors"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// tieBreaks are the rules for equally good nodes.
var tieBreaks = []string{scheduler.TieUpstream, scheduler.TieRandom, scheduler.TieName}

// scheduler is the scheduler of the run.
func (r *reader) scheduler() world.Scheduler {
	s := world.Scheduler{
		Config:          r.schedulerConfig(),
		Plugins:         r.options.Plugins,
		TieBreak:        scheduler.TieUpstream,
		DecisionLatency: sim.Constant(defaultDecisionLatency.Seconds()),
		BindLatency:     sim.Constant(defaultBindLatency.Seconds()),
	}
	block := &r.doc.Scheduler
	if block.DecisionLatency != nil {
		s.DecisionLatency = block.DecisionLatency.Dist
	}
	if block.BindLatency != nil {
		s.BindLatency = block.BindLatency.Dist
	}
	if block.PatchLatency != nil {
		s.PatchLatency = block.PatchLatency.Dist
	}
	if block.TieBreak != "" {
		s.TieBreak = block.TieBreak
		if !knownTieBreak(s.TieBreak) {
			r.add("scheduler.tieBreak", "%q is not known, want %s", s.TieBreak, strings.Join(tieBreaks, ", "))
		}
	}
	if r.options.TieBreak != "" {
		s.TieBreak = r.options.TieBreak
		if !knownTieBreak(s.TieBreak) {
			r.problems.AddAt("--tie-break", 0, 0, "", "%q is not known, want %s", s.TieBreak, strings.Join(tieBreaks, ", "))
		}
	}
	return s
}

func knownTieBreak(rule string) bool {
	for _, known := range tieBreaks {
		if rule == known {
			return true
		}
	}
	return false
}

// schedulerConfig is the configuration of the command line, else of the scenario, else kube-scheduler's own.
func (r *reader) schedulerConfig() *config.Configuration {
	n := decode.Resolve(&r.doc.Scheduler.Config)
	switch {
	case r.options.SchedulerConfig != "":
		return r.configFile(r.options.SchedulerConfig, nil)
	case n.Kind == yaml.MappingNode:
		return readConfig(r.decoder(r.file), n, "scheduler.config", r.options.registry())
	case n.Kind == 0 || decode.IsNull(n):
		return config.Default()
	}
	name, ok := r.decoder(r.file).Text(n, "scheduler.config")
	if !ok {
		return nil
	}
	return r.configFile(r.locate(name), n)
}

// configFile reads a KubeSchedulerConfiguration from a file; n is where the scenario names it.
func (r *reader) configFile(path string, n *yaml.Node) *config.Configuration {
	content, err := readBounded(path, maxScenario)
	if err != nil {
		if n == nil {
			r.problems.AddAt("--config", 0, 0, "", "%v", err)
		} else {
			r.problems.Add(r.file, n, "scheduler.config", "%v", err)
		}
		return nil
	}
	r.keep(path, content)
	if n == nil {
		r.named(path, record.AsConfig)
	}
	return decodeConfig(r.options.registry(), path, content, &r.problems)
}

// decodeConfig reads the content of a configuration file; nil after a problem.
func decodeConfig(known *plugins.Registry, path string, content []byte, problems *decode.Problems) *config.Configuration {
	before := problems.Len()
	documents := decode.Documents(path, content, 0, problems)
	switch {
	case problems.Len() > before:
		return nil
	case len(documents) == 0:
		problems.AddAt(path, 1, 1, "", "the file is empty, want a %s of %s", config.Kind, config.APIVersion)
		return nil
	case len(documents) > 1:
		problems.Add(path, documents[1], "", "a second document, want one %s", config.Kind)
		return nil
	}
	r := newReader(Options{})
	d := r.decoder(path)
	d.Problems = problems
	return readConfig(d, documents[0], "", known)
}

// readConfig decodes and completes a configuration; nil after a problem.
func readConfig(d *decode.Decoder, n *yaml.Node, path string, known *plugins.Registry) *config.Configuration {
	before := d.Problems.Len()
	d.Hooks[reflect.TypeFor[config.PluginConfig]()] = argsHook(known)
	c := new(config.Configuration)
	d.Into(n, path, c)
	if d.Problems.Len() > before {
		return nil
	}
	for _, err := range c.Complete(known) {
		addConfigFault(d, n, path, err)
	}
	if d.Problems.Len() > before {
		return nil
	}
	return c
}

// addConfigFault notes a fault of a configuration at the field that upstream names.
func addConfigFault(d *decode.Decoder, n *yaml.Node, path string, err error) {
	var fault *framework.FieldError
	if !errors.As(err, &fault) {
		d.Add(n, path, "%v", err)
		return
	}
	at := fault.Path
	if path != "" {
		at = path + "." + at
	}
	d.Add(decode.Walk(n, fault.Path), at, "%s", fault.Message())
}

// argsHook reads the arguments of a plugin into the struct that the plugin says.
func argsHook(known *plugins.Registry) decode.Hook {
	return func(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
		var form struct {
			Name string    `yaml:"name"`
			Args yaml.Node `yaml:"args"`
		}
		d.Into(n, path, &form)
		pc := config.PluginConfig{Name: form.Name}
		if form.Args.Kind != 0 && !decode.IsNull(&form.Args) {
			// Arguments for a plugin that takes none, or is unknown, are refused where the configuration is completed.
			if pc.Args = known.NewArgs(form.Name); pc.Args != nil {
				d.Into(&form.Args, path+".args", pc.Args)
			} else if known.Lookup(form.Name) != nil {
				d.Add(decode.Get(n, "args"), path+".args", "plugin %s takes no arguments", form.Name)
			}
		}
		out.Set(reflect.ValueOf(pc))
	}
}
