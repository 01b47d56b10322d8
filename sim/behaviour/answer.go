package behaviour

import (
	"time"

	"towtank.dev/towtank/model"
)

// SetShare tells which part of the CPU that it wants the container gets now, from 0 (none) to 1 (all).
// Answers that depend on it change from now on: who has worked out future ones must ask again.
func (l *Life) SetShare(share float64) { l.share = share }

// Answer is how a call of the handler goes that begins so long after the container's start, and until when
// (since the start; Forever: always) a call would go the same way. While the container runs the answer is a
// function of time alone, and of SetShare.
func (l *Life) Answer(h *model.Handler, since time.Duration) (a Answer, until time.Duration) {
	return Answer{}, Forever
}
