package reports

import (
	"fmt"
	"math"
	"strings"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// How many groups of pods the tables of the summary show.
const (
	neverShown   = 10
	failedShown  = 5
	unreadyShown = 5
)

// Doc lays the summary out: what needs attention first, then the figures, then the rest.
func (s *Summary) Doc() *Doc {
	d := s.doc("summary")
	d.Sections = []Section{
		s.neverRanSection(),
		s.fateSection("failed", "FAILED", &s.failures, failedShown, "failed"),
		s.fateSection("not_ready", "NOT READY AT THE END", &s.notReady, unreadyShown, "were not ready"),
		{Figures: s.figures()},
		s.longestSection(),
		notesSection(s.footer.Notes),
	}
	return d
}

func (s *Summary) neverRanSection() Section {
	t := &Table{Columns: []Column{{Key: "pod", Head: "POD"}, {Key: "pods", Head: "PODS"}, {Key: "waited_seconds", Head: "WAITED"}, {Key: "attempts", Head: "ATTEMPTS"}, {Key: "why", Head: "WHY", Wide: true}}}
	list, left := s.never.top(neverShown)
	for _, g := range list {
		e := g.longest(s.footer.End)
		t.Rows = append(t.Rows, []Value{Text(e.pod), Count(g.pods), Span(e.waited(s.footer.End)), Count(int64(e.tried)), Text(e.why)})
	}
	t.More = more(left, "never ran")
	return Section{Key: "never_ran", Title: "NEVER RAN", Table: t}
}

// fateSection names pods that share a fate, and why they have it.
func (s *Summary) fateSection(key, title string, pods *groups, shown int, fate string) Section {
	t := &Table{Columns: []Column{{Key: "pod", Head: "POD"}, {Key: "pods", Head: "PODS"}, {Key: "why", Head: "WHY", Wide: true}}}
	list, left := pods.top(shown)
	for _, g := range list {
		e := g.longest(s.footer.End)
		t.Rows = append(t.Rows, []Value{Text(e.pod), Count(g.pods), Text(e.why)})
	}
	t.More = more(left, fate)
	return Section{Key: key, Title: title, Table: t}
}

// more says that pods were left out of a table.
func more(pods int64, fate string) string {
	if pods == 0 {
		return ""
	}
	noun := "pods"
	if pods == 1 {
		noun = "pod"
	}
	return fmt.Sprintf("and %s more %s that %s: see %s", Count(pods), noun, fate, record.PodsFile)
}

func (s *Summary) longestSection() Section {
	t := &Table{Columns: []Column{{Key: "pod", Head: "POD"}, {Key: "waited_seconds", Head: "WAITED"}, {Key: "attempts", Head: "ATTEMPTS"}, {Key: "why", Head: "WHY", Wide: true}}}
	for _, w := range s.longest {
		t.Rows = append(t.Rows, []Value{Text(w.pod), Span(w.waited), Count(int64(w.tried)), Text(w.why)})
	}
	return Section{Key: "longest_pending", Title: "LONGEST PENDING", Table: t}
}

func notesSection(notes []record.Note) Section {
	t := &Table{Columns: []Column{{Key: "count", Head: "COUNT"}, {Key: "text", Head: "NOTE", Wide: true}}, Headless: true}
	for _, n := range notes {
		t.Rows = append(t.Rows, []Value{Count(n.Count), Text(n.Text)})
	}
	return Section{Key: "notes", Title: "NOTES", Table: t}
}

func (s *Summary) figures() []Figure {
	figures := append([]Figure{s.podsFigure(), s.waitFigure(), s.attemptsFigure()}, s.lifeFigures()...)
	for i := range s.footer.Totals {
		if t := &s.footer.Totals[i]; t.Name != "pods" && (t.Allocatable > 0 || t.Requested > 0 || i < 2) {
			figures = append(figures, s.resourceFigure(t))
		}
	}
	return append(figures, s.nodesFigure(), s.usedFigure(), s.queueFigure())
}

func (s *Summary) podsFigure() Figure {
	return Figure{Key: "pods", Label: "PODS", Parts: []Part{
		{Key: "created", Before: "created ", Value: Count(s.Created)},
		{Key: "scheduled", Before: "scheduled ", Value: Count(s.Placed)},
		{Key: "finished", Before: "finished ", Value: Count(s.Succeeded + s.Failed)},
		{Key: "running", Before: "running ", Value: Count(s.Running)},
		{Key: "pending", Before: "pending ", Value: Count(s.Pending)},
		{Key: "failed", Before: "failed ", Value: Count(s.Failed), Rare: true},
		{Key: "deleted", Before: "deleted ", Value: Count(s.Deleted), Rare: true},
		{Key: "preempted", Before: "preempted ", Value: Count(s.Preempted), Rare: true},
		{Key: "restarts", Before: "restarts ", Value: Count(s.Restarts), Rare: true},
		{Key: "never_ran", Before: "never ran ", Value: Count(s.NeverRan), Rare: true},
		{Key: "bound_before", Before: "bound before ", Value: Count(s.Before), Rare: true},
	}}
}

func (s *Summary) waitFigure() Figure {
	remark := "created to scheduled"
	if s.Waits.Len() == 0 {
		remark = "created to scheduled: no pod was"
	}
	return Figure{Key: "wait", Label: "WAIT", Remark: remark, Parts: []Part{
		{Key: "p50_seconds", Before: "p50 ", Value: Number(s.Waits.Percentile(50), UnitSpan)},
		{Key: "p90_seconds", Before: "p90 ", Value: Number(s.Waits.Percentile(90), UnitSpan)},
		{Key: "p99_seconds", Before: "p99 ", Value: Number(s.Waits.Percentile(99), UnitSpan)},
		{Key: "max_seconds", Before: "max ", Value: Number(s.Waits.Percentile(100), UnitSpan)},
		{Key: "mean_seconds", Before: "mean ", Value: Number(s.Waits.Mean(), UnitSpan)},
	}}
}

func (s *Summary) attemptsFigure() Figure {
	return Figure{Key: "attempts", Label: "ATTEMPTS", Parts: []Part{
		{Key: "total", Value: Count(s.Attempts)},
		{Key: "failed", Before: "failed ", Value: Count(s.Rejected)},
		{Key: "per_pod", Value: Number(ratio(float64(s.Attempts), float64(s.Tried)), UnitNone), After: " a pod"},
	}}
}

// ratio is a/b, NaN when b is 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// resourceFigure reads as a sentence: requested 61.2 % of 240 cores on average, 88.0 % at most.
func (s *Summary) resourceFigure(t *record.ResourceTotal) Figure {
	unit := resourceUnit(t.Name)
	f := Figure{Key: t.Name, Label: t.Name, Parts: []Part{
		{Key: "mean_share", Before: "requested ", Value: Number(ratio(t.Requested, t.Allocatable), UnitShare)},
		{Key: "mean_allocatable" + suffix(unit), Before: "of ", Value: Number(ratio(t.Allocatable, s.footer.End.Seconds()), unit), After: " on average,"},
		{Key: "peak_share", Value: Number(t.PeakShare, UnitShare), After: " at most"},
		{Key: "peak", Before: "(t=", Value: Instant(t.PeakAt), After: ")"},
	}}
	if t.Name == "cpu" || t.Name == "memory" {
		f.Label = strings.ToUpper(t.Name)
	}
	return f
}

// resourceUnit is the unit of a resource of Kubernetes.
func resourceUnit(name string) Unit {
	switch {
	case name == "cpu":
		return UnitCores
	case name == "memory", name == "ephemeral-storage", strings.HasPrefix(name, "hugepages-"):
		return UnitBytes
	}
	return UnitNone
}

// suffix is what the key of a number with a unit ends in.
func suffix(unit Unit) string {
	if unit == UnitCores || unit == UnitBytes {
		return "_" + string(unit)
	}
	return ""
}

func (s *Summary) nodesFigure() Figure {
	n := s.footer.Nodes
	return Figure{Key: "nodes", Label: "NODES", Parts: []Part{
		{Key: "max", Value: Count(n.Max), After: " at most,"},
		{Key: "min", Value: Count(n.Min), After: " at least,"},
		{Key: "mean", Value: Number(n.Mean, UnitNone), After: " on average"},
	}}
}

func (s *Summary) usedFigure() Figure {
	return Figure{Key: "nodes_used", Label: "IN USE", Parts: []Part{
		{Key: "max", Value: Number(s.used(float64(s.footer.Used.Max)), UnitNone), After: plural(float64(s.footer.Used.Max), " node") + " at most,", Rare: true},
		{Key: "mean", Value: Number(s.used(s.footer.Used.Mean), UnitNone), After: " on average", Rare: true},
	}}
}

func (s *Summary) queueFigure() Figure {
	q := s.footer.Queue
	return Figure{Key: "queue", Label: "QUEUE", Parts: []Part{
		{Key: "max", Value: Count(q.Max), After: plural(float64(q.Max), " pod") + " at most,"},
		{Key: "mean", Value: Number(q.Mean, UnitNone), After: " on average"},
	}, Remark: "waiting to be scheduled"}
}

// makespan is from the first instant of the run to the last end of a pod, NaN when none ended.
func (s *Summary) makespan() float64 {
	if s.Last == sim.Never {
		return math.NaN()
	}
	return s.Last.Seconds()
}
