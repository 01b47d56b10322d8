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
	// garbageSmall is how much may lie around beside a small heap, up to mostPercent of it: objects that are
	// written anew with every change are most of what a run makes, and none of them lives long.
	garbageSmall, mostPercent = 320 << 20, 800
)

// garbagePercent is how much garbage may lie around, in percent of so many bytes in use: 320 MiB, but no more than eight
// times what is in use, or all of Go's 100 % up to 438 MiB, then 384 MiB and an eighth of what is in use.
func garbagePercent(inUse uint64) int {
	if inUse == 0 {
		return mostPercent
	}
	most := min(mostPercent, max(usualPercent, garbageSmall*100/inUse))
	return int(min(most, (garbageAlways+inUse/garbageShare)*100/inUse))
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
