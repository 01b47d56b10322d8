package framework

// Handle is what a plugin may keep when it is made: the vocabulary its scheduler uses, and the view of
// the cluster that scheduling cycles read.
type Handle struct {
	Vocabulary *Vocabulary
	Snapshot   *Snapshot
}
