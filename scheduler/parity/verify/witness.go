package verify

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/oracle"
	"towtank.dev/towtank/scheduler/parity/subject"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

// witness tells the real scheduler what the other one is told, and asks it whenever that has decided.
type witness struct {
	live     *oracle.Live
	config   *world.Config
	options  Options
	report   *Report
	outcomes []outcome
	done     bool
	err      error
}

var _ world.Witness = (*witness)(nil)

// progressEvery is how many cycles lie between two words of progress.
const progressEvery = 256

// Delivered tells of a change.
func (w *witness) Delivered(_ sim.Time, c apiserver.Change) {
	if w.done {
		return
	}
	old, err := w.object(c.Old)
	if err != nil {
		w.fail(err)
		return
	}
	changed, err := w.object(c.New)
	if err == nil {
		err = w.live.Change(old, changed)
	}
	w.fail(err)
}

// object is an object as upstream has it, nil for none.
func (w *witness) object(o model.Object) (runtime.Object, error) {
	if o == nil {
		return nil, nil
	}
	v, err := manifest.V1(o, w.config.Start)
	if err != nil {
		return nil, err
	}
	return v.(runtime.Object), nil
}

// fail ends the verification by an error.
func (w *witness) fail(err error) {
	if err != nil && w.err == nil {
		w.err, w.done = err, true
	}
}

// Decided asks the real scheduler about the same pod and compares.
func (w *witness) Decided(now sim.Time, c *scheduler.Cycle) {
	if w.done {
		return
	}
	order, err := w.live.NodeOrder()
	if err != nil {
		w.fail(err)
		return
	}
	got := tell(c, order)
	want, err := w.live.Cycle(c.Pod.Key(), c.Node)
	if err != nil {
		w.differ(now, c, []compare.Difference{{Where: "the cycle", Want: err.Error(), Got: "a cycle"}}, nil, got)
		return
	}
	follow(want, w.report.TieBreak, c.Node)
	found := compare.Documents(document(want), document(got), compare.Options{All: true})
	if len(found) > 0 {
		w.differ(now, c, found, want, got)
		return
	}
	w.agree(now, c, want)
}

// document is a document with a pod alone.
func document(p *answer.Pod) *answer.Document { return &answer.Document{Pods: []answer.Pod{*p}} }

// tell is the cycle in the form of an answer.
func tell(c *scheduler.Cycle, order []string) *answer.Pod {
	a := place.Describe(c, order)
	return &answer.Pod{Pod: c.Pod.Key(), Result: c.Result, Node: c.Node, Attempts: []answer.Attempt{subject.Attempt(&a)}}
}

// follow has the real scheduler's choice be the one by the tie rule of the scenario. Which node upstream's
// own rule takes is compared beside it, whatever the rule.
func follow(want *answer.Pod, rule, node string) {
	a := &want.Attempts[0]
	if a.Chosen == "" {
		return
	}
	switch rule {
	case scheduler.TieName:
		a.Chosen = a.Best[0]
	case scheduler.TieRandom: // Live has taken the same node where that is among the best.
	default:
		a.Chosen = a.RealChoice
	}
	want.Node = a.Chosen
}

func (w *witness) differ(now sim.Time, c *scheduler.Cycle, found []compare.Difference, want, got *answer.Pod) {
	w.done = true
	w.report.Found = &Found{Cycle: w.report.Cycles + 1, At: now, Pod: c.Pod.Key(), Attempt: c.Attempt,
		Sides: [2]string{Real, Anew}, Differences: found, Want: want, Got: got}
}

// agree counts a cycle, and what in it agreed.
func (w *witness) agree(now sim.Time, c *scheduler.Cycle, p *answer.Pod) {
	r, a := w.report, &p.Attempts[0]
	r.Cycles++
	switch p.Result {
	case answer.Scheduled:
		r.Scheduled++
	case answer.Unschedulable:
		r.Unschedulable++
	default:
		r.Failed++
	}
	r.Nodes += len(a.Infeasible) + len(a.Feasible)
	for _, s := range a.Scores {
		r.Scores += len(s.Raw)
	}
	if len(a.Best) > 1 {
		r.Ties++
	}
	if a.Preemption != nil && len(a.Preemption.Victims) > 0 {
		r.Preemptions++
	}
	w.outcomes = append(w.outcomes, outcomeOf(c))
	if w.options.Progress != nil && r.Cycles%progressEvery == 0 {
		w.options.Progress(now, r.Cycles)
	}
	w.done = r.Cycles == w.options.MaxCycles
}

// Finished ends the real scheduler's cycle, too.
func (w *witness) Finished(_ sim.Time, c *scheduler.Cycle) {
	if !w.done {
		w.fail(w.live.Finish(types.UID(c.Pod.UID), c.Node == ""))
	}
}

// Unbound has the real scheduler forget the pod, too.
func (w *witness) Unbound(_ sim.Time, c *scheduler.Cycle) {
	if !w.done {
		w.fail(w.live.Unbind(types.UID(c.Pod.UID)))
	}
}
