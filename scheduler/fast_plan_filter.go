package scheduler

import "math"

// domainCheck is a domainFilter with what one cycle needs: the rows of a node's domain decide.
type domainCheck struct {
	rows   []int32 // domains by row
	totals []int32
	// low and high bound the total that passes; outside says that nodes outside of all domains pass.
	low, high int64
	outside   bool
}

// checks prepares the plan's filters for a cycle.
func (plan *domainPlan) checks(out []domainCheck) []domainCheck {
	first := plan.self
	for i := range plan.filters {
		f := &plan.filters[i]
		f.tally.fit()
		if f.kind == mustHave && f.tally.sum > 0 {
			first = false
		}
	}
	for i := range plan.filters {
		f := &plan.filters[i]
		t := f.tally
		check := domainCheck{rows: t.column.rows, totals: t.totals, low: math.MinInt64, high: math.MaxInt64}
		switch f.kind {
		case spreadSkew:
			check.high = f.maxSkew - f.self + t.least(f.minDomains)
		case mustHave:
			if !first {
				check.low = 1
			}
		case mustNotHave:
			if t.sum == 0 {
				continue
			}
			check.high, check.outside = 0, true
		}
		if !check.idle(t.column) {
			out = append(out, check)
		}
	}
	return out
}

// fewDomains is up to how many domains are looked at in the hope that all pass.
const fewDomains = 64

// idle says that every node passes.
func (c *domainCheck) idle(column *column) bool {
	if column.missing > 0 && !c.outside || column.number > fewDomains {
		return false
	}
	for _, total := range c.totals {
		if int64(total) < c.low || int64(total) > c.high {
			return false
		}
	}
	return true
}

// least is the smallest total of all domains that have included nodes; 0 when there are fewer than
// minDomains of them, and more than can be when there are none.
// Source: kubernetes v1.37.2 podtopologyspread/filtering.go minMatchNum.
func (t *tally) least(minDomains int) int64 {
	if t.present < minDomains {
		return 0
	}
	least := int32(math.MaxInt32)
	for dom, members := range t.members {
		if members > 0 {
			least = min(least, t.totals[dom])
		}
	}
	return int64(least)
}

// passes says whether the node of a row passes.
func (c *domainCheck) passes(row int32) bool {
	dom := c.rows[row]
	if dom < 0 {
		return c.outside
	}
	total := int64(c.totals[dom])
	return total >= c.low && total <= c.high
}

// keepPassing moves the rows that pass to the front, in order, and counts them.
func (c *domainCheck) keepPassing(rows []int32) int {
	low, high := max(c.low, math.MinInt32), min(c.high, math.MaxInt32)
	if low > high {
		return 0
	}
	least, span := int32(low), uint32(high-low)
	domains, totals := c.rows, c.totals
	n := 0
	for _, row := range rows {
		rows[n] = row
		if dom := domains[row]; dom >= 0 {
			if uint32(totals[dom]-least) <= span {
				n++
			}
		} else if c.outside {
			n++
		}
	}
	return n
}
