//go:build invariants

package scheduler

// invariants says whether what is kept is derived anew now and then, and compared.
const invariants = true
