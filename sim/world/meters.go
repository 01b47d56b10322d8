package world

import (
	"towtank.dev/towtank/sim/pressure"
	"towtank.dev/towtank/sim/usage"
)

// newBook writes down what runs, for autoscalers.
func (w *world) newBook() *usage.Book {
	return usage.New(w.cfg.Seed, w.api, w.kubelets, usage.Options{Clock: clock(w.cfg.Start), Load: w.requests(),
		Series: w.cfg.Metrics, Note: w.notes.add})
}

// measure has kubelets tell what runs to the book, and by it to who looks after nodes that are short of something.
func (w *world) measure(book *usage.Book, short *pressure.Manager) {
	w.kubelets.Measure(book.Over(short))
	w.changing(short.Changing)
	w.changing(book.Changing)
}
