package mutants_test

import (
	"testing"

	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/harness"
	"towtank.dev/towtank/scheduler/parity/mutants"
	"towtank.dev/towtank/scheduler/parity/subject"
	"towtank.dev/towtank/scheduler/plugins"
)

// seeds is within how many random cases a mistake must be noticed.
const seeds = 400

func TestEachMistakeIsNoticed(t *testing.T) {
	for _, m := range mutants.All() {
		t.Run(m.Plugin+" "+m.Mistake, func(t *testing.T) {
			noticed := false
			run(t, m.Features, subject.Towtank{Plugins: m.Registry()}, seeds, func(o harness.Outcome) bool {
				if noticed = o.Found != nil; noticed {
					t.Logf("seed %d: %s", o.Seed, o.Found.Where)
				}
				return !noticed
			})
			if !noticed {
				t.Errorf("not noticed in %d random cases with %s", seeds, m.Features)
			}
		})
	}
}

// Without its mistake a wrapped plugin is as right as the plugin: what is noticed is the mistake.
func TestNothingIsNoticedWithoutAMistake(t *testing.T) {
	for _, name := range mutants.Plugins() {
		registry := mutants.Wrapped(name)
		run(t, "all", subject.Towtank{Plugins: registry}, 20, func(o harness.Outcome) bool {
			if o.Found != nil {
				t.Errorf("%s, wrapped: seed %d: %s", name, o.Seed, o.Found)
			}
			return o.Found == nil
		})
	}
}

func TestEveryPluginThatDecidesHasAMistake(t *testing.T) {
	exempt := map[string]bool{plugins.DefaultBinder: true, plugins.DynamicResources: true, plugins.PrioritySort: true}
	has := map[string]bool{}
	for _, name := range mutants.Plugins() {
		has[name] = true
	}
	for _, e := range plugins.Default().Entries() {
		if !has[e.Name] && !exempt[e.Name] {
			t.Errorf("%s has no mutant", e.Name)
		}
	}
}

func run(t *testing.T, features string, s subject.Towtank, last uint64, each func(harness.Outcome) bool) {
	t.Helper()
	choose, err := generate.Choose(features)
	if err != nil {
		t.Fatal(err)
	}
	h := &harness.Harness{Subject: s, Features: choose, Workers: 2}
	h.Run(1, last, each)
}
