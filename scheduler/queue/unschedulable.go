package queue

import "towtank.dev/towtank/sim"

// unschedulablePods holds the unschedulable and the gated pods, grouped by what could help them, so
// that an event need not look at pods that nobody interested in it has rejected.
type unschedulablePods struct {
	index  map[groupKey]*group
	groups []*group // in the order of first use
	due    heap     // when they have waited for too long
	gated  int
	// entries counts on with every pod that comes.
	entries uint64
	// cursors are the next pods of the walk under way, by group; last is the last pod that belongs to it.
	cursors []*Item
	last    uint64
}

// groupKey is all that decides, before hints are asked, whether an event concerns a pod.
type groupKey struct {
	profile   int
	rejectors plugins
	gating    plugins
}

type group struct {
	groupKey
	pods list
}

func (u *unschedulablePods) len() int { return u.due.len() }

// add takes a pod in; its due time must be set.
func (u *unschedulablePods) add(i *Item) {
	key := groupKey{i.profile, i.rejectors(), i.gating}
	g := u.index[key]
	if g == nil {
		g = &group{groupKey: key}
		u.index[key] = g
		u.groups = append(u.groups, g)
	}
	u.entries++
	i.entered, i.group = u.entries, g
	g.pods.append(i)
	u.due.push(i)
	if i.gating != 0 {
		u.gated++
	}
}

// remove takes a pod out. What the item says of its rejectors must be as it was when it was added.
func (u *unschedulablePods) remove(i *Item) {
	i.group.pods.remove(i)
	if i.group.gating != 0 {
		u.gated--
	}
	i.group = nil
	u.due.remove(i)
}

// start begins a walk over the pods that an event may help, in the order in which they came, and is the
// first of them. all asks also for those that nobody interested has rejected. Pods may be taken out and
// put back on the way, but no second walk begun.
func (u *unschedulablePods) start(in *interest, wildcard, all bool) *Item {
	u.cursors, u.last = u.cursors[:0], u.entries
	for _, g := range u.groups {
		if g.pods.length > 0 && (wildcard || g.concernedBy(in, all)) {
			u.cursors = append(u.cursors, g.pods.head)
		}
	}
	return u.following()
}

// following is the next pod of the walk, nil at its end.
func (u *unschedulablePods) following() *Item {
	first := -1
	for n, i := range u.cursors {
		if i != nil && (first < 0 || i.entered < u.cursors[first].entered) {
			first = n
		}
	}
	if first < 0 {
		return nil
	}
	i := u.cursors[first]
	u.cursors[first] = i.next
	if i.next != nil && i.next.entered > u.last {
		u.cursors[first] = nil // It came back during the walk.
	}
	return i
}

// concernedBy says whether an event may concern the group's pods. Gated pods are looked at only when
// the plugin that gates them is interested.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go moveEntitiesToActiveOrBackoffQueue.
func (g *group) concernedBy(in *interest, all bool) bool {
	if g.gating != 0 && g.gating&in.gates == 0 {
		return false
	}
	return all || g.profile < 0 || g.rejectors == 0 || g.rejectors&in.masks[g.profile] != 0
}

// toUnschedulable puts the item among the unschedulable or gated pods.
func (q *Queue) toUnschedulable(now sim.Time, i *Item) {
	i.place = Unschedulable
	if i.gating != 0 {
		i.place = Gated
	}
	i.due = q.dueAt(now, i)
	q.unschedulable.add(i)
	q.watch(i)
}

// dueAt is the first check after now that finds the pod to have waited for too long.
// Source: kubernetes v1.37.2 pkg/scheduler/backend/queue/scheduling_queue.go flushUnschedulableEntitiesLeftover.
func (q *Queue) dueAt(now sim.Time, i *Item) sim.Time {
	last := max(i.Timestamp, i.flushed)
	after := max(last.Add(q.options.MaxUnschedulable), now)
	return after.TruncateFrom(q.options.Started, leftoverPeriod).Add(leftoverPeriod)
}
