// Package faults holds what breaks in a cluster, and is mended: one file per family and one line in
// registry.go each. A fault is aimed at nodes, at containers, at a registry or at the control plane; it
// begins at an instant of the timeline and may last for a while, or it strikes at random, again and again.
package faults
