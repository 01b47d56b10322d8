package generate

import (
	"fmt"
	"slices"
	"strings"
)

// Feature adds one kind of thing to a case; each hook may be nil. Hooks run in the order in
// which features are listed: Cluster once, Node for each node, Pod for each pod, Config for
// each profile and Finish once at the end.
type Feature struct {
	Name    string
	Cluster func(*generator)
	Node    func(*generator, Object)
	Pod     func(*generator, Object)
	Config  func(*generator, Object)
	Finish  func(*generator)
	// Always has the feature in every case that may have it.
	Always bool
}

// Basic are the features that need no more than a node and the pod itself.
var Basic = []string{"resources", "taints", "unschedulable", "nodeaffinity", "ports", "images", "gates", "priorities", "profiles", "plugins", "strategies", "percentage"}

// Requests are the features of what a pod counts for.
var Requests = []string{"init", "overhead", "podresources", "resize"}

// All lists every feature in the order in which it is applied.
var All = []Feature{
	resources, initContainers, overhead, podResources, resize,
	taints, unschedulable, nodeAffinity, ports, images, gates, priorities,
	spread, podAffinity, volumes, declared, preempting,
	profiles, plugins, strategies, percentage, odd,
}

// Parse reads a comma-separated list of features and groups: basic, requests, all.
func Parse(list string) ([]string, error) {
	var names []string
	for _, n := range strings.Split(list, ",") {
		switch n {
		case "basic":
			names = append(names, Basic...)
		case "requests":
			names = append(names, Requests...)
		case "all":
			names = append(names, Names()...)
		default:
			if !slices.Contains(Names(), n) {
				return nil, fmt.Errorf("feature %q is not known; there are basic, requests, all, %s", n, strings.Join(Names(), ", "))
			}
			names = append(names, n)
		}
	}
	return names, nil
}

// Names are the features there are.
func Names() []string {
	var names []string
	for _, f := range All {
		names = append(names, f.Name)
	}
	return names
}

// groups are the features of mixed cases, turn about: what few features do shows better where
// there are no others.
var groups = []string{
	"basic", "basic,requests", "all", "basic,spread,podaffinity",
	"all", "resources,taints,priorities,preemption,spread,podaffinity,ports", "all", "basic,volumes,declared",
}

// Choose makes the features of each seed out of a list as for Parse, or of the word mixed.
func Choose(list string) (func(seed uint64) []string, error) {
	lists := []string{list}
	if list == "mixed" {
		lists = groups
	}
	var parsed [][]string
	for _, l := range lists {
		names, err := Parse(l)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, names)
	}
	return func(seed uint64) []string { return parsed[seed%uint64(len(parsed))] }, nil
}
