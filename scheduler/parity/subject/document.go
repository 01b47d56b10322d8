package subject

import (
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler/parity/answer"
)

// document puts a result into the form in which answers are compared.
func document(r *place.Result) *answer.Document {
	d := &answer.Document{
		PercentageOfNodesToScore: r.PercentageOfNodesToScore,
		NodeOrder:                r.NodeOrder,
		Pods:                     make([]answer.Pod, len(r.Pods)),
		Final:                    r.Final,
		Warnings:                 r.Warnings,
	}
	for i := range r.Pods {
		p := &r.Pods[i]
		d.Pods[i] = answer.Pod{Pod: p.Pod, Result: p.Result, Node: p.Node, Message: p.Message}
		for j := range p.Attempts {
			d.Pods[i].Attempts = append(d.Pods[i].Attempts, Attempt(&p.Attempts[j]))
		}
	}
	return d
}

// Attempt puts an attempt into the form in which answers are compared.
func Attempt(a *place.Attempt) answer.Attempt {
	return answer.Attempt{
		NominatedNodeTriedFirst: a.NominatedNodeTriedFirst,
		StartIndex:              a.StartIndex,
		EvaluatedNodes:          a.EvaluatedNodes,
		Feasible:                a.Feasible,
		Infeasible:              converted(a.Infeasible, func(s place.Status) answer.Status { return answer.Status(s) }),
		PreFilter:               (*answer.Status)(a.PreFilter),
		PreFilterNodes:          a.PreFilterNodes,
		NodesExcludedByPre:      a.NodesExcludedByPreFilter,
		SkippedFilterPlugins:    a.SkippedFilterPlugins,
		SkippedScorePlugins:     a.SkippedScorePlugins,
		Scores:                  converted(a.Scores, func(s place.Score) answer.Score { return answer.Score(s) }),
		Best:                    a.Best,
		Chosen:                  a.Chosen,
		RealChoice:              a.RealChoice,
		Message:                 a.Message,
		UnschedulablePlugins:    a.UnschedulablePlugins,
		Preemption:              preemption(a.Preemption),
	}
}

func preemption(p *place.Preemption) *answer.Preemption {
	if p == nil {
		return nil
	}
	return &answer.Preemption{
		Nominated: p.Nominated,
		Best:      p.Best,
		Victims:   p.Victims,
		Candidates: converted(p.Candidates, func(c place.Candidate) answer.Candidate {
			return answer.Candidate{Victims: c.Victims, PDBViolations: int64(c.PDBViolations)}
		}),
		Message: p.Message,
	}
}

// converted is the map with its values in another form, nil for none.
func converted[A, B any](of map[string]A, to func(A) B) map[string]B {
	if of == nil {
		return nil
	}
	out := make(map[string]B, len(of))
	for k, v := range of {
		out[k] = to(v)
	}
	return out
}
