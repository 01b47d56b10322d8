package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Filling is how many pods of a template found a place in a snapshot.
type Filling struct {
	Snapshot, Template string // as they were named
	Nodes              int
	// Wanted is how many were to be placed, 0 for as many as fit.
	Wanted, Placed int
	// Before are the snapshot's own pending pods, which came first, Unplaced those that found no place.
	Before, Unplaced int
	// On counts the template's pods on each node that has any; Order lists all nodes as they are searched.
	On    map[string]int
	Order []string
	// Result, Message and Stop tell of the first pod that found no place; "" and nil when all of them did.
	Result, Message string
	Stop            *Decision
	// Endless says that nothing would stop more pods.
	Endless bool
}

// Doc lays the filling out: the number first, then what stops the next pod, then where they are.
func (f *Filling) Doc() *Doc {
	d := &Doc{Report: "filling", Title: f.Snapshot, Facts: []Part{
		{Key: "template", Before: "pods of ", Value: Text(f.Template)},
		{Key: "nodes", Value: Count(int64(f.Nodes)), After: plural(float64(f.Nodes), " node")},
	}}
	if f.Endless {
		d.Alerts = append(d.Alerts, "Nothing stops more pods: the configuration has no plugin that counts what they request.")
	}
	d.Sections = []Section{{Figures: f.figures()}, f.stops(), f.levels()}
	return d
}

func (f *Filling) figures() []Figure {
	wanted := Absent()
	if f.Wanted > 0 {
		wanted = Count(int64(f.Wanted))
	}
	list := []Figure{{Key: "fit", Label: "FIT", Parts: []Part{
		{Key: "placed", Value: Count(int64(f.Placed))},
		{Key: "wanted", Before: "of ", Value: wanted, After: " pods", Rare: true},
		{Key: "on_nodes", Before: "on ", Value: Count(int64(len(f.On))), After: plural(float64(len(f.On)), " node")},
	}}}
	if f.Wanted == 0 {
		list[0].Parts[0].After = " pods"
	}
	list = append(list, Figure{Key: "before", Label: "BEFORE", Parts: []Part{
		{Key: "pending", Value: Count(int64(f.Before)), After: " pending pods of the snapshot were tried first,", Rare: true},
		{Key: "not_placed", Value: Count(int64(f.Unplaced)), After: " of them in vain", Rare: true},
	}})
	said := f.Message
	if f.Stop != nil {
		said = f.Stop.Result // the message stands below the reasons
	}
	stop := Figure{Key: "next", Label: "NEXT", Parts: []Part{{Key: "message", Value: Text(said)}}}
	if f.Stop != nil && len(f.Stop.Victims) > 0 {
		stop.Remark = fmt.Sprintf("it would evict %s on %s; pods that evict others are not counted", some(f.Stop.Victims, 3), f.Stop.Nominated)
	}
	return append(list, stop)
}

// stops says why the next pod fits nowhere.
func (f *Filling) stops() Section {
	if f.Stop == nil {
		return Section{Key: "reasons", Table: reasonTable(nil)}
	}
	t := reasonTable(f.Stop)
	t.More = f.Message
	return Section{Key: "reasons", Title: "WHY THE NEXT ONE DOES NOT FIT", Table: t}
}

// levelsShown bounds the rows of levels.
const levelsShown = 15

// levels groups the nodes by how many of the pods they got.
func (f *Filling) levels() Section {
	t := &Table{Columns: []Column{{Key: "pods_each", Head: "PODS EACH"}, {Key: "nodes", Head: "NODES"}, {Key: "pods", Head: "PODS"}, {Key: "such_as", Head: "SUCH AS", Wide: true}}}
	byCount := map[int][]string{}
	var counts []int
	for _, node := range f.Order {
		n := f.On[node]
		if byCount[n] == nil {
			counts = append(counts, n)
		}
		byCount[n] = append(byCount[n], node)
	}
	slices.SortFunc(counts, func(a, b int) int { return cmp.Compare(b, a) })
	for i, n := range counts {
		if i == levelsShown {
			t.More = fmt.Sprintf("and nodes with %d pods or fewer each", n)
			break
		}
		names := byCount[n]
		t.Rows = append(t.Rows, []Value{Count(int64(n)), Count(int64(len(names))), Count(int64(n * len(names))), Text(some(names, 3))})
	}
	return Section{Key: "where", Title: "WHERE THEY ARE", Table: t}
}

// reasonTable lists why nodes were rejected, each reason once.
func reasonTable(d *Decision) *Table {
	t := &Table{Columns: []Column{{Key: "nodes", Head: "NODES"}, {Key: "plugin", Head: "PLUGIN"}, {Key: "reason", Head: "REASON", Wide: true}, {Key: "such_as", Head: "SUCH AS"}}}
	if d == nil {
		return t
	}
	for _, r := range d.reasons() {
		t.Rows = append(t.Rows, []Value{Count(int64(len(r.nodes))), Text(r.plugin), Text(withClue(r.text, r.clue())), Text(examples(r.nodes))})
	}
	if left := d.Nodes - len(d.Rejected) - len(d.Feasible); d.Absent != nil && left > 0 {
		t.Rows = append(t.Rows, []Value{Count(int64(left)), Text(d.Absent.Plugin), Text(strings.Join(d.Absent.Reasons, ", ")), Text("all others")})
	}
	return t
}

// examples names one or two nodes.
func examples(names []string) string {
	if len(names) > 2 {
		return names[0] + ", " + names[1] + ", …"
	}
	return some(names, 2)
}
