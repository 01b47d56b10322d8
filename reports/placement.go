package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Placement is what became of the pending pods of a snapshot, each tried once.
type Placement struct {
	Snapshot string // as it was named
	Nodes    int
	Pods     []PlacedPod // in the order in which they were tried
}

// PlacedPod is what became of one pod.
type PlacedPod struct {
	Pod string // namespace/name
	// Kin is what the pod shares with others of its sort, such as its owner.
	Kin string
	// Result is scheduled, unschedulable, error, gated or skipped.
	Result  string
	Node    string // "" unless scheduled
	Message string
	// Decision is the last attempt; nil when it was not kept.
	Decision *Decision
	// Victims were evicted to make room.
	Victims []string
}

// listed is how many placed pods get a line each; more are told by their kin.
const listed = 40

// Detailed says whether so many pending pods are told one by one, with what decided for each.
func Detailed(pods int) bool { return pods <= listed }

// Doc lays the placement out: pods without a place first.
func (p *Placement) Doc() *Doc {
	d := &Doc{Report: "placement", Title: p.Snapshot, Facts: []Part{
		{Key: "nodes", Value: Count(int64(p.Nodes)), After: plural(float64(p.Nodes), " node")},
		{Key: "pending", Value: Count(int64(len(p.Pods))), After: plural(float64(len(p.Pods)), " pending pod")},
	}}
	if len(p.Pods) == 0 {
		d.Alerts = append(d.Alerts, "No pod is pending: every pod is on a node or has ended.")
	}
	d.Sections = []Section{p.without(), p.evicted(), p.placed(), {Figures: []Figure{p.sums()}}}
	return d
}

// sums counts the pods by result.
func (p *Placement) sums() Figure {
	count := map[string]int64{}
	evicted := 0
	for i := range p.Pods {
		count[p.Pods[i].Result]++
		evicted += len(p.Pods[i].Victims)
	}
	f := Figure{Key: "pods", Label: "PODS", Parts: []Part{
		{Key: "scheduled", Before: "scheduled ", Value: Count(count["scheduled"])},
		{Key: "unschedulable", Before: "unschedulable ", Value: Count(count["unschedulable"])},
	}}
	for _, rare := range []string{"error", "gated", "skipped"} {
		f.Parts = append(f.Parts, Part{Key: rare, Before: rare + " ", Value: Count(count[rare]), Rare: true})
	}
	f.Parts = append(f.Parts, Part{Key: "evicted", Before: "evicted ", Value: Count(int64(evicted)), Rare: true})
	return f
}

// without tells of the pods that have no place, those of one kin and one message together.
func (p *Placement) without() Section {
	t := &Table{Columns: []Column{{Key: "pod", Head: "POD"}, {Key: "pods", Head: "PODS"}, {Key: "result", Head: "RESULT"}, {Key: "why", Head: "WHY", Wide: true}}}
	for _, g := range p.gather(func(pod *PlacedPod) (string, bool) {
		return pod.Result + "\x00" + letters(pod.Message), pod.Result != "scheduled"
	}) {
		first := g[0]
		t.Rows = append(t.Rows, []Value{Text(first.Pod), Count(int64(len(g))), Text(first.Result), Text(first.Message)})
	}
	if len(t.Rows) > 0 {
		t.More = "towtank explain POD tells why not, node by node."
	}
	return Section{Key: "not_placed", Title: "NOT PLACED", Table: t}
}

// letters is a message without its numbers, which differ between pods in the same straits.
func letters(message string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, message)
}

// gather groups the pods that are wanted by kin and key, the largest group first.
func (p *Placement) gather(key func(*PlacedPod) (string, bool)) [][]*PlacedPod {
	index := map[string]int{}
	var groups [][]*PlacedPod
	for i := range p.Pods {
		pod := &p.Pods[i]
		k, wanted := key(pod)
		if !wanted {
			continue
		}
		k = pod.Kin + "\x00" + k
		at, ok := index[k]
		if !ok {
			at = len(groups)
			index[k] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], pod)
	}
	slices.SortStableFunc(groups, func(a, b []*PlacedPod) int { return cmp.Compare(len(b), len(a)) })
	return groups
}

func (p *Placement) evicted() Section {
	t := &Table{Columns: []Column{{Key: "for", Head: "FOR"}, {Key: "node", Head: "NODE"}, {Key: "pods", Head: "PODS"}, {Key: "victims", Head: "EVICTED", Wide: true}}}
	for i := range p.Pods {
		if pod := &p.Pods[i]; len(pod.Victims) > 0 {
			t.Rows = append(t.Rows, []Value{Text(pod.Pod), Text(pod.Node), Count(int64(len(pod.Victims))), Text(some(pod.Victims, 5))})
		}
	}
	return Section{Key: "evicted", Title: "EVICTED", Table: t}
}

// placed tells where the others are: one by one, or by kin when they are many.
func (p *Placement) placed() Section {
	s := Section{Key: "placed", Title: "PLACED"}
	if !Detailed(len(p.Pods)) {
		s.Table = p.placedByKin()
		return s
	}
	s.Table = &Table{Columns: []Column{{Key: "pod", Head: "POD"}, {Key: "node", Head: "NODE"}, {Key: "fit", Head: "FIT"}, {Key: "decided", Head: "DECIDED BY", Wide: true}}}
	evictedFor := map[string]string{}
	for i := range p.Pods {
		for _, victim := range p.Pods[i].Victims {
			evictedFor[victim] = p.Pods[i].Pod
		}
	}
	for i := range p.Pods {
		pod := &p.Pods[i]
		if pod.Result != "scheduled" {
			continue
		}
		fit, decided := Absent(), ""
		if pod.Decision != nil {
			fit, decided = Count(int64(len(pod.Decision.Feasible))), pod.Decision.decided()
		}
		if by := evictedFor[pod.Pod]; by != "" {
			decided += "; evicted again for " + by
		}
		s.Table.Rows = append(s.Table.Rows, []Value{Text(pod.Pod), Text(pod.Node), fit, Text(decided)})
	}
	return s
}

func (p *Placement) placedByKin() *Table {
	t := &Table{Columns: []Column{{Key: "pod", Head: "POD"}, {Key: "pods", Head: "PODS"}, {Key: "on_nodes", Head: "ON NODES"}, {Key: "most", Head: "MOST ON ONE"}, {Key: "nodes", Head: "SUCH AS", Wide: true}}}
	groups := p.gather(func(pod *PlacedPod) (string, bool) { return "", pod.Result == "scheduled" })
	const shown = 30
	left := 0
	for i, g := range groups {
		if i >= shown {
			left += len(g)
			continue
		}
		on := map[string]int{}
		for _, pod := range g {
			on[pod.Node]++
		}
		names, most := fullest(on)
		t.Rows = append(t.Rows, []Value{Text(g[0].Pod), Count(int64(len(g))), Count(int64(len(on))), Count(int64(most)), Text(some(names, 3))})
	}
	if left > 0 {
		t.More = fmt.Sprintf("and %s more pods of other sorts: -o json has them all", Count(int64(left)))
	}
	return t
}

// fullest lists the names with the largest counts first, and the largest count.
func fullest(on map[string]int) (names []string, most int) {
	for name, n := range on {
		names = append(names, name)
		most = max(most, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(on[b], on[a]), cmp.Compare(a, b)) })
	return names, most
}
