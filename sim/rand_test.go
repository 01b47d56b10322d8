package sim

import (
	"math"
	"testing"
)

// draw takes n numbers.
func draw(s interface{ Uint64() uint64 }, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = s.Uint64()
	}
	return out
}

func same(a, b []uint64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func TestAStreamIsNotMovedByAnother(t *testing.T) {
	want := draw(NewStream(7, "arrivals"), 20)
	e := NewEngine(7)
	draw(e.Stream("latency"), 3)
	first := draw(e.Stream("arrivals"), 10)
	draw(e.Stream("latency"), 5)
	rest := draw(e.Stream("arrivals"), 10) // the same stream goes on
	if !same(append(first, rest...), want) {
		t.Error("the draws of one stream depend on those of another")
	}
}

func TestStreamsDifferByNameAndSeed(t *testing.T) {
	base := draw(NewStream(1, "a"), 4)
	if same(base, draw(NewStream(1, "b"), 4)) || same(base, draw(NewStream(2, "a"), 4)) {
		t.Error("two streams are the same")
	}
}

// TestStreamsAreUncorrelated compares 780 pairs of 40 streams of neighbouring names and seeds. The
// correlation of 10,000 independent pairs has a standard deviation of 0.01; over 780 pairs the
// largest is beyond 5 of them with a probability of 780 × 5.7e-7 = 0.0004 (and the draws are fixed).
func TestStreamsAreUncorrelated(t *testing.T) {
	const n = 10_000
	var all [40][n]float64
	for i := range all {
		s := NewStream(uint64(i/20), "node-"+string(rune('a'+i%20)))
		for j := range all[i] {
			all[i][j] = (s.Float64() - 0.5) * math.Sqrt(12)
		}
	}
	for i := range all {
		for k := range i {
			sum := 0.0
			for j := range n {
				sum += all[i][j] * all[k][j]
			}
			if r := sum / n; math.Abs(r) > 0.05 {
				t.Errorf("streams %d and %d correlate by %.3f", i, k, r)
			}
		}
	}
}

func TestKeyedDrawsDependOnTheKeyAlone(t *testing.T) {
	place := NewKey(7, "behaviours[0].run")
	web := place.Of("shop/web-0")
	third, second := web.Draw(3), web.Draw(2) // asked for out of order
	again := KeyedSource(7, "behaviours[0].run", "shop/web-0", 2)
	want := draw(&again, 5)
	draw(&third, 9)
	if !same(draw(&second, 5), want) {
		t.Error("a keyed draw depends on the order of asking")
	}
}

func TestEveryPartOfAKeyCounts(t *testing.T) {
	seen := map[uint64]string{}
	add := func(name string, s KeyedStream) {
		x := s.Uint64()
		if other, ok := seen[x]; ok {
			t.Errorf("%s draws the same as %s", name, other)
		}
		seen[x] = name
	}
	add("base", KeyedSource(1, "run", "web", 1))
	add("seed", KeyedSource(2, "run", "web", 1))
	add("place", KeyedSource(1, "exit", "web", 1))
	add("object", KeyedSource(1, "run", "db", 1))
	add("ordinal", KeyedSource(1, "run", "web", 2))
	add("place and object swapped", KeyedSource(1, "web", "run", 1))
	add("another split of the same letters", KeyedSource(1, "runw", "eb", 1))
}

// TestFirstKeyedDrawsAreUniform draws one number for each of 100,000 neighbouring keys. The count
// in each of 100 cells is 1,000 with a standard deviation of 31.5; chi² has 99 degrees of freedom,
// mean 99, standard deviation 14.1, so 170 is five of them away.
func TestFirstKeyedDrawsAreUniform(t *testing.T) {
	const cells, n = 100, 100_000
	for name, key := range map[string]func(i int) KeyedStream{
		"ordinals": func(i int) KeyedStream { return NewKey(1, "run").Of("web").Draw(uint64(i)) },
		"seeds":    func(i int) KeyedStream { return KeyedSource(uint64(i), "run", "web", 0) },
	} {
		var count [cells]float64
		for i := range n {
			s := key(i)
			count[int(s.Float64()*cells)]++
		}
		chi2 := 0.0
		for _, c := range count {
			chi2 += (c - n/cells) * (c - n/cells) / (n / cells)
		}
		if chi2 > 170 || chi2 < 50 {
			t.Errorf("%s: chi² = %.1f over 99 degrees of freedom", name, chi2)
		}
	}
}

// TestStreamGolden pins the numbers: a change here changes every run ever recorded.
func TestStreamGolden(t *testing.T) {
	k := KeyedSource(1, "run", "web", 1)
	s := NewStream(1, "arrivals")
	got := append(draw(s, 3), draw(&k, 3)...)
	want := []uint64{
		0xf78ec3519dfad70e, 0xee2737b7b3006364, 0x64f6e04e9bf5561,
		0xaf647ee644fd2c45, 0x759d606f99247d48, 0xa671d7c057964b47,
	}
	if !same(got, want) {
		t.Errorf("drew %#x, want %#x", got, want)
	}
}

func TestStreamKeepsToItsRanges(t *testing.T) {
	s := NewStream(3, "ranges")
	seen := [5]bool{}
	for range 1000 {
		if x := s.Float64(); x < 0 || x >= 1 {
			t.Fatalf("Float64 drew %v", x)
		}
		seen[s.IntN(len(seen))] = true
	}
	if seen != [5]bool{true, true, true, true, true} {
		t.Errorf("IntN(5) drew only %v in 1,000", seen)
	}
	order := []int{0, 1, 2, 3, 4, 5, 6, 7}
	s.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	sum, moved := 0, false
	for i, x := range order {
		sum += 1 << x
		moved = moved || i != x
	}
	if sum != 255 || !moved {
		t.Errorf("shuffled into %v", order)
	}
}
