// Package timelinediff holds a recorded watch stream of a real cluster against simulated ones: the history of
// every object, the instants of its changes, and the numbers of events. Objects with generated names are
// members of a set (the pods of a ReplicaSet or a Job) and interchangeable.
//
// Against one simulated stream everything must be equal within a tolerance. Against several of one scenario
// with different seeds, reality must be a plausible member of the ensemble: its histories occur in it as often
// as that may be, and each instant lies in the ensemble's range, widened by the tolerance. An instant that the
// ensemble fixes is compared as such, any other as the interval since the change before it, so that errors do
// not add up.
package timelinediff
