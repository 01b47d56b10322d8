package scheduler

// census counts the included nodes by domain of a column.
type census struct {
	column    *column
	inclusion *inclusion // nil: all nodes are included
	members   []int32    // included nodes by domain
	present   int        // domains that have included nodes
}

type censusKey struct {
	column    *column
	inclusion *inclusion
}

// tally counts the pods of a group by domain, those on nodes of the census.
type tally struct {
	*census
	totals []int32 // by domain
	sum    int64   // of totals
}

func (c *census) includes(index int32) bool { return c.inclusion == nil || c.inclusion.in[index] }

func (t *tally) count(index, by int32) {
	if dom := t.column.of[index]; dom >= 0 && t.includes(index) {
		t.fit()
		t.totals[dom] += by
		t.sum += int64(by)
	}
}

func (c *census) member(index, by int32) {
	dom := c.column.of[index]
	if dom < 0 || !c.includes(index) {
		return
	}
	c.fit()
	before := c.members[dom]
	c.members[dom] = before + by
	switch {
	case before == 0:
		c.present++
	case before+by == 0:
		c.present--
	}
}

// fit makes room for all domains.
func (t *tally) fit() {
	if missing := int(t.column.number) - len(t.totals); missing > 0 {
		t.totals = append(t.totals, make([]int32, missing)...)
		t.census.fit()
	}
}

func (c *census) fit() {
	if missing := int(c.column.number) - len(c.members); missing > 0 {
		c.members = append(c.members, make([]int32, missing)...)
	}
}

// maxCells is how many counts are kept, each of 4 bytes.
const maxCells = 1 << 26

// cells are how many counts there are.
func (d *domains) cells() int {
	cells := 0
	for _, c := range d.allColumns {
		cells += c.tallies * int(c.number)
	}
	return cells
}
