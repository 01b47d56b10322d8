package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// termKind is which list of a pod's affinity a term stands in.
type termKind byte

const (
	noTerm termKind = iota
	requiredTerm
	requiredAntiTerm
	preferredTerm
	preferredAntiTerm
)

// specMemo is what the runtime notes down with a spec.
type specMemo struct {
	answers *answers
	epoch   int // of owned and plans
	owned   []ownedTerms
	plans   []*domainPlan
}

// ownedTerms are the term groups that pods of the spec in a namespace belong to, one entry for each term.
type ownedTerms struct {
	namespace string
	groups    []*group
}

// memoSlab is how many memos are made at a time.
const memoSlab = 128

// memoOf finds or makes the memo of a spec.
func (f *fast) memoOf(spec *framework.SpecInfo) *specMemo {
	m, ok := spec.Memo.(*specMemo)
	if !ok {
		if len(f.memos) == 0 {
			f.memos = make([]specMemo, memoSlab)
		}
		m = &f.memos[0]
		f.memos = f.memos[1:]
		spec.Memo = m
	}
	return m
}

// memoOf is the memo of a spec, without what has been let go.
func (d *domains) memoOf(spec *framework.SpecInfo) *specMemo {
	m := d.f.memoOf(spec)
	if m.epoch != d.epoch {
		m.epoch, m.owned, m.plans = d.epoch, nil, nil
	}
	return m
}

// owned lists the term groups that a pod with affinity belongs to.
func (d *domains) owned(p *framework.PodInfo) []*group {
	m := d.memoOf(p.SpecInfo)
	for i := range m.owned {
		if m.owned[i].namespace == p.Pod.Namespace {
			return m.owned[i].groups
		}
	}
	o := ownedTerms{namespace: p.Pod.Namespace}
	t := &p.Terms
	for i := range t.Required {
		o.groups = append(o.groups, d.termGroup(requiredTerm, &t.Required[i], 0, p.Pod))
	}
	for i := range t.AntiRequired {
		o.groups = append(o.groups, d.termGroup(requiredAntiTerm, &t.AntiRequired[i], 0, p.Pod))
	}
	for i := range t.Preferred {
		o.groups = append(o.groups, d.termGroup(preferredTerm, &t.Preferred[i].Term, int64(t.Preferred[i].Weight), p.Pod))
	}
	for i := range t.AntiPreferred {
		o.groups = append(o.groups, d.termGroup(preferredAntiTerm, &t.AntiPreferred[i].Term, -int64(t.AntiPreferred[i].Weight), p.Pod))
	}
	m.owned = append(m.owned, o)
	return o.groups
}

// termGroup finds or makes the group of the pods that have a term. The namespace of the pod counts
// where the term leaves it at that.
func (d *domains) termGroup(kind termKind, t *model.PodAffinityTerm, weight int64, pod *model.Pod) *group {
	key := plugins.AppendNumber(append(d.key[:0], 'T', byte(kind)), weight)
	if len(t.Namespaces) == 0 && t.NamespaceSelector == nil {
		key = plugins.AppendText(key, pod.Namespace)
	}
	d.key = plugins.AppendTermKey(key, t)
	if g := d.groups[string(d.key)]; g != nil {
		return g
	}
	owner := &model.Pod{}
	owner.Namespace = pod.Namespace
	g := &group{kind: kind, term: t, owner: owner, weight: weight}
	d.groups[string(d.key)] = g
	d.all, d.terms = append(d.all, g), append(d.terms, g)
	d.tally(g, d.column(t.TopologyKey), nil)
	return g
}
