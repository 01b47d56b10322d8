package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// maxGroups bounds the memory of groups: pods of further kinds are only counted.
const maxGroups = 1000

// group is pods of one owner that share a fate. Two stand for it: of those that are gone the one that
// waited longest, and of those still there the one created first, whose wait is known at the end.
type group struct {
	pods       int64
	gone, here *example
}

// example is one pod of a group.
type example struct {
	pod     string // namespace/name
	created sim.Time
	until   sim.Time // Never when the pod is still there
	tried   int32
	why     string
}

// waited is how long the pod has waited when the run ends.
func (e *example) waited(end sim.Time) time.Duration { return min(e.until, end).Sub(e.created) }

// add lets a pod stand for the group when it waited longer than the one that does.
func (g *group) add(e *example) {
	g.pods++
	switch {
	case e.until == sim.Never:
		if g.here == nil || e.created < g.here.created {
			g.here = e
		}
	case g.gone == nil || e.waited(e.until) > g.gone.waited(g.gone.until):
		g.gone = e
	}
}

// longest is the pod that stands for the group when the run ends.
func (g *group) longest(end sim.Time) *example {
	if g.here == nil || g.gone != nil && g.gone.waited(end) > g.here.waited(end) {
		return g.gone
	}
	return g.here
}

// groups gathers pods by a key.
type groups struct {
	list  []*group // in the order in which the first pod of each came
	byKey map[string]*group
	pods  int64 // also those of further groups than there may be
}

// add takes in a pod.
func (g *groups) add(key string, r *record.PodRow, why string) {
	g.pods++
	found, ok := g.byKey[key]
	if !ok {
		if len(g.list) == maxGroups {
			return
		}
		if g.byKey == nil {
			g.byKey = map[string]*group{}
		}
		found = new(group)
		g.byKey[key] = found
		g.list = append(g.list, found)
	}
	found.add(&example{podName(r), r.Created, r.Ended, r.Attempts, why})
}

// top returns the groups with most pods, at most n, and how many pods are in none of them.
func (g *groups) top(n int) (list []*group, left int64) {
	list = slices.Clone(g.list)
	slices.SortStableFunc(list, func(a, b *group) int { return cmp.Compare(b.pods, a.pods) })
	list = list[:min(n, len(list))]
	left = g.pods
	for _, shown := range list {
		left -= shown.pods
	}
	return list, left
}

// fate is the key of pods of one owner with one message. Numbers in the message, and with them the
// order of its parts, change as the cluster does: they make no difference.
func fate(r *record.PodRow, message string) string {
	letters := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, message)
	parts := strings.FieldsFunc(letters, func(c rune) bool { return c == ',' || c == ':' || c == '.' })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	slices.Sort(parts)
	return r.Namespace + "\x00" + r.OwnerKind + "\x00" + r.OwnerName + "\x00" + strings.Join(slices.Compact(parts), ",")
}

func podName(r *record.PodRow) string {
	if r.Namespace == "" {
		return r.Name
	}
	return r.Namespace + "/" + r.Name
}
