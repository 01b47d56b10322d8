package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/cache"
	"towtank.dev/towtank/scheduler/framework"
)

// domains counts pods by topology domain as they come and go, so that a cycle need not look at them.
// Nodes are known by index here: counts outlive a new list of nodes.
type domains struct {
	f *fast
	// on says that some profile has a plugin that goes by domains.
	on bool

	columns    map[string]*column
	inclusions map[string]*inclusion
	censuses   map[censusKey]*census
	groups     map[string]*group
	all        []*group
	terms      []*group // those of all that stand for terms of pods
	allColumns []*column
	included   []*inclusion
	counted    []*census
	hosts      hostCounts

	classes   map[string]*labelClass
	classList []*labelClass
	labels    map[string]*label
	general   []*group // those that require no label
	// classed says that pods are counted in classes: not before there is a group.
	classed bool

	affine    int                   // pods with affinity on listed nodes
	nodes     []*framework.NodeInfo // listed ones, by index; nil for the others
	key, text []byte
	pod       model.Pod // stands for those of a class
	// epoch counts how often all groups were let go; too many cells of tallies, or classes beyond the limit, make
	// that necessary.
	epoch, limit int
	// version grows when an object changes that selectors or namespaces of plans come from.
	version uint64
}

// group is a set of pods: those that matches takes or, for a term, those that have it.
type group struct {
	matches func(*model.Pod) bool
	living  bool // terminating pods do not count
	tallies []*tally
	byNode  *tally        // the one of tallies that counts by node, once it is worth having
	classes []*labelClass // those whose pods it takes

	kind   termKind
	term   *model.PodAffinityTerm
	owner  *model.Pod // a pod of the namespace that the term is from
	weight int64
}

// refresh takes in pods that came and went, and nodes that changed, before the list of nodes does.
func (d *domains) refresh(j *cache.Journal) {
	if !d.on {
		return
	}
	if j.Lost {
		d.recount()
	} else {
		for i := range j.Pods {
			if c := &j.Pods[i]; int(c.Index) < len(d.nodes) && d.nodes[c.Index] != nil {
				d.count(c.Pod, c.Index, c.By)
			}
		}
	}
	for _, c := range j.Changes {
		if c.Object && d.moved(c.Index) {
			d.member(c.Index, -1)
			d.place(c.Index)
			d.member(c.Index, 1)
		}
	}
}

// relist takes in a new list of nodes.
func (d *domains) relist(old, new []*framework.NodeInfo, indexes int) {
	if !d.on {
		return
	}
	for len(d.nodes) < indexes {
		d.nodes = append(d.nodes, nil)
	}
	for _, c := range d.allColumns {
		c.grow(indexes)
	}
	for _, n := range d.included {
		n.in = append(n.in, make([]bool, max(0, indexes-len(n.in)))...)
	}
	here := make([]bool, indexes)
	for _, n := range new {
		here[n.Index] = true
	}
	for _, n := range old {
		if !here[n.Index] {
			d.member(int32(n.Index), -1)
			d.nodes[n.Index] = nil
		}
	}
	for _, n := range new {
		if d.nodes[n.Index] == nil {
			d.nodes[n.Index] = n
			d.place(int32(n.Index))
			d.member(int32(n.Index), 1)
		}
	}
	for _, c := range d.allColumns {
		c.byRow(new)
	}
}

// moved says whether a changed node is in another domain, or otherwise included.
func (d *domains) moved(index int32) bool {
	n := d.nodes[index]
	for _, c := range d.allColumns {
		if c.domain(n) != c.of[index] {
			return true
		}
	}
	for _, i := range d.included {
		if i.includes(n.Node) != i.in[index] {
			return true
		}
	}
	return false
}

// place notes which domains a node is in.
func (d *domains) place(index int32) {
	n := d.nodes[index]
	row := d.f.rowOf
	for _, c := range d.allColumns {
		c.of[index] = c.domain(n)
		if int(index) < len(row) && row[index] >= 0 && int(row[index]) < len(c.rows) {
			if c.rows[row[index]] < 0 {
				c.missing--
			}
			if c.rows[row[index]] = c.of[index]; c.of[index] < 0 {
				c.missing++
			}
		}
	}
	for _, i := range d.included {
		i.in[index] = i.includes(n.Node)
	}
}

// member counts a node with its pods in or out of the domains it is in.
func (d *domains) member(index, by int32) {
	for _, c := range d.counted {
		c.member(index, by)
	}
	for _, p := range d.nodes[index].Pods {
		d.count(p, index, by)
	}
}

// count counts a pod in or out of the domains that its node is in.
func (d *domains) count(p *framework.PodInfo, index, by int32) {
	if d.classed {
		c := d.class(p)
		c.put(index, by, d.hosts.places)
		for _, g := range c.matched {
			for _, t := range g.tallies {
				t.count(index, by)
			}
		}
	}
	if p.HasPodAffinity {
		d.affine += int(by)
		for _, g := range d.owned(p) {
			for _, t := range g.tallies {
				t.count(index, by)
			}
		}
	}
}

// thin lets all groups go when there are too many counts or classes, most of them of pods that are gone: those that
// are needed come again.
func (d *domains) thin() {
	if d.limit = max(d.limit, minClasses); d.cells() <= maxCells && len(d.classList) <= d.limit {
		return
	}
	needed := 0
	for _, c := range d.classList {
		if c.placed > 0 {
			needed++
		}
	}
	d.limit = max(minClasses, 4*needed)
	d.letGo()
}

// letGo forgets all groups, and counts those of the terms that pods have anew.
func (d *domains) letGo() {
	d.epoch++
	d.all, d.terms, d.allColumns, d.included, d.counted, d.affine = nil, nil, nil, nil, nil, 0
	d.classList, d.general, d.classed = nil, nil, false
	clear(d.columns)
	clear(d.censuses)
	clear(d.inclusions)
	clear(d.groups)
	clear(d.classes)
	clear(d.labels)
	d.eachPlaced(func(p *framework.PodInfo, index int32) { d.count(p, index, 1) })
}

// recount counts all pods anew.
func (d *domains) recount() {
	for _, g := range d.all {
		for _, t := range g.tallies {
			clear(t.totals)
			t.sum = 0
		}
	}
	for _, c := range d.classList {
		c.placed, c.at = 0, nil
	}
	d.affine = 0
	d.eachPlaced(func(p *framework.PodInfo, index int32) { d.count(p, index, 1) })
}
