package scheduler

import (
	"maps"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// labelClass is pods of one namespace with the same labels.
type labelClass struct {
	pod   *model.Pod // one that has them
	epoch int
	// matched are the groups, of the first upTo, that take such pods; selecting the terms, of the first
	// termsUpTo, that select them as of the version.
	matched   []*group
	upTo      int
	selecting []*group
	termsUpTo int
	version   uint64
}

// maxLabelClasses is how many classes are remembered for pods to come.
const maxLabelClasses = 1 << 16

// class finds the class of a pod.
func (d *domains) class(p *framework.PodInfo) *labelClass {
	if c, ok := p.Memo.(*labelClass); ok && c.epoch == d.epoch {
		return c
	}
	d.key = plugins.AppendText(d.key[:0], p.Pod.Namespace)
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
		if len(d.classes) >= maxLabelClasses {
			clear(d.classes)
		}
		pod := &model.Pod{}
		pod.Namespace, pod.Labels = p.Pod.Namespace, p.Pod.Labels
		c = &labelClass{pod: pod, epoch: d.epoch}
		d.classes[string(d.key)] = c
	}
	p.Memo = c
	return c
}

// in lists the groups that take pods of the class.
func (c *labelClass) in(d *domains) []*group {
	for ; c.upTo < len(d.all); c.upTo++ {
		if g := d.all[c.upTo]; g.matches != nil && g.matches(c.pod) {
			c.matched = append(c.matched, g)
		}
	}
	return c.matched
}

// selectedBy lists the terms of pods that select pods of the class.
func (c *labelClass) selectedBy(d *domains) []*group {
	if c.version != d.version {
		c.version, c.termsUpTo, c.selecting = d.version, 0, c.selecting[:0]
	}
	var labels map[string]string
	if c.termsUpTo < len(d.terms) {
		if namespace := d.f.core.objects.Namespace(c.pod.Namespace); namespace != nil {
			labels = namespace.Labels
		}
	}
	for ; c.termsUpTo < len(d.terms); c.termsUpTo++ {
		if g := d.terms[c.termsUpTo]; plugins.TermSelects(g.term, g.owner, c.pod, labels) {
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

// group finds or makes the group of a key.
func (d *domains) group(key []byte, living bool, matches func(*model.Pod) bool) *group {
	g := d.groups[string(key)]
	if g == nil {
		g = &group{matches: matches, living: living}
		d.groups[string(key)] = g
		d.all = append(d.all, g)
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
	t := &tally{column: c, inclusion: i}
	t.fit()
	g.tallies = append(g.tallies, t)
	for index, n := range d.nodes {
		if n == nil {
			continue
		}
		t.member(int32(index), 1)
		for _, p := range n.Pods {
			if d.has(g, p) {
				t.count(int32(index), 1)
			}
		}
	}
	return t
}

// has says whether the group has the pod. A pod with a term twice counts twice in count, so terms never
// come here: their one tally is there before any pod is counted.
func (d *domains) has(g *group, p *framework.PodInfo) bool {
	return g.matches != nil && !(g.living && p.Pod.Deleting) && slices.Contains(d.class(p).in(d), g)
}
