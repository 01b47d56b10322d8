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
	// lost marks those of a group that do not know where their pods are, while the group is counted.
	lost bool
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
func (c *labelClass) put(index, by int32, most int) {
	c.placed += int(by)
	switch {
	case c.placed > most:
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
