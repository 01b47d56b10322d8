// Package framework is what scheduler plugins are written against: codes and statuses, one small
// interface per extension point, and the view of pods and nodes that plugins read.
//
// A plugin is a pure function of what it is given. What it computes once per cycle it returns from
// PreFilter or PreScore, and gets it back as an argument; there is no blackboard. The runtime decides
// when to call what, and may keep answers of plugins that say what their answers depend on.
package framework
