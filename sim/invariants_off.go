//go:build !invariants

package sim

// invariants says whether the dear checks run after every event.
const invariants = false
