package scenarios

import (
	"embed"
	"fmt"
	"path/filepath"
	"strings"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/sim/world"
)

// Policy is a way to schedule, to be compared with others on the same scenario.
type Policy struct {
	Name string
	// Doc is one line about a built-in policy.
	Doc string

	path    string // of the file, as messages name it
	content []byte
	plugins *plugins.Registry
}

//go:embed policies/*.yaml
var policyFiles embed.FS

// builtin are the policies that need no file, the first one kube-scheduler's own.
var builtin = []Policy{
	{Name: "default", Doc: "kube-scheduler without a configuration: prefers emptier nodes"},
	{Name: "most-allocated", Doc: "prefers fuller nodes (NodeResourcesFit with MostAllocated)"},
	{Name: "requested-to-capacity-ratio", Doc: "prefers fuller nodes along a line from 0 to 100 % (NodeResourcesFit with RequestedToCapacityRatio)"},
}

// Policies returns the built-in policies, sorted by name.
func Policies() []Policy {
	out := make([]Policy, len(builtin))
	for i, p := range builtin {
		p.path = "policies/" + p.Name + ".yaml"
		content, err := policyFiles.ReadFile(p.path)
		if err != nil {
			panic("scenarios: " + err.Error())
		}
		p.content, p.plugins = content, plugins.Default()
		out[i] = p
	}
	return out
}

// LoadPolicies reads policies as they stand on a command line: a built-in one by its name, or NAME=FILE with a
// KubeSchedulerConfiguration. Errors are *decode.Error: all that is wrong.
func LoadPolicies(args []string) ([]Policy, error) { return LoadPoliciesWith(plugins.Default(), args) }

// LoadPoliciesWith is LoadPolicies for configurations that may enable the plugins of a registry.
func LoadPoliciesWith(known *plugins.Registry, args []string) ([]Policy, error) {
	var problems decode.Problems
	var out []Policy
	seen := map[string]bool{}
	for _, arg := range args {
		p, ok := loadPolicy(known, arg, &problems)
		if !ok {
			continue
		}
		if seen[p.Name] {
			problems.AddAt("--policy", 0, 0, "", "%s stands twice, want a name for each", p.Name)
		}
		seen[p.Name] = true
		out = append(out, p)
	}
	return out, problems.Err()
}

func loadPolicy(known *plugins.Registry, arg string, problems *decode.Problems) (Policy, bool) {
	name, path, isFile := strings.Cut(arg, "=")
	if !isFile {
		var names []string
		for _, p := range Policies() {
			if p.Name == name {
				return p, true
			}
			names = append(names, p.Name)
		}
		problems.AddAt("--policy", 0, 0, "", "%q is not a built-in policy%s, want one of %s, or NAME=FILE", name, meant(name, names), strings.Join(names, ", "))
		return Policy{}, false
	}
	if name == "" || path == "" || strings.ContainsAny(name, ",\n\t\"") {
		problems.AddAt("--policy", 0, 0, "", "%q, want NAME=FILE with a name without commas and quotes", arg)
		return Policy{}, false
	}
	content, err := readBounded(path, maxScenario)
	if err != nil {
		problems.AddAt("--policy", 0, 0, "", "%s: %v", name, err)
		return Policy{}, false
	}
	p := Policy{Name: name, path: filepath.Clean(path), content: content, plugins: known}
	return p, decodeConfig(known, p.path, content, problems) != nil
}

// Configuration makes the policy's configuration: a new one each time, for a run completes and keeps it.
func (p *Policy) Configuration() *config.Configuration {
	var problems decode.Problems
	c := decodeConfig(p.plugins, p.path, p.content, &problems)
	if c == nil {
		panic(fmt.Sprintf("scenarios: policy %s was read before and now is not: %v", p.Name, problems.Err()))
	}
	return c
}

// Apply returns the config of a run under the policy and a seed. It shares with c what runs do not write to.
func (p *Policy) Apply(c *world.Config, seed uint64) *world.Config {
	out := *c
	out.Seed = seed
	out.Scheduler.Config = p.Configuration()
	out.Parameters = replaceParameters(c.Parameters, &out)
	return &out
}
