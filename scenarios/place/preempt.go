package place

import (
	"slices"

	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/framework"
)

// evict takes the victims of a cycle away at once, and the nominations of less important pods to their
// node.
func (p *placer) evict(cy *scheduler.Cycle) {
	if len(cy.Victims) == 0 {
		return
	}
	for _, victim := range cy.Victims {
		info := p.pods[victim.UID]
		p.core.RemovePod(info)
		p.core.Release(info)
		delete(p.pods, victim.UID)
		p.leave(info)
	}
	for _, pod := range cy.Denominated {
		p.nominate(p.pods[pod.UID], "")
	}
}

// leave takes a pod off the list of its node.
func (p *placer) leave(info *framework.PodInfo) {
	names := p.final[info.Node]
	i := slices.Index(names, info.Pod.Key())
	if names = slices.Delete(names, i, i+1); len(names) == 0 {
		delete(p.final, info.Node)
	} else {
		p.final[info.Node] = names
	}
}

// nominate writes the node that a waiting pod is nominated to, or "", into its status.
func (p *placer) nominate(info *framework.PodInfo, node string) {
	pod := *info.Pod
	pod.Status.NominatedNodeName = node
	info.Pod = &pod
	p.core.Nominate(info.Pod, node)
}

// preemption tells what a failed cycle did about making room, nil when it said nothing.
func preemption(d *scheduler.Detail) *Preemption {
	if d.PostFilterMessage == "" {
		return nil
	}
	out := &Preemption{Message: d.PostFilterMessage}
	if d.PostFilter == nil || len(d.PostFilter.Candidates) == 0 {
		return out
	}
	out.Nominated = d.PostFilter.NominatedNode
	out.Candidates = map[string]Candidate{}
	for _, c := range d.PostFilter.Candidates {
		out.Candidates[c.Node] = Candidate{Victims: victimKeys(c), PDBViolations: c.Violations}
		if c.Node == out.Nominated {
			out.Victims = victimKeys(c)
		}
	}
	for _, c := range d.PostFilter.Best {
		out.Best = append(out.Best, c.Node)
	}
	return out
}

// victimKeys are the victims' names, the most important first.
func victimKeys(c framework.Candidate) []string {
	names := make([]string, len(c.Victims))
	for i, victim := range c.Victims {
		names[i] = victim.Key()
	}
	return names
}
