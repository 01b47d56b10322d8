//go:build !invariants

package world

// invariants says whether the dear checks run.
const invariants = false
