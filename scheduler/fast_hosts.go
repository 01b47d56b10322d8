package scheduler

// hostCounts lays out the pods of groups by node for as long as a cycle takes: most groups have few pods, and
// a count for each node of a cluster would be almost all zeros.
type hostCounts struct {
	totals [][]int32 // by constraint of a plan, then node index; all 0 but for those laid
	laid   [][]int32 // by constraint: the node indexes that are not 0
	// few is up to how many pods and classes of a group are laid out anew in each cycle; a larger group has a
	// tally.
	few int
	// places is up to how many pods a class knows the nodes of.
	places int
}

// fewOnHosts is how many they are: laying them out takes as long as scoring so many nodes.
const fewOnHosts = 256

// countSoft takes the counts of the constraints that score, as they are in this cycle.
func (plan *domainPlan) countSoft(d *domains) {
	for i := range plan.soft {
		c := &plan.soft[i]
		if c.host {
			c.totals, c.domains = d.onHosts(i, c.group), d.column("").rows
			continue
		}
		c.tally.fit()
		c.totals, c.domains = c.tally.totals, c.tally.column.rows
	}
}

// onHosts counts a group's pods by node index, for the i-th constraint of a plan.
func (d *domains) onHosts(i int, g *group) []int32 {
	if g.byNode == nil && !g.few(d.hosts.few) {
		g.byNode = d.tally(g, d.column(""), nil)
	}
	if g.byNode != nil {
		g.byNode.fit()
		return g.byNode.totals
	}
	totals := d.hosts.clean(i, int(d.column("").number))
	for _, c := range g.classes {
		for _, index := range c.at {
			totals[index]++
		}
		d.hosts.laid[i] = append(d.hosts.laid[i], c.at...)
	}
	return totals
}

// few says whether the group has few pods in few classes, all of which know where they are.
func (g *group) few(most int) bool {
	if len(g.classes) > most {
		return false
	}
	pods := 0
	for _, c := range g.classes {
		if pods += c.placed; pods > most || len(c.at) != c.placed {
			return false
		}
	}
	return true
}

// clean is a count of 0 for each node.
func (h *hostCounts) clean(i, nodes int) []int32 {
	for len(h.totals) <= i {
		h.totals, h.laid = append(h.totals, nil), append(h.laid, nil)
	}
	for _, index := range h.laid[i] {
		h.totals[i][index] = 0
	}
	h.laid[i] = h.laid[i][:0]
	if missing := nodes - len(h.totals[i]); missing > 0 {
		h.totals[i] = append(h.totals[i], make([]int32, missing)...)
	}
	return h.totals[i]
}
