package scheduler

import (
	"maps"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// labelClass is pods of one namespace with the same labels, terminating ones apart from the others.
type labelClass struct {
	namespace string
	labels    map[string]string
	deleting  bool
	number    int
	epoch     int
	// matched are the groups that take such pods; selecting the terms, of the first termsUpTo, that select them
	// as of the version.
	matched   []*group
	selecting []*group
	termsUpTo int
	version   uint64
	// placed is how many such pods are on listed nodes, at the nodes' indexes, in no order, while they are few.
	placed int
	at     []int32
}

// minClasses is how many classes are kept in any case, maxPlaces up to how many pods a class knows the nodes of.
const minClasses, maxPlaces = 1 << 18, 1 << 12

// class finds the class of a pod.
func (d *domains) class(p *framework.PodInfo) *labelClass {
	if c, ok := p.Memo.(*labelClass); ok && c.epoch == d.epoch && c.deleting == p.Pod.Deleting {
		return c
	}
	d.key = append(d.key[:0], 'L')
	if p.Pod.Deleting {
		d.key[0] = 'D'
	}
	d.key = plugins.AppendText(d.key, p.Pod.Namespace)
	if len(p.Pod.Labels) == 1 {
		for name, value := range p.Pod.Labels {
			d.key = plugins.AppendText(plugins.AppendText(d.key, name), value)
		}
	} else {
		for _, name := range slices.Sorted(maps.Keys(p.Pod.Labels)) {
			d.key = plugins.AppendText(plugins.AppendText(d.key, name), p.Pod.Labels[name])
		}
	}
	c := d.classes[string(d.key)]
	if c == nil {
		c = d.newClass(p.Pod)
		d.classes[string(d.key)] = c
	}
	p.Memo = c
	return c
}

// newClass makes a class, and has it take part in the groups there are.
func (d *domains) newClass(p *model.Pod) *labelClass {
	c := &labelClass{namespace: p.Namespace, labels: p.Labels, deleting: p.Deleting, number: len(d.classList), epoch: d.epoch}
	d.classList = append(d.classList, c)
	for _, g := range d.general {
		d.join(c, g)
	}
	for name, value := range p.Labels {
		l := d.label(name, value)
		l.classes = append(l.classes, c)
		for _, g := range l.groups {
			d.join(c, g)
		}
	}
	return c
}

// join has a group that takes such pods know the class, and the class the group.
func (d *domains) join(c *labelClass, g *group) {
	if g.living && c.deleting || !g.matches(d.like(c)) {
		return
	}
	c.matched = append(c.matched, g)
	g.classes = append(g.classes, c)
}

// like is a pod of a class, as far as selectors see it, until the next is asked for.
func (d *domains) like(c *labelClass) *model.Pod {
	d.pod.Namespace, d.pod.Labels, d.pod.Deleting = c.namespace, c.labels, c.deleting
	return &d.pod
}

// put counts a pod of the class on a node in or out.
func (c *labelClass) put(index, by int32) {
	c.placed += int(by)
	switch {
	case c.placed > maxPlaces:
		c.at = nil
	case by > 0 && len(c.at) == c.placed-1:
		c.at = append(c.at, index)
	case by < 0 && len(c.at) == c.placed+1:
		i := slices.Index(c.at, index)
		c.at[i] = c.at[c.placed]
		c.at = c.at[:c.placed]
	}
}

// label is who has to do with one label: the classes that have it, the groups all of whose pods have it.
type label struct {
	classes []*labelClass
	groups  []*group
}

func (d *domains) label(name, value string) *label {
	d.text = plugins.AppendText(plugins.AppendText(d.text[:0], name), value)
	l := d.labels[string(d.text)]
	if l == nil {
		l = &label{}
		d.labels[string(d.text)] = l
	}
	return l
}

// rarest is, of the labels that a selector requires, the one that the fewest classes have; nil if it requires none.
func (d *domains) rarest(s *model.Selector) *label {
	var rarest *label
	for i := range s.Requirements {
		if r := &s.Requirements[i]; r.Operator == model.OpIn && len(r.Values) == 1 {
			if l := d.label(r.Key, r.Values[0]); rarest == nil || len(l.classes) < len(rarest.classes) {
				rarest = l
			}
		}
	}
	return rarest
}

// selectedBy lists the terms of pods that select pods of the class.
func (c *labelClass) selectedBy(d *domains) []*group {
	if c.version != d.version {
		c.version, c.termsUpTo, c.selecting = d.version, 0, c.selecting[:0]
	}
	var labels map[string]string
	if c.termsUpTo < len(d.terms) {
		if namespace := d.f.core.objects.Namespace(c.namespace); namespace != nil {
			labels = namespace.Labels
		}
	}
	for ; c.termsUpTo < len(d.terms); c.termsUpTo++ {
		if g := d.terms[c.termsUpTo]; plugins.TermSelects(g.term, g.owner, d.like(c), labels) {
			c.selecting = append(c.selecting, g)
		}
	}
	return c.selecting
}

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
		d.eachPlaced(func(p *framework.PodInfo, index int32) { d.class(p).put(index, 1) })
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
	for _, c := range g.classes {
		if len(c.at) == c.placed {
			for _, index := range c.at {
				t.count(index, 1)
			}
			continue
		}
		d.eachPlaced(func(p *framework.PodInfo, index int32) {
			if d.class(p) == c {
				t.count(index, 1)
			}
		})
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
