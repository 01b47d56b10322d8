package plugins

import (
	"math/rand/v2"
	"testing"

	"towtank.dev/towtank/scheduler/framework"
)

func TestFreeSharesAreThoseOfWholeNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2_000_000 {
		capacity := min(1+r.Int64N(1<<(1+r.IntN(42))), framework.MaxRowAmount-1)
		amount := r.Int64N(capacity + 1)
		if r.IntN(3) == 0 {
			// Where a hundredth part is whole, as it often is of round sizes, or is missed by one.
			amount = min(max(capacity/100*r.Int64N(101)+r.Int64N(3)-1, 0), capacity)
		}
		if got, want := free(amount, 1/float64(capacity)), amount*100/capacity; int64(got) != want {
			t.Fatalf("%d of %d are %d hundredths, want %d", amount, capacity, got, want)
		}
	}
}

func TestBalanceWithoutDivisionsIsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2_000_000 {
		n := &framework.NodeInfo{}
		n.Allocatable.MilliCPU, n.Allocatable.Memory = 1+r.Int64N(1<<(1+r.IntN(20))), 1+r.Int64N(1<<(1+r.IntN(44)))
		if r.IntN(3) == 0 {
			// Shares whose difference is a whole number of hundredths.
			n.Allocatable.MilliCPU, n.Allocatable.Memory = 100*(1+r.Int64N(1000)), 100*(1+r.Int64N(1<<30))
			n.Requested.MilliCPU, n.Requested.Memory = n.Allocatable.MilliCPU/100*r.Int64N(101), n.Allocatable.Memory/100*r.Int64N(101)
		} else {
			n.Requested.MilliCPU, n.Requested.Memory = r.Int64N(n.Allocatable.MilliCPU+2), r.Int64N(n.Allocatable.Memory+2)
		}
		cpu, memory := n.Allocatable.MilliCPU/100*r.Int64N(101), n.Allocatable.Memory/100*r.Int64N(101)
		var row framework.Row
		row.Set(n)
		want := balance(n.Requested.MilliCPU+cpu, n.Allocatable.MilliCPU, n.Requested.Memory+memory, n.Allocatable.Memory)
		if got := balanced(&row, cpu, memory); int64(got) != want {
			t.Fatalf("%+v and %d, %d: %d, want %d", row, cpu, memory, got, want)
		}
	}
}
