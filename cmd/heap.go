package cmd

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A cluster stands in memory for as long as a run goes on, and Go lets a heap grow to twice what is in use
// before it collects garbage. That is cheap while a heap is small; for a large one it would decide how
// large a cluster fits into a machine.
const (
	// garbageAlways is how much garbage may lie around beside any heap, in bytes.
	garbageAlways = 384 << 20
	// garbageShare is which part of what is in use may be added to that: one of so many.
	garbageShare = 8
	// usualPercent is Go's own: as much garbage as there is in use.
	usualPercent = 100
)

// garbagePercent is how much garbage may lie around, in percent of so many bytes in use: all of Go's 100 % up
// to 585 MiB, then 512 MiB and an eighth of what is in use.
func garbagePercent(inUse uint64) int {
	if inUse == 0 {
		return usualPercent
	}
	return int(min(usualPercent, (garbageAlways+inUse/garbageShare)*100/inUse))
}

// heapWatch is dropped anew for every collection, and so learns of it.
type heapWatch struct {
	samples []metrics.Sample
	percent int
}

// limitGarbage has garbage collected the more often the larger the heap is, for the rest of the process.
// Who has set GOGC or GOMEMLIMIT is left alone.
func limitGarbage() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	w := &heapWatch{samples: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, percent: usualPercent}
	runtime.SetFinalizer(w, (*heapWatch).collected)
}

// collected follows a collection with the limit for the next one.
func (w *heapWatch) collected() {
	metrics.Read(w.samples)
	if percent := garbagePercent(w.samples[0].Value.Uint64()); percent != w.percent {
		w.percent = percent
		debug.SetGCPercent(percent)
	}
	runtime.SetFinalizer(w, (*heapWatch).collected)
}
