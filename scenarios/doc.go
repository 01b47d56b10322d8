// Package scenarios reads what a person writes and makes a run of it: scenario files, manifests beside
// them, recorded traces, and what the command line sets over them become one world.Config. Every fault is
// reported with its place, all at once, before anything runs.
package scenarios
