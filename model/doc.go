// Package model is Towtank's vocabulary: the Kubernetes objects a run knows, as plain Go values.
//
// Objects are immutable once they are in a store: a change makes a shallow copy and replaces what
// differs. Specs are shared by pointer between all pods of one template, so that a hundred thousand
// replicas cost one spec. Nothing here knows YAML, k8s.io or the clock; scenarios/manifest turns v1
// objects into these values and back.
package model
