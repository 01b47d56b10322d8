// Package bench measures how many pods a second the real scheduler's cycle decides and how many this
// project's does, on the same clusters and the same pods, and holds the decisions to each other.
package bench

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/oracle"
)

// Result is one row.
type Result struct {
	*Workload
	// Real and Towtank are pods per second; Taken is how many pods of the stream the real scheduler took
	// in its time, the towtank took all of them.
	Real, Towtank float64
	Taken, Stream int
	Parallelism   int32
	Allocations   float64
	// Equal is how many decisions were compared; all of them are equal.
	Equal int
}

// repeats is how often the towtank's stream is measured; the median counts.
const repeats = 3

// Measure measures one workload. The real scheduler gets the time once at parallelism 1 and once at
// 2; the better counts. A decision that differs is an error.
func Measure(w *Workload, slice time.Duration) (*Result, error) {
	text, err := w.Text()
	if err != nil {
		return nil, err
	}
	r := &Result{Workload: w}
	nodes, err := r.towtank(text)
	if err != nil {
		return nil, err
	}
	for _, parallelism := range []int32{1, 2} {
		chosen, rate, err := real(text, parallelism, slice)
		if err != nil {
			return nil, err
		}
		if rate > r.Real {
			r.Real, r.Parallelism, r.Taken = rate, parallelism, len(chosen)
		}
		// More than one worker makes the order of the nodes found a matter of chance.
		if parallelism == 1 && !w.Preempts {
			if err := equal(chosen, nodes); err != nil {
				return nil, err
			}
			r.Equal = len(chosen)
		}
	}
	if w.Preempts {
		r.Equal, err = withoutChance(text, int32(w.Percentage), slice)
	}
	return r, err
}

func (r *Result) towtank(text generate.Text) (nodes []string, err error) {
	objects, err := objectsOf(text)
	if err != nil {
		return nil, err
	}
	var times []time.Duration
	for range repeats {
		t, err := newTowtank(objects, int32(r.Percentage), r.Preempts, false)
		if err != nil {
			return nil, err
		}
		var took time.Duration
		nodes, took, r.Allocations = t.run()
		times = append(times, took)
	}
	slices.Sort(times)
	r.Stream = len(nodes)
	r.Towtank = float64(r.Stream) / times[repeats/2].Seconds()
	return nodes, nil
}

// real lets the real scheduler take pods until the time is over.
func real(text generate.Text, parallelism int32, slice time.Duration) (nodes []string, rate float64, err error) {
	s, err := oracle.NewStream(text, parallelism)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	runtime.GC()
	begin := time.Now()
	for _, pod := range s.Pods {
		node, err := s.Take(pod)
		if err != nil {
			return nil, 0, err
		}
		nodes = append(nodes, node)
		if time.Since(begin) > slice {
			break
		}
	}
	return nodes, float64(len(nodes)) / time.Since(begin).Seconds(), nil
}

// withoutChance compares preemption where nothing is left to chance: every node is a candidate and
// of the best the smallest name is taken, by both.
func withoutChance(text generate.Text, percentage int32, slice time.Duration) (int, error) {
	objects, err := objectsOf(text)
	if err != nil {
		return 0, err
	}
	t, err := newTowtank(objects, percentage, true, true)
	if err != nil {
		return 0, err
	}
	nodes, _, _ := t.run()
	s, err := oracle.NewStream(text, 1)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	s.EveryCandidate = true
	var chosen []string
	for begin := time.Now(); time.Since(begin) < slice && len(chosen) < len(s.Pods); {
		node, err := s.Take(s.Pods[len(chosen)])
		if err != nil {
			return 0, err
		}
		chosen = append(chosen, node)
	}
	return len(chosen), equal(chosen, nodes)
}

func equal(want, got []string) error {
	for i := range want {
		if want[i] != got[i] {
			return fmt.Errorf("pod %d of the stream: the real scheduler takes %q, towtank %q", i, want[i], got[i])
		}
	}
	return nil
}
