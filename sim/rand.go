package sim

import "math/rand/v2"

// Stream is a source of random numbers of its own: a PCG generator seeded from the seed of the run
// and the stream's name. It implements rand.Source, so distributions draw from it.
type Stream struct {
	pcg  rand.PCG
	rand *rand.Rand
}

var _ rand.Source = (*Stream)(nil)

// NewStream returns the stream of that name at its beginning. Streams of different names or seeds
// are independent for all a simulation can see.
func NewStream(seed uint64, name string) *Stream {
	s := new(Stream)
	seedPCG(&s.pcg, scramble(scramble(seed)^hashString(name)))
	s.rand = rand.New(&s.pcg)
	return s
}

// Uint64 returns a number between 0 and 2^64-1, all equally likely.
func (s *Stream) Uint64() uint64 { return s.pcg.Uint64() }

// Float64 returns a number in [0, 1).
func (s *Stream) Float64() float64 { return s.rand.Float64() }

// IntN returns a number in [0, n), all equally likely. It panics when n is not positive.
func (s *Stream) IntN(n int) int { return s.rand.IntN(n) }

// Shuffle puts n elements in random order by calling swap. It panics when n is negative.
func (s *Stream) Shuffle(n int, swap func(i, j int)) { s.rand.Shuffle(n, swap) }

// Key names a draw by where it belongs rather than by when it is asked for: by the seed of the run,
// a place in its input, an object, and the number of the draw among those of the object. Adding a
// draw elsewhere moves nothing. Keep a Key to save hashing its parts again.
type Key struct {
	hash uint64
}

// NewKey returns the key of a place under a seed.
func NewKey(seed uint64, place string) Key {
	return Key{scramble(scramble(^seed) ^ hashString(place))}
}

// Of returns the key of an object at the place of k.
func (k Key) Of(object string) Key { return Key{scramble(k.hash ^ hashString(object))} }

// Draw returns the stream of the draw with that ordinal.
func (k Key) Draw(ordinal uint64) KeyedStream {
	var s KeyedStream
	seedPCG(&s.pcg, scramble(k.hash+ordinal*golden))
	return s
}

// KeyedStream is the stream of one keyed draw. It is a value: passed on by pointer it implements
// rand.Source. One draw may take several numbers from it. Who draws often keeps one KeyedStream in
// a struct and assigns each new one to it; a local one moves to the heap when a Dist samples it.
type KeyedStream struct {
	pcg rand.PCG
}

var _ rand.Source = (*KeyedStream)(nil)

// KeyedSource returns the stream of the draw that is keyed by seed, place, object and ordinal. It is
// NewKey(seed, place).Of(object).Draw(ordinal).
func KeyedSource(seed uint64, place, object string, ordinal uint64) KeyedStream {
	return NewKey(seed, place).Of(object).Draw(ordinal)
}

// Uint64 returns a number between 0 and 2^64-1, all equally likely.
func (s *KeyedStream) Uint64() uint64 { return s.pcg.Uint64() }

// Float64 returns a number in [0, 1).
func (s *KeyedStream) Float64() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

// seedPCG fills both words of a generator's state from one, by two steps of SplitMix64.
func seedPCG(pcg *rand.PCG, h uint64) { pcg.Seed(scramble(h+golden), scramble(h+golden+golden)) }

// golden is the step of SplitMix64, the golden ratio in 64 bits.
// Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 17.
const golden = 0x9E3779B97F4A7C15

// scramble spreads every bit of x over all bits of the result, one to one. It is the finalizer of
// SplitMix64 (Stafford's variant 13), which sets streams of neighbouring seeds apart.
func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// hashString is FNV-1a in 64 bits.
// Source: Fowler, Noll and Vo, RFC 9923, section 2.
func hashString(s string) uint64 {
	h := uint64(0xCBF29CE484222325)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 0x100000001B3
	}
	return h
}
