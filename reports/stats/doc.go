// Package stats says how sure one may be of a mean over several runs: Student's t intervals, alone and
// for paired differences. Runs that share a seed see the same arrivals and draws, so a difference is
// taken seed by seed and what the seeds have in common cancels out.
package stats
