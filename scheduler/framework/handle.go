package framework

import "time"

// Handle is what a plugin may keep when it is made: the vocabulary its scheduler uses, the view of the
// cluster that scheduling cycles read, and the cluster's other objects.
type Handle struct {
	Vocabulary *Vocabulary
	Snapshot   *Snapshot
	Objects    Objects
	// Seed is for what a plugin draws, from streams that it names.
	Seed uint64
	// EveryCandidate has preemption work out every node, and draw nothing.
	EveryCandidate bool
	// WallOffset is the fraction of a second that the wall clock shows at instant 0.
	WallOffset time.Duration
}
