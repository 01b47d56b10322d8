package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// column finds or makes the column of a topology key.
func (d *domains) column(key string) *column {
	c := d.columns[key]
	if c == nil {
		c = &column{key: key, ids: map[string]int32{}}
		c.grow(len(d.nodes))
		for index, n := range d.nodes {
			if n != nil {
				c.of[index] = c.domain(n)
			}
		}
		c.byRow(d.f.nodes)
		d.columns[key] = c
		d.allColumns = append(d.allColumns, c)
	}
	return c
}

// inclusion finds or makes an inclusion; the empty key includes every node.
func (d *domains) inclusion(key []byte, includes func(*model.Node) bool) *inclusion {
	if len(key) == 0 {
		return nil
	}
	i := d.inclusions[string(key)]
	if i == nil {
		i = &inclusion{includes: includes, in: make([]bool, len(d.nodes))}
		for index, n := range d.nodes {
			i.in[index] = n != nil && includes(n.Node)
		}
		d.inclusions[string(key)] = i
		d.included = append(d.included, i)
	}
	return i
}

// group finds or makes the group of a key, all of whose pods the selector takes.
func (d *domains) group(key []byte, living bool, selector *model.Selector, matches func(*model.Pod) bool) *group {
	g := d.groups[string(key)]
	if g != nil {
		return g
	}
	g = &group{matches: matches, living: living}
	d.groups[string(key)] = g
	d.all = append(d.all, g)
	if !d.classed {
		d.classed = true
		d.eachPlaced(func(p *framework.PodInfo, index int32) { d.class(p).put(index, 1, d.hosts.places) })
	}
	if selector == nil {
		return g
	}
	candidates := d.classList
	if l := d.rarest(selector); l != nil {
		l.groups = append(l.groups, g)
		candidates = l.classes
	} else {
		d.general = append(d.general, g)
	}
	for _, c := range candidates {
		d.join(c, g)
	}
	return g
}

// tally finds or makes the count of a group's pods by domain of a column.
func (d *domains) tally(g *group, c *column, i *inclusion) *tally {
	for _, t := range g.tallies {
		if t.column == c && t.inclusion == i {
			t.fit()
			return t
		}
	}
	t := &tally{census: d.census(c, i)}
	t.fit()
	c.tallies++
	g.tallies = append(g.tallies, t)
	d.fill(g, t)
	return t
}

// census finds or makes the count of the included nodes by domain of a column.
func (d *domains) census(c *column, i *inclusion) *census {
	key := censusKey{c, i}
	n := d.censuses[key]
	if n == nil {
		n = &census{column: c, inclusion: i}
		n.fit()
		for index, node := range d.nodes {
			if node != nil {
				n.member(int32(index), 1)
			}
		}
		d.censuses[key] = n
		d.counted = append(d.counted, n)
	}
	return n
}

// fill counts the pods that a group has already. A pod with a term twice counts twice in count, so terms never
// come here: their one tally is there before any pod is counted.
func (d *domains) fill(g *group, t *tally) {
	lost := false
	for _, c := range g.classes {
		if c.lost = len(c.at) != c.placed; c.lost {
			lost = true
			continue
		}
		for _, index := range c.at {
			t.count(index, 1)
		}
	}
	if !lost {
		return
	}
	d.eachPlaced(func(p *framework.PodInfo, index int32) {
		if d.class(p).lost {
			t.count(index, 1)
		}
	})
	for _, c := range g.classes {
		c.lost = false
	}
}

// eachPlaced calls f with each pod on a listed node.
func (d *domains) eachPlaced(f func(*framework.PodInfo, int32)) {
	for index, n := range d.nodes {
		if n != nil {
			for _, p := range n.Pods {
				f(p, int32(index))
			}
		}
	}
}
