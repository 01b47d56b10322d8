// Package schedulertest tests scheduler plugins: it schedules one pod on the nodes that a test gives and
// returns what every plugin said of them. Nodes and pods are made by small builders:
//
//	got := schedulertest.Schedule(t, schedulertest.Case{
//		Plugins: registry, Profile: profile,
//		Nodes: []*model.Node{schedulertest.Node("a", "cpu=4", "memory=8Gi")},
//		Pod:   schedulertest.Pod("web", "cpu=500m"),
//	})
//	if got.Node != "a" { ... }
package schedulertest
