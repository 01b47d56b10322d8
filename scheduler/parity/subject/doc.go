// Package subject is the scheduler of this project as the one under comparison: it answers a case
// folder in the same process as the oracle, by way of the reader of manifests and the placing of
// snapshots that `towtank place` uses.
package subject
