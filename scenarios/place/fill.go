package place

import (
	"errors"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
)

// Filling is how many pods of a template found a place.
type Filling struct {
	// Before is what became of the snapshot's own pending pods, which came first.
	Before *Result
	Placed int
	// On counts the template's pods on each node that has any.
	On map[string]int
	// Next is what became of the first pod that found no place, nil when all of them did.
	Next *Pod
	// Stop is its attempt, with detail; nil when there was none.
	Stop *scheduler.Cycle
	// Endless says that nothing stopped the pods: there would be more than the nodes take by their own count.
	Endless bool
}

// Fill places the pending pods of the snapshot and then pods of a template, one after another, until one
// finds no place or there are count of them; 0 is as many as fit. The template's pods evict nobody. Errors
// are those of Place, and a template that is on a node already.
func Fill(objects []model.Object, template *model.Pod, count int, c *config.Configuration, o Options) (*Filling, error) {
	if template.NodeName != "" {
		return nil, errors.New("spec.nodeName: the template of a pod to be placed is on a node already, want none")
	}
	stopped, asked := false, o.Explain
	o.Explain = func(pod *model.Pod) bool { return stopped || asked != nil && asked(pod) }
	p, r, err := open(objects, c, o)
	if err != nil {
		return nil, err
	}
	for _, pod := range p.pending {
		r.Pods = append(r.Pods, p.place(pod))
	}
	f := &Filling{Before: r, On: map[string]int{}}
	limit := count
	if limit == 0 {
		limit = room(objects) + 1
	}
	pod := *template
	pod.Spec = newPriorities(objects).complete(template.Spec)
	for f.Placed < limit && f.Next == nil {
		info := p.core.Pod(numbered(&pod, f.Placed+1))
		if f.Next = p.refuse(info); f.Next != nil {
			break
		}
		cy := p.decide(info)
		if cy.Node == "" {
			// The same again, for the detail: a failed attempt has left no trace.
			stopped = true
			f.Stop = p.decide(info)
			f.Next = &Pod{Pod: info.Pod.Key(), Result: f.Stop.Result, Message: scheduler.Note(f.Stop.Message)}
			break
		}
		p.run(info, cy.Node)
		f.On[cy.Node]++
		f.Placed++
	}
	f.Endless = count == 0 && f.Next == nil
	p.close(r)
	return f, nil
}

// room is how many pods the nodes take by their own count.
func room(objects []model.Object) int {
	n := int64(0)
	for _, o := range objects {
		if node, ok := o.(*model.Node); ok {
			pods, _ := node.Status.Allocatable.Get(model.ResourcePods)
			n += pods.Value()
		}
	}
	return int(n)
}

// numbered is a pod of the template with a name of its own.
func numbered(template *model.Pod, n int) *model.Pod {
	pod := *template
	base := pod.GenerateName
	if base == "" {
		base = pod.Name + "-"
	}
	pod.Name = base + strconv.Itoa(n)
	pod.UID = "template:" + pod.Key()
	return &pod
}

// decide gives a pod one cycle.
func (p *placer) decide(info *framework.PodInfo) *scheduler.Cycle {
	cy := p.core.Schedule(0, info)
	if cy.Node != "" {
		if status := p.core.Reserve(cy); !status.OK() {
			cy.Result, cy.Node, cy.Message = scheduler.Failed, "", status.Message()
		}
	}
	return cy
}
