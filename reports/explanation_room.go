package reports

import (
	"fmt"
	"strings"
)

// roomOn tells why preemption can, or cannot, make room: on one node, or on each when node is "".
func roomOn(d *Decision, node, in string) []Section {
	if d.Preemption == "" && len(d.Candidates) == 0 {
		return nil
	}
	t := &Table{Columns: []Column{{Key: "node", Head: "NODE"}, {Key: "room", Head: "CAN PREEMPTION MAKE ROOM?", Wide: true}}}
	row := func(name, text string) {
		if node == "" || node == name {
			t.Rows = append(t.Rows, []Value{Text(name), Text(text)})
		}
	}
	told := map[string]bool{}
	for i := range d.Candidates {
		c := &d.Candidates[i]
		told[c.Node] = true
		row(c.Node, d.room(c))
	}
	for i := range d.Refusals {
		r := &d.Refusals[i]
		told[r.Node] = true
		row(r.Node, r.text())
	}
	for i := range d.Rejected {
		if v := &d.Rejected[i]; !told[v.Node] {
			row(v.Node, d.notTried(v))
		}
	}
	return []Section{{Key: "room", Title: "PREEMPTION, NODE BY NODE" + in, Table: t}}
}

// room is what a candidate would take, and how it stands against the chosen one.
func (d *Decision) room(c *Candidate) string {
	text := fmt.Sprintf("yes, by evicting %s", some(c.Victims, 5))
	if c.Violations > 0 {
		text += fmt.Sprintf(", %d of them against a disruption budget", c.Violations)
	}
	switch {
	case c.Node == d.Nominated:
		return text + ": chosen"
	case c.Lost != "":
		return text + fmt.Sprintf("; %s is better: here %s", d.Nominated, c.Lost)
	case d.Nominated != "":
		return text + ": as good as " + d.Nominated
	}
	return text
}

// text is why no room can be made.
func (r *Refusal) text() string {
	reasons := strings.Join(r.Reasons, ", ")
	switch r.Lower {
	case 0:
		return "no: " + reasons + " (no pod there has a lower priority)"
	case 1:
		return "no: without its 1 pod of lower priority " + r.Plugin + " still says: " + reasons
	}
	return fmt.Sprintf("no: without its %d pods of lower priority %s still says: %s", r.Lower, r.Plugin, reasons)
}

// notTried is why preemption did not even try a node.
func (d *Decision) notTried(v *Verdict) string {
	switch {
	case v.Code == "UnschedulableAndUnresolvable":
		return "no: Preemption is not helpful for scheduling (evicting pods changes nothing about: " + strings.Join(v.Reasons, ", ") + ")"
	case len(d.Candidates) > 0:
		return "not tried: enough other nodes could make room"
	}
	return "not tried: " + strings.TrimPrefix(d.Preemption, "preemption: ")
}
