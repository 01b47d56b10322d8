package reports

import (
	"fmt"
	"slices"

	"towtank.dev/towtank/sim"
)

// Explanation is why a pod is where it is, or nowhere: its attempts and what woke it between them.
type Explanation struct {
	Pod    string // namespace/name
	Source string // the run's folder or the snapshot, as it was named
	Nodes  int
	// Result is the last attempt's, or gated or skipped, with Message; "waiting" when it was not tried.
	Result, Message string
	Attempts        []Decision
	Moves           []Move
	// Stays are the events that were looked at and left the pod where it was.
	Stays []Stay
	// Alerts are sentences that must not be overlooked.
	Alerts []string
	// Shown is the number of the attempt told in detail, 0 for the last one.
	Shown int
	// Node is the node that is asked about, "" for none; EveryNode tells of each node.
	Node      string
	EveryNode bool
}

// Move is a pod's way from one place of the scheduler's queue to another.
type Move struct {
	At       sim.Time
	From, To string
	// Event is the label of what moved it, as kube-scheduler names it; Plugin the one whose hint decided,
	// "" when none was asked.
	Event, Plugin string
	// After is the number of the attempt before it, 0 for none.
	After int
}

// Stay is events of one kind that left a pod where it was, between two attempts.
type Stay struct {
	Event string
	// Asked are the plugins whose hints said that the event does not help; none when no plugin that rejected
	// the pod asks for it.
	Asked       []string
	Times       int64
	First, Last sim.Time
	// After is the number of the attempt before them, 0 for none.
	After int
}

// Doc lays the explanation out: the history, then one attempt in detail.
func (e *Explanation) Doc() *Doc {
	d := &Doc{Report: "explanation", Title: e.Pod, Alerts: e.Alerts, Facts: []Part{
		{Key: "result", Value: Text(e.outcome())},
		{Key: "source", Before: "in ", Value: Text(e.Source)},
		{Key: "nodes", Value: Count(int64(e.Nodes)), After: plural(float64(e.Nodes), " node")},
	}}
	if len(e.Attempts) == 0 {
		if e.Message != "" {
			d.Alerts = append(d.Alerts, e.Message)
		}
		return d
	}
	if len(e.Attempts) > 1 || len(e.Moves) > 3 { // more than: came, was tried, left
		d.Sections = append(d.Sections, e.history(), e.woken(), e.left())
	}
	d.Sections = append(d.Sections, e.detail(e.attempt())...)
	return d
}

// attempt is the one told in detail: the last one, or the one before it when that made room for the pod and
// nothing was left to decide.
func (e *Explanation) attempt() *Decision {
	for i := range e.Attempts {
		if e.Attempts[i].Number == e.Shown {
			return &e.Attempts[i]
		}
	}
	last := len(e.Attempts) - 1
	if last > 0 && len(e.Attempts[last-1].Victims) > 0 && e.Attempts[last].Evaluated == 1 {
		last--
	}
	return &e.Attempts[last]
}

// outcome says in a few words what became of the pod.
func (e *Explanation) outcome() string {
	if len(e.Attempts) == 0 {
		return e.Result
	}
	last := &e.Attempts[len(e.Attempts)-1]
	text := last.Result
	if last.Node != "" && last.Result == "scheduled" {
		text += " on " + last.Node
	}
	if n := len(e.Attempts); n > 1 {
		text += fmt.Sprintf(" after %d attempts", n)
	}
	return text
}

// history lists the attempts, those of one outcome in a row together.
func (e *Explanation) history() Section {
	times := []Column{{Key: "from_seconds", Head: "FROM"}, {Key: "to_seconds", Head: "TO"}}
	if e.Attempts[0].At == sim.Never {
		times = nil
	}
	t := &Table{Columns: slices.Concat([]Column{{Key: "attempts", Head: "ATTEMPT"}}, times,
		[]Column{{Key: "result", Head: "RESULT"}, {Key: "fit", Head: "FIT"}, {Key: "why", Head: "WHY", Wide: true}})}
	for from := 0; from < len(e.Attempts); {
		to := from
		for to+1 < len(e.Attempts) && fateOf(&e.Attempts[to+1]) == fateOf(&e.Attempts[from]) {
			to++
		}
		a, b := &e.Attempts[from], &e.Attempts[to]
		number, last := fmt.Sprint(a.Number), Absent()
		if to > from {
			number, last = fmt.Sprintf("%d–%d", a.Number, b.Number), Instant(b.At)
		}
		row := []Value{Text(number)}
		if times != nil {
			row = append(row, Instant(a.At), last)
		}
		t.Rows = append(t.Rows, append(row, Text(a.Result), Count(int64(len(a.Feasible))), Text(e.why(a))))
		from = to + 1
	}
	return Section{Key: "history", Title: "ATTEMPTS", Table: t}
}

// fateOf is what attempts of one outcome share. How many nodes a reason holds for makes no difference.
func fateOf(d *Decision) string {
	text := d.Result + "\x00" + d.Node + "\x00" + d.Nominated
	if d.Whole != nil || len(d.Rejected) == 0 {
		return text + letters(d.Message)
	}
	reasons := map[string]bool{}
	for _, r := range d.reasons() {
		reasons[r.text] = true
	}
	return text + fmt.Sprint(reasons) // fmt sorts the keys
}

// why says in a few words how an attempt ended.
func (e *Explanation) why(d *Decision) string {
	switch {
	case d.Result == "scheduled":
		return "on " + d.Node + ": " + d.decided()
	case d.Nominated != "" && len(d.Victims) > 0:
		return fmt.Sprintf("makes room on %s, evicting %s", d.Nominated, some(d.Victims, 3))
	case d.Whole != nil || len(d.Rejected) == 0:
		return d.Message
	}
	text := ""
	list := d.reasons()
	for i, r := range list {
		if i == 3 {
			return text + fmt.Sprintf(" and %d other reasons", len(list)-i)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", len(r.nodes), r.text)
	}
	return text
}

// attemptFailed is the label of the way back from an attempt.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/events.go ScheduleAttemptFailure.
const attemptFailed = "ScheduleAttemptFailure"

// woken sums up what made the pod be tried again.
func (e *Explanation) woken() Section {
	t := &Table{Columns: []Column{{Key: "times", Head: "TIMES"}, {Key: "event", Head: "EVENT"}, {Key: "to", Head: "TO QUEUE"}, {Key: "plugin", Head: "PLUGIN ASKED"}, {Key: "first_seconds", Head: "FIRST"}, {Key: "last_seconds", Head: "LAST"}}}
	type kind struct {
		event, to, plugin string
	}
	rows := map[kind]int{}
	count := []int64{}
	for i := range e.Moves {
		m := &e.Moves[i]
		if m.Event == "BackoffComplete" || m.Event == attemptFailed && m.To == "Unschedulable" || m.To == "InFlight" || m.To == "Gone" {
			continue
		}
		k := kind{m.Event, m.To, m.Plugin}
		if m.Event == attemptFailed {
			k.event = "an event during the attempt"
		}
		at, ok := rows[k]
		if !ok {
			at = len(t.Rows)
			rows[k] = at
			count = append(count, 0)
			t.Rows = append(t.Rows, []Value{{}, Text(k.event), Text(k.to), Text(m.Plugin), Instant(m.At), {}})
		}
		count[at]++
		t.Rows[at][0], t.Rows[at][5] = Count(count[at]), Instant(m.At)
	}
	return Section{Key: "moves", Title: "WOKEN BY", Table: t}
}
