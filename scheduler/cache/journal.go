package cache

import "towtank.dev/towtank/scheduler/framework"

// Change is a node that is not as it was at the last Refresh.
type Change struct {
	// Index is the node's index.
	Index int32
	// Object says that labels, taints, images or what else the node's object says may differ, not only
	// the pods on it.
	Object bool
}

// PodChange is a pod counted in (By 1) or out (By -1) on the node of an index.
type PodChange struct {
	Pod   *framework.PodInfo
	Index int32
	By    int32
}

// Journal is what has happened since somebody last looked, for those who keep answers.
type Journal struct {
	// Lists counts how often the list of nodes was made anew. After that nothing kept by a node's place in
	// the list holds any longer.
	Lists uint64
	// Changes are the listed nodes that have changed, in order of change, each once for each Refresh.
	Changes []Change
	// Pods are all pods counted in and out, also on nodes that are not listed. Lost says that there were
	// too many to note down: then Pods is not complete.
	Pods []PodChange
	Lost bool

	on bool
}

// Keep makes the cache keep a journal from now on. The reader empties Changes and Pods, and
// clears Lost.
func (c *Cache) Keep() *Journal {
	c.journal.on = true
	return &c.journal
}

// note takes down a listed node that has changed.
func (j *Journal) note(it *item, object bool) {
	if j.on {
		j.Changes = append(j.Changes, Change{int32(it.info.Index), object})
	}
}

// maxJournalPods is how many pods are noted down for a reader that does not come.
const maxJournalPods = 1 << 18

// notePod takes down a pod counted in or out.
func (j *Journal) notePod(it *item, pod *framework.PodInfo, by int32) {
	if len(j.Pods) == maxJournalPods {
		clear(j.Pods)
		j.Pods, j.Lost = j.Pods[:0], true
	}
	if j.on {
		j.Pods = append(j.Pods, PodChange{pod, int32(it.info.Index), by})
	}
}
