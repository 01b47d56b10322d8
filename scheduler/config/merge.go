package config

import "slices"

// defaultPlugins are the plugins of a profile that says nothing, with their weights.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/default_plugins.go getDefaultPlugins,
// applyFeatureGates.
func defaultPlugins() *Plugins {
	p := &Plugins{}
	for _, d := range []struct {
		name   string
		weight int32
	}{
		{"SchedulingGates", 0},
		{"PrioritySort", 0},
		{"NodeName", 0},
		{"NodeUnschedulable", 0},
		{"TaintToleration", 3},
		{"NodeAffinity", 2},
		{"NodePorts", 0},
		{"NodeResourcesFit", 1},
		{"VolumeRestrictions", 0},
		{"NodeVolumeLimits", 0},
		{"VolumeBinding", 0},
		{"VolumeZone", 0},
		{"PodTopologySpread", 2},
		{"InterPodAffinity", 2},
		{"DynamicResources", 2},
		{"DefaultPreemption", 0},
		{"NodeResourcesBalancedAllocation", 1},
		{"ImageLocality", 1},
		{"DefaultBinder", 0},
		{"NodeDeclaredFeatures", 0},
	} {
		plugin := Plugin{Name: d.name}
		if d.weight != 0 {
			plugin.Weight = &d.weight
		}
		p.MultiPoint.Enabled = append(p.MultiPoint.Enabled, plugin)
	}
	return p
}

// mergePlugins lays a profile's own plugin sets over the default ones, point by point.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/default_plugins.go mergePlugins.
func mergePlugins(defaults, custom *Plugins) *Plugins {
	if custom == nil {
		return defaults
	}
	theirs := custom.points()
	for i, point := range defaults.points() {
		*point.set = mergeSet(point.set, theirs[i].set)
	}
	return defaults
}

// mergeSet keeps the default plugins that are not disabled, a re-listed one with its new settings in
// its old place, and appends the others.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/default_plugins.go mergePluginSet.
func mergeSet(defaults, custom *PluginSet) PluginSet {
	var merged PluginSet
	for _, d := range slices.Concat(custom.Disabled, defaults.Disabled) {
		merged.Disabled = append(merged.Disabled, Plugin{Name: d.Name})
	}
	last := map[string]int{}
	for i, p := range custom.Enabled {
		last[p.Name] = i
	}
	replaced := map[int]bool{}
	if !merged.Disables("*") {
		for _, p := range defaults.Enabled {
			if merged.Disables(p.Name) {
				continue
			}
			if i, again := last[p.Name]; again {
				p, replaced[i] = custom.Enabled[i], true
			}
			merged.Enabled = append(merged.Enabled, p)
		}
	}
	for i, p := range custom.Enabled {
		if !replaced[i] {
			merged.Enabled = append(merged.Enabled, p)
		}
	}
	return merged
}

// Disables says whether the set takes a plugin out by that name.
func (s *PluginSet) Disables(name string) bool {
	return slices.ContainsFunc(s.Disabled, func(p Plugin) bool { return p.Name == name })
}
