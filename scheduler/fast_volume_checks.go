package scheduler

import (
	"slices"

	"towtank.dev/towtank/scheduler/plugins"
)

// need works out the answers for rows from up to to. It may be called without a plan.
func (plan *volumePlan) need(f *fast, from, to int) {
	if plan != nil && plan.answers != nil {
		plan.answers.need(plan.pod, f, from, to)
	}
}

// naive says that a plugin has turned out to be beyond kept answers. It may be called without a plan.
func (plan *volumePlan) naive() bool { return plan != nil && plan.answers != nil && plan.answers.naive }

// passes says whether the node of a row does for the pod's volumes.
func (plan *volumePlan) passes(row int32) bool {
	return plan.inReach(row) && plan.attachable(row) && plan.undisturbed(row)
}

// keepPassing moves the rows that pass to the front, in order, and counts them.
func (plan *volumePlan) keepPassing(rows []int32) int {
	if plan.answers != nil {
		rows = keep(rows, plan.inReach)
	}
	if len(plan.drivers) > 0 {
		rows = keep(rows, plan.attachable)
	}
	if plan.disks {
		rows = keep(rows, plan.undisturbed)
	}
	return len(rows)
}

func keep(rows []int32, passes func(int32) bool) []int32 {
	n := 0
	for _, row := range rows {
		rows[n] = row
		if passes(row) {
			n++
		}
	}
	return rows[:n]
}

// inReach says whether the node reaches the volumes that there are, and could reach those to come.
func (plan *volumePlan) inReach(row int32) bool {
	return plan.answers == nil || plan.answers.verdicts[row] == fits
}

// attachable says whether the volumes can be attached to the node.
func (plan *volumePlan) attachable(row int32) bool {
	for i := range plan.drivers {
		d := &plan.drivers[i]
		if index := plan.nodes.rows[row]; d.room[index] < d.count && !plan.present(index, d) {
			return false
		}
	}
	return true
}

// present says whether so many of the wanted volumes are on the node anyway that there is room for the
// others.
func (plan *volumePlan) present(index int32, d *wantedDriver) bool {
	if !plan.shared || d.room[index] == plugins.NoDriver {
		return false
	}
	more := d.count
	for _, volume := range plan.wanted {
		if volume.Driver == d.name && slices.Contains(plan.nodes.records[index].Present, volume) {
			more--
		}
	}
	return more == 0 || d.room[index] >= more
}

// undisturbed says whether no pod on the node is in the way of the pod's disks.
func (plan *volumePlan) undisturbed(row int32) bool {
	return !plan.disks || !plan.nodes.records[plan.nodes.rows[row]].Disks || plan.program.restrictor.DisksConflict(plan.pod, plan.nodes.f.nodes[row]).OK()
}

// verdict is that on a node when the plugins for volumes are asked too. The states of PreFilter must be
// there.
func (plan *volumePlan) verdict(f *fast, v verdict, row int32) verdict {
	if plan.answers != nil {
		v = min(v, plan.answers.verdicts[row])
	}
	if v>>statusBits > plan.program.counterOrder && !plan.attachable(row) {
		v = min(v, plan.tooMany(f, row))
	}
	if v>>statusBits > plan.program.restrictorOrder && !plan.undisturbed(row) {
		w, _ := f.statuses.verdict(plan.program.restrictorOrder, plan.program.restrictor.DisksConflict(plan.pod, f.nodes[row]))
		v = min(v, w)
	}
	return v
}

// tooMany is the verdict on a node to which the volumes cannot be attached. That there are too many is
// always said in the same way.
func (plan *volumePlan) tooMany(f *fast, row int32) verdict {
	index := plan.nodes.rows[row]
	missing := slices.ContainsFunc(plan.drivers, func(d wantedDriver) bool { return d.room[index] == plugins.NoDriver })
	if !missing && plan.full != 0 {
		return plan.full
	}
	state := f.core.cycle.preFilterStates[plan.program.counterSlot]
	v, _ := f.statuses.verdict(plan.program.counterOrder, plan.program.counter.Filter(state, plan.pod, f.nodes[row]))
	if !missing {
		plan.full = v
	}
	return v
}
