package scheduler

import (
	"math/rand/v2"
	"testing"
)

func TestPreorderKeysTellWhatTheHeapBringsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	c := &Core{}
	for range 20000 {
		n := 1 + r.IntN(70)
		s := search{found: make([]int32, n)}
		sums := make([]int32, n)
		c.cycle.totals = make([]int64, n)
		for i := range n {
			s.found[i], sums[i] = int32(i), int32(r.IntN(4))
			c.cycle.totals[i] = int64(sums[i])
		}
		if got, want := s.best(sums), c.heapTop(); got != want {
			t.Fatalf("%v: got place %d, want %d", sums, got, want)
		}
	}
}

func TestPreorderKeysHoldTheirPlace(t *testing.T) {
	for _, place := range []int{0, 1, 2, 3, 8191, 8192, 1<<20 - 1, 1<<27 - 2} {
		if got := placeOf(preorderKey(place)); got != place {
			t.Errorf("place %d: got %d back", place, got)
		}
	}
}

func TestGatherWritesTheRowsThatFit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		verdicts := make([]verdict, r.IntN(20))
		var want []int32
		for i := range verdicts {
			if verdicts[i] = verdict(r.IntN(3)); r.IntN(2) == 0 {
				verdicts[i] = fits
				want = append(want, int32(100+i))
			}
		}
		out := make([]int32, len(verdicts))
		n := gather(verdicts, 100, out)
		if n != len(want) {
			t.Fatalf("%v: got %d rows, want %d", verdicts, n, len(want))
		}
		for i := range want {
			if out[i] != want[i] {
				t.Fatalf("%v: got rows %v, want %v", verdicts, out[:n], want)
			}
		}
	}
}
