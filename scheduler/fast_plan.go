package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// The forms that plugins going by domains take here.
type (
	spreader interface {
		framework.Plugin
		framework.Idler
		SpreadForm(*framework.PodInfo) (plugins.SpreadForm, bool)
	}
	affine interface {
		framework.Plugin
		AffinityForm(*framework.PodInfo) (plugins.AffinityForm, bool)
	}
)

// domainPlan is what the plugins that go by domains do for pods of one spec and class.
type domainPlan struct {
	// unusable says that a plugin cannot use the pod's terms, or not as counted here.
	unusable    bool
	program     *program
	class       *labelClass
	owner       string
	version     uint64 // of the objects it was made from
	terms       int    // how many terms of pods there were
	filters     []domainFilter
	self        bool // pods may be the first that their own required terms select
	soft        []softConstraint
	softColumns []*column // nodes must have these labels to be scored
	loose       []*column // nodes may lack these
	weights     []domainWeight
}

// domainFilter is a condition on the domain of a node.
type domainFilter struct {
	kind  domainCondition
	tally *tally
	// maxSkew and minDomains are of a spread constraint; self counts the pod itself.
	maxSkew, self int64
	minDomains    int
}

type domainCondition uint8

const (
	spreadSkew   domainCondition = iota // not ahead of the emptiest domain by too much
	mustHave                            // pods of the group are there
	mustNotHave                         // none are; a node outside of all domains passes
	mustBeDomain                        // the node is in a domain
)

// softConstraint is a spread constraint that scores.
type softConstraint struct {
	tally   *tally
	host    bool   // counted on the node alone
	group   *group // where host; there is no tally then
	maxSkew int64
	column  *column // of the topology key, also where host
	// totals are the counts of a cycle by domain, domains that of each row; where host nodes are domains.
	totals, domains []int32
}

// domainWeight is what each pod of a group adds to the score of its domain.
type domainWeight struct {
	tally  *tally
	weight int64
}

// maxPlans is how many plans a spec keeps.
const maxPlans = 4

// plan finds or makes the plan for a pod.
func (d *domains) plan(pr *program, p *framework.PodInfo) *domainPlan {
	class, owner := d.class(p), ownerOf(p)
	m := d.memoOf(p.SpecInfo)
	for i, plan := range m.plans {
		if plan.class == class && plan.owner == owner && plan.program == pr {
			if plan.version != d.version || plan.terms != len(d.terms) {
				plan = d.newPlan(pr, p, class, owner)
				m.plans[i] = plan
			}
			return plan
		}
	}
	plan := d.newPlan(pr, p, class, owner)
	if len(m.plans) < maxPlans {
		m.plans = append(m.plans, plan)
	} else {
		m.plans[class.number%maxPlans] = plan
	}
	return plan
}

// usable says whether the counts here can stand for the plugins' own. Upstream takes nodes without a
// label and those where it is empty for one domain.
func (plan *domainPlan) usable() bool {
	for _, c := range plan.loose {
		if _, empty := c.ids[""]; empty {
			return false
		}
	}
	return !plan.unusable
}

// ownerOf names the pod's controller where default constraints may come from it.
func ownerOf(p *framework.PodInfo) string {
	if len(p.SpreadTerms) == 0 {
		if c := p.Pod.Controller(); c != nil {
			return c.APIVersion + "/" + c.Kind + "/" + c.Name
		}
	}
	return ""
}

// newPlan makes a plan.
func (d *domains) newPlan(pr *program, p *framework.PodInfo, class *labelClass, owner string) *domainPlan {
	plan := &domainPlan{program: pr, class: class, owner: owner, version: d.version}
	if pr.spread != nil {
		form, ok := pr.spread.SpreadForm(p)
		if plan.unusable = plan.unusable || !ok; !ok {
			return plan
		}
		if pr.spreadFilters {
			plan.addHard(d, p, form.Hard)
		}
		if pr.spreadWeight > 0 {
			plan.addSoft(d, p, &form)
		}
	}
	if pr.affinity != nil {
		form, ok := pr.affinity.AffinityForm(p)
		if plan.unusable = plan.unusable || !ok; !ok {
			return plan
		}
		plan.addAffinity(d, p, &form)
	}
	plan.terms = len(d.terms)
	return plan
}

func (plan *domainPlan) addHard(d *domains, p *framework.PodInfo, hard []plugins.SpreadConstraint) {
	for i := range hard {
		c := &hard[i]
		f := domainFilter{kind: spreadSkew, tally: d.spreadTally(p, c, hard, c.TopologyKey), maxSkew: c.MaxSkew, minDomains: c.MinDomains}
		if c.Self {
			f.self = 1
		}
		plan.filters = append(plan.filters, f)
	}
}

