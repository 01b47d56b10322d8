package compare

import (
	"fmt"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// scores compares what each plugin gave each node, then the totals: a total differs because
// a plugin does.
func (f *finder) scores(want, got map[string]answer.Score) {
	nodes := keys(want, got)
	for _, n := range nodes {
		w, wok := want[n]
		g, gok := got[n]
		if wok != gok {
			f.add(fmt.Sprintf("scores[%s]", n), presence(w, wok), presence(g, gok))
			continue
		}
		f.points(fmt.Sprintf("scores[%s].raw", n), w.Raw, g.Raw)
	}
	for _, n := range nodes {
		f.points(fmt.Sprintf("scores[%s].weighted", n), want[n].Weighted, got[n].Weighted)
	}
	for _, n := range nodes {
		f.field(fmt.Sprintf("scores[%s].total", n), f.total(want[n]), f.total(got[n]))
	}
}

func (f *finder) points(where string, want, got map[string]int64) {
	for _, p := range f.keep(keys(want, got)) {
		w, wok := want[p]
		g, gok := got[p]
		if w != g || wok != gok {
			f.add(fmt.Sprintf("%s[%s]", where, p), presence(w, wok), presence(g, gok))
		}
	}
}

// total is a node's total without the plugins that are left out.
func (f *finder) total(s answer.Score) int64 {
	total := s.Total
	for _, p := range f.IgnorePlugins {
		total -= s.Weighted[p]
	}
	return total
}

// preemption compares the candidates before what is chosen of them.
func (f *finder) preemption(want, got *answer.Preemption) {
	if want == nil || got == nil {
		if want != got {
			f.add("preemption", want, got)
		}
		return
	}
	for _, n := range keys(want.Candidates, got.Candidates) {
		w, wok := want.Candidates[n]
		g, gok := got.Candidates[n]
		at := fmt.Sprintf("preemption.candidates[%s]", n)
		if wok != gok {
			f.add(at, presence(w, wok), presence(g, gok))
			continue
		}
		f.list(at+".victims", w.Victims, g.Victims)
		f.field(at+".pdbViolations", w.PDBViolations, g.PDBViolations)
	}
	f.list("preemption.best", want.Best, got.Best)
	f.field("preemption.nominated", want.Nominated, got.Nominated)
	f.list("preemption.victims", want.Victims, got.Victims)
	f.field("preemption.message", want.Message, got.Message)
}
