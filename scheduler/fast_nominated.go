package scheduler

import "towtank.dev/towtank/scheduler/framework"

// exceptions are rows whose verdict is not that of the kept answers: pods nominated to the node count
// there.
type exceptions struct {
	verdicts map[int32]verdict
	marked   []bool // by row
}

// clear forgets the rows of the last cycle.
func (x *exceptions) clear() {
	for row := range x.verdicts {
		x.marked[row] = false
	}
	clear(x.verdicts)
}

// yields says whether the pod must leave room for one of the pods nominated to a node.
func (c *Core) yields(pod *framework.PodInfo, node string) bool {
	for _, p := range c.nominator.NominatedPods(node) {
		if priority(p) >= priority(pod.Pod) && p.UID != pod.Pod.UID {
			return true
		}
	}
	return false
}

// except asks the filters themselves about nodes on which nominated pods count. It returns false when
// one reports an error.
func (f *fast) except(pod *framework.PodInfo) bool {
	c, x := f.core, &f.search.exceptions
	x.clear()
	if c.nominator.Nominations() == 0 {
		return true
	}
	prepared := false
	for _, name := range c.nominator.Nodes() {
		node := c.snapshot.Node(name)
		if node == nil || !c.yields(pod, name) {
			continue
		}
		if !prepared {
			f.prepare()
			prepared = true
		}
		v := fits
		if status := c.filterWith(c.cycle.preFilterStates, node); !status.OK() {
			var ok bool
			if v, ok = f.statuses.verdict(f.order(status), status); !ok || !status.Rejected() {
				return false
			}
		}
		if x.verdicts == nil {
			x.verdicts = map[int32]verdict{}
		}
		if len(x.marked) < len(f.nodes) {
			x.marked = make([]bool, 2*len(f.nodes))
		}
		row := f.rowOf[node.Index]
		x.verdicts[row], x.marked[row] = v, true
	}
	return true
}

// prepare does for the cycle what precedes filtering in the naive runtime.
func (f *fast) prepare() {
	c := f.core
	s := &c.cycle
	c.cache.RefreshAffinity()
	c.preFilter()
	s.filters = s.filters[:0]
	for _, pl := range s.profile.filter {
		if !s.skipFilter[pl.slot] {
			s.filters = append(s.filters, pl)
		}
	}
}

// order is the place of the filter that a status is from.
func (f *fast) order(status *framework.Status) uint32 {
	for i, pl := range f.program.profile.filter {
		if pl.Name() == status.Plugin() {
			return uint32(i)
		}
	}
	return filterLimit
}

// own looks at the node that the pod itself is nominated to, before all others. done says that the
// decision has been made; rejected is the node's row when it does not fit, else -1.
func (f *fast) own(cy *Cycle, a *answers) (rejected int32, done bool) {
	name := cy.Pod.Status.NominatedNodeName
	if name == "" {
		return -1, false
	}
	node := f.core.snapshot.Node(name)
	if node == nil {
		return -1, false
	}
	s, row := &f.search, f.rowOf[node.Index]
	a.need(cy.info, f, int(row), int(row)+1)
	s.volumes.need(f, int(row), int(row)+1)
	if a.naive || a.object.naive || s.volumes.naive() || !s.fits(a, row) {
		return row, false
	}
	cy.Feasible, cy.Evaluated = 1, 1
	f.succeed(cy, row)
	return -1, true
}

// named looks at the one node that a pod names, as those of DaemonSets do. It returns false when the pod
// names several, or the node does not do.
func (f *fast) named(cy *Cycle, a *answers) bool {
	names, s, c := a.object.names.Names(), &f.search, f.core
	if len(names) != 1 || cy.Pod.Status.NominatedNodeName != "" {
		return false
	}
	node := c.snapshot.Node(names[0])
	if node == nil {
		return false
	}
	row := f.rowOf[node.Index]
	a.object.workOut(cy.info, f, int(row), int(row)+1)
	a.workOut(cy.info, f, int(row), int(row)+1)
	s.volumes.need(f, int(row), int(row)+1)
	if a.naive || a.object.naive || s.volumes.naive() || !s.fits(a, row) {
		return false
	}
	c.start = (c.start + 1) % len(f.nodes)
	cy.Feasible, cy.Evaluated = 1, 1
	f.succeed(cy, row)
	f.decided++
	return true
}

// also counts a row that was rejected beforehand, unless the search from start came by it again.
func (s *search) also(row int32, start, rows int) {
	if row >= 0 && (int(row)-start%rows+rows)%rows >= s.evaluated {
		s.evaluated++
	}
}