func (plan *domainPlan) addSoft(d *domains, p *framework.PodInfo, form *plugins.SpreadForm) {
	required := form.Soft
	if !form.RequireAll {
		required = nil
	}
	for i := range form.Soft {
		c := &form.Soft[i]
		s := softConstraint{maxSkew: c.MaxSkew, column: d.column(c.TopologyKey), host: c.TopologyKey == model.LabelHostname}
		if s.host {
			s.group = d.spreadGroup(p, c)
		} else {
			s.tally = d.spreadTally(p, c, required, c.TopologyKey)
			if !form.RequireAll {
				plan.loose = append(plan.loose, s.column)
			}
		}
		plan.soft = append(plan.soft, s)
		if form.RequireAll {
			plan.softColumns = append(plan.softColumns, s.column)
		}
	}
}

// spreadGroup is the group of the pods that a constraint counts.
func (d *domains) spreadGroup(p *framework.PodInfo, c *plugins.SpreadConstraint) *group {
	d.key = plugins.AppendSelector(plugins.AppendText(append(d.key[:0], 'S'), p.Pod.Namespace), c.Selector)
	namespace, selector := p.Pod.Namespace, c.Selector
	return d.group(d.key, true, selector, func(pod *model.Pod) bool {
		return !selector.Empty() && pod.Namespace == namespace && selector.Matches(pod.Labels)
	})
}

// spreadTally counts by domain on nodes that have the keys of all constraints and are included.
func (d *domains) spreadTally(p *framework.PodInfo, c *plugins.SpreadConstraint, all []plugins.SpreadConstraint, key string) *tally {
	g, col := d.spreadGroup(p, c), d.column(key)
	var keys []string
	d.key = d.key[:0]
	for i := range all {
		// The constraint's own key is there where its column has a domain.
		if k := all[i].TopologyKey; k != key {
			keys = append(keys, k)
			d.key = plugins.AppendText(append(d.key, 'k'), k)
		}
	}
	d.key = c.AppendInclusion(d.key, p.SpecInfo)
	spec, constraint := p.SpecInfo, *c
	return d.tally(g, col, d.inclusion(d.key, func(node *model.Node) bool {
		for _, k := range keys {
			if _, ok := node.Labels[k]; !ok {
				return false
			}
		}
		return constraint.Includes(spec, node)
	}))
}

func (plan *domainPlan) addAffinity(d *domains, p *framework.PodInfo, form *plugins.AffinityForm) {
	pr := plan.program
	if pr.affinityFilters {
		plan.self = form.Self
		if len(form.Required) > 0 {
			g := d.termsGroup('R', form.Required)
			for i := range form.Required {
				plan.filters = append(plan.filters, domainFilter{kind: mustHave, tally: d.tally(g, d.column(form.Required[i].TopologyKey), nil)})
			}
		}
		for i := range form.Anti {
			plan.filters = append(plan.filters, domainFilter{kind: mustNotHave, tally: d.ownTally(form.Anti[i : i+1])})
		}
	}
	scores := pr.affinityWeight > 0 && !form.Unscored
	if scores {
		for i := range form.Scored {
			plan.weigh(d.ownTally(form.Scored[i:i+1]), form.Scored[i].Weight)
		}
	}
	for _, g := range plan.class.selectedBy(d) {
		switch {
		case g.kind == requiredAntiTerm:
			if pr.affinityFilters {
				plan.filters = append(plan.filters, domainFilter{kind: mustNotHave, tally: g.tallies[0]})
			}
		case !scores:
		case g.kind == requiredTerm:
			plan.weigh(g.tallies[0], form.HardWeight)
		default:
			plan.weigh(g.tallies[0], g.weight)
		}
	}
}

func (plan *domainPlan) weigh(t *tally, weight int64) {
	if weight != 0 {
		plan.weights = append(plan.weights, domainWeight{t, weight})
	}
}

// ownTally counts the pods that one term of the pod's own selects.
func (d *domains) ownTally(term []plugins.AffinityTerm) *tally {
	return d.tally(d.termsGroup('O', term), d.column(term[0].TopologyKey), nil)
}

// termsGroup is the group of the pods that all the terms select.
func (d *domains) termsGroup(kind byte, terms []plugins.AffinityTerm) *group {
	d.key = append(d.key[:0], kind)
	for i := range terms {
		d.key = terms[i].AppendKey(d.key)
	}
	return d.group(d.key, false, terms[0].Selector(), func(pod *model.Pod) bool {
		for i := range terms {
			if !terms[i].Selects(pod) {
				return false
			}
		}
		return true
	})
}
