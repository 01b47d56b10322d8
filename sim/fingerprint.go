package sim

import (
	"fmt"
	"math/bits"
)

// The primes of xxHash64.
// Source: xxHash v0.8 doc/xxhash_spec.md, XXH64.
const (
	prime1 = 0x9E3779B185EBCA87
	prime2 = 0xC2B2AE3D27D4EB4F
	prime3 = 0x165667B19E3779F9
)

// Fingerprint is a running 64-bit hash over what happened, in order. Two runs with the same
// fingerprint did the same. It guards against accidents, not against an adversary. The zero value
// is ready to use.
type Fingerprint struct {
	state uint64
	count uint64
}

// Mix adds a number. It is the round of xxHash64: one to one in the state for a given number and in
// the number for a given state, so two runs that differ in one number alone never get the same sum.
func (f *Fingerprint) Mix(x uint64) {
	f.state = bits.RotateLeft64(f.state+x*prime2, 31) * prime1
	f.count++
}

// MixString adds a string, set apart from what is before and after it.
func (f *Fingerprint) MixString(s string) {
	h := hashString(s)
	f.Mix(uint64(len(s)))
	f.Mix(h)
}

// Sum returns the hash of what was mixed in so far; more may follow.
func (f *Fingerprint) Sum() uint64 {
	h := f.state ^ f.count*prime3
	h ^= h >> 33
	h *= prime2
	h ^= h >> 29
	h *= prime3
	return h ^ h>>32
}

// String returns the sum as 16 hexadecimal digits.
func (f *Fingerprint) String() string { return fmt.Sprintf("%016x", f.Sum()) }
