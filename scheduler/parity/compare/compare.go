// Package compare finds the first thing in which two answers to one case part, cycle by
// cycle, in the order in which a scheduler decides: so the first difference told is the
// cause, not a consequence.
package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// Difference is one place where two answers part.
type Difference struct {
	// Where is a path such as `pods[2] default/web attempts[0] scores[node-1].raw[ImageLocality]`.
	Where     string
	Want, Got string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s:\n  want %s\n  got  %s", d.Where, d.Want, d.Got)
}

// Options say what is left out of the comparison.
type Options struct {
	// IgnorePlugins are left out of scores, totals and lists of skipped plugins.
	IgnorePlugins []string
	// IgnoreRealChoice leaves out which node upstream's own tie rule picks.
	IgnoreRealChoice bool
	// OutcomesOnly leaves the attempts out: what became of the pods is compared.
	OutcomesOnly bool
	// All reports every difference of a cycle, not its first one only.
	All bool
}

// JSON compares two documents in the form of package answer; want is the one held true.
func JSON(want, got []byte, o Options) ([]Difference, error) {
	w, err := decode(want)
	if err != nil {
		return nil, fmt.Errorf("the wanted answer: %w", err)
	}
	g, err := decode(got)
	if err != nil {
		return nil, fmt.Errorf("the given answer: %w", err)
	}
	return Documents(w, g, o), nil
}

// Skips the fields the oracle keeps for itself.
func decode(text []byte) (*answer.Document, error) {
	d := &answer.Document{}
	return d, json.NewDecoder(bytes.NewReader(text)).Decode(d)
}

// Documents compares two answers. It lists the differences of the first cycle that differs;
// what comes after that is its consequence. Final placements are compared when all cycles
// agree.
func Documents(want, got *answer.Document, o Options) []Difference {
	f := &finder{Options: o}
	f.field("percentageOfNodesToScore", want.PercentageOfNodesToScore, got.PercentageOfNodesToScore)
	f.list("nodeOrder", want.NodeOrder, got.NodeOrder)
	for i := 0; i < max(len(want.Pods), len(got.Pods)) && len(f.found) == 0; i++ {
		if i >= len(want.Pods) || i >= len(got.Pods) {
			f.add("pods", len(want.Pods), len(got.Pods))
			break
		}
		f.at = fmt.Sprintf("pods[%d] %s ", i, want.Pods[i].Pod)
		f.pod(&want.Pods[i], &got.Pods[i])
	}
	f.at = ""
	if len(f.found) == 0 {
		f.field("final", want.Final, got.Final)
	}
	if !o.All && len(f.found) > 1 {
		return f.found[:1]
	}
	return f.found
}

type finder struct {
	Options
	at    string
	found []Difference
}

func (f *finder) pod(want, got *answer.Pod) {
	f.field("pod", want.Pod, got.Pod)
	for i := 0; !f.OutcomesOnly && i < max(len(want.Attempts), len(got.Attempts)) && len(f.found) == 0; i++ {
		if i >= len(want.Attempts) || i >= len(got.Attempts) {
			f.add("attempts", len(want.Attempts), len(got.Attempts))
			break
		}
		at := f.at
		f.at = fmt.Sprintf("%sattempts[%d] ", at, i)
		f.attempt(&want.Attempts[i], &got.Attempts[i])
		f.at = at
	}
	f.field("result", want.Result, got.Result)
	f.field("node", want.Node, got.Node)
	f.field("message", want.Message, got.Message)
}

// attempt goes through one cycle in the order of its decisions.
func (f *finder) attempt(want, got *answer.Attempt) {
	f.field("nominatedNodeTriedFirst", want.NominatedNodeTriedFirst, got.NominatedNodeTriedFirst)
	f.field("startIndex", want.StartIndex, got.StartIndex)
	f.field("preFilter", want.PreFilter, got.PreFilter)
	f.list("preFilterNodes", want.PreFilterNodes, got.PreFilterNodes)
	f.list("nodesExcludedByPreFilter", want.NodesExcludedByPre, got.NodesExcludedByPre)
	f.list("skippedFilterPlugins", f.keep(want.SkippedFilterPlugins), f.keep(got.SkippedFilterPlugins))
	f.statuses(want.Infeasible, got.Infeasible)
	f.list("feasible", want.Feasible, got.Feasible)
	f.field("evaluatedNodes", want.EvaluatedNodes, got.EvaluatedNodes)
	f.list("skippedScorePlugins", f.keep(want.SkippedScorePlugins), f.keep(got.SkippedScorePlugins))
	f.scores(want.Scores, got.Scores)
	f.list("best", want.Best, got.Best)
	f.field("chosen", want.Chosen, got.Chosen)
	if !f.IgnoreRealChoice {
		f.field("realChoice", want.RealChoice, got.RealChoice)
	}
	f.list("unschedulablePlugins", want.UnschedulablePlugins, got.UnschedulablePlugins)
	f.preemption(want.Preemption, got.Preemption)
	f.field("message", want.Message, got.Message)
}

func (f *finder) statuses(want, got map[string]answer.Status) {
	for _, n := range keys(want, got) {
		w, wok := want[n]
		g, gok := got[n]
		at := fmt.Sprintf("infeasible[%s]", n)
		if !wok || !gok {
			f.add(at, presence(w, wok), presence(g, gok))
			continue
		}
		f.field(at+".plugin", w.Plugin, g.Plugin)
		f.field(at+".code", w.Code, g.Code)
		f.list(at+".reasons", w.Reasons, g.Reasons)
	}
}

func presence[T any](v T, ok bool) any {
	if !ok {
		return "(absent)"
	}
	return v
}

func (f *finder) add(where string, want, got any) {
	f.found = append(f.found, Difference{Where: f.at + where, Want: text(want), Got: text(got)})
}

func (f *finder) field(where string, want, got any) {
	if !reflect.DeepEqual(want, got) {
		f.add(where, want, got)
	}
}

// list compares lists, for which none and empty are the same.
func (f *finder) list(where string, want, got []string) {
	if !slices.Equal(want, got) {
		f.add(where, want, got)
	}
}

func (f *finder) keep(plugins []string) []string {
	return slices.DeleteFunc(slices.Clone(plugins), func(p string) bool { return slices.Contains(f.IgnorePlugins, p) })
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// keys are the keys of both maps in byte order.
func keys[T any](a, b map[string]T) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]T{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
