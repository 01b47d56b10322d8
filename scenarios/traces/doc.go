// Package traces reads recorded workloads: nodes and pods of clusters that were, as arrivals of a run.
// A format is one file and one line in registry.go. Formats stream: a row is read when the run asks for
// it, so that memory does not grow with the trace; where a replay needs the whole list (shuffled, or by
// time when the list is not in order of time) it keeps one small record per row and says so here.
package traces
