package cmd

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
)

// explainer gathers the history of one pod.
type explainer struct {
	wanted string // as given, then namespace/name
	source string
	// order lists the nodes as they are searched, or by name.
	order    []string
	tieBreak string
	untimed  bool
	cycles   []*scheduler.Cycle
	// results and messages are those of the attempts, where they are known better than from their cycles.
	results, messages []string
	moves             []reports.Move
	stays             []reports.Stay
	result, message   string
	alerts            []string
	keys              []string // of the pods that were tried and are called so
	others            []string // pods whose names are near
}

// is says whether a pod is the wanted one.
func (x *explainer) is(pod *model.Pod) bool { return x.named(pod.Namespace, pod.Name) }

func (x *explainer) named(namespace, name string) bool {
	return x.wanted == name || x.wanted == namespace+"/"+name
}

// cycle takes an attempt in. The first of a new pod of the same name begins a new history.
func (x *explainer) cycle(cy *scheduler.Cycle) {
	if cy.Detail == nil {
		return
	}
	x.keys = append(x.keys, cy.Pod.Key())
	if n := len(x.cycles); n > 0 && x.cycles[n-1].Pod.UID != cy.Pod.UID {
		x.alerts = []string{"An earlier pod of this name is left out: it was deleted and made again."}
		x.moves = slices.DeleteFunc(x.moves, func(m reports.Move) bool { return m.At < cy.Pod.Created })
		for i := range x.moves {
			x.moves[i].After = 0
		}
		x.cycles, x.stays = nil, nil
	}
	x.cycles = append(x.cycles, cy)
}

// collect adds the nodes that the attempts speak of to the known ones, and sorts them by name.
func (x *explainer) collect() {
	for _, cy := range x.cycles {
		x.order = append(x.order, cy.Detail.Feasible...)
		for i := range cy.Detail.Rejected {
			x.order = append(x.order, cy.Detail.Rejected[i].Node)
		}
	}
	slices.Sort(x.order)
	x.order = slices.Compact(x.order)
}

// moved takes a move between queues in.
func (x *explainer) moved(now sim.Time, m queue.Move) {
	if !x.is(m.Pod) {
		x.near(m.Pod.Namespace, m.Pod.Name)
		return
	}
	if m.From == m.To {
		x.stayed(now, &m)
		return
	}
	x.moves = append(x.moves, reports.Move{At: now, From: m.From.String(), To: m.To.String(), Event: m.Event, Plugin: m.Plugin,
		After: len(x.cycles)})
}

// stayed counts an event that left the pod where it was. There may be very many.
func (x *explainer) stayed(now sim.Time, m *queue.Move) {
	for i := len(x.stays) - 1; i >= 0 && x.stays[i].After == len(x.cycles); i-- {
		if s := &x.stays[i]; s.Event == m.Event && slices.Equal(s.Asked, m.Asked) {
			s.Times++
			s.Last = now
			return
		}
	}
	x.stays = append(x.stays, reports.Stay{Event: m.Event, Asked: m.Asked, Times: 1, First: now, Last: now, After: len(x.cycles)})
}

// manyNear bounds how many pods are named instead of one that is not there.
const manyNear = 5

// near notes a pod that may be meant.
func (x *explainer) near(namespace, name string) {
	_, want, found := strings.Cut(x.wanted, "/")
	if !found {
		want = x.wanted
	}
	if len(x.others) < manyNear && (strings.HasPrefix(name, want) || strings.HasPrefix(want, name) || name == want) {
		if key := namespace + "/" + name; !slices.Contains(x.others, key) {
			x.others = append(x.others, key)
		}
	}
}

// missing says that there is no such pod.
func (x *explainer) missing() error {
	return fmt.Errorf("there is no pod %q in %s%s", x.wanted, x.source, didYouMean(x.others))
}

func didYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ", did you mean " + strings.Join(names[:min(manyNear, len(names))], ", ") + "?"
}

// choose fixes the pod that is meant among those that are called so.
func (x *explainer) choose(keys []string) error {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	switch len(keys) {
	case 0:
		return x.missing()
	case 1:
		x.wanted = keys[0]
		return nil
	}
	return fmt.Errorf("pod %q: there are %s: want the namespace as well", x.wanted, strings.Join(keys[:min(manyNear, len(keys))], ", "))
}

// standing finds the pod among the objects of a snapshot. One that is on a node is taken off and comes first.
func (x *explainer) standing(objects []model.Object) ([]model.Object, error) {
	var keys []string
	for _, o := range objects {
		if pod, ok := o.(*model.Pod); ok {
			if x.is(pod) {
				keys = append(keys, pod.Key())
			} else {
				x.near(pod.Namespace, pod.Name)
			}
		}
	}
	if err := x.choose(keys); err != nil {
		return nil, err
	}
	out := slices.Clone(objects)
	for i, o := range objects {
		pod, ok := o.(*model.Pod)
		switch {
		case !ok || !x.is(pod):
		case pod.Terminal():
			x.result, x.message = "ended", fmt.Sprintf("The pod has ended (%s): the scheduler does not look at it.", pod.Status.Phase)
		case pod.NodeName != "":
			x.alerts = append(x.alerts, fmt.Sprintf("The pod is on %s. Below it is tried anew, as if it came now and were not there.", pod.NodeName))
			again := *pod
			again.NodeName = ""
			again.Status = model.PodStatus{Phase: model.PodPending}
			out = append([]model.Object{&again}, slices.Delete(out, i, i+1)...)
		}
	}
	return out, nil
}

// decision is an attempt as reports take it.
func (x *explainer) decision(i int) *reports.Decision {
	d := decision(x.cycles[i], len(x.order), x.tieBreak)
	d.Number = i + 1
	if !x.untimed {
		d.At = x.cycles[i].Started
	}
	if i < len(x.results) {
		d.Result, d.Message = x.results[i], x.messages[i]
	}
	return d
}

// nodes is how many there were at the last attempt.
func (x *explainer) nodes() int {
	if n := len(x.cycles); n > 0 {
		return x.cycles[n-1].Detail.Nodes
	}
	return len(x.order)
}
