// Package usage is what is measured of a cluster: what containers use, as metrics-server has last read it from
// the kubelets, and metrics of other things, which the scenario gives. Autoscalers go by both.
//
// Nothing here is an event. What a container uses is a function of time made of straight pieces, and is added up
// when somebody asks: over the 15 s between two reads of its node, exactly. Who does not ask pays for a list of
// what runs.
package usage
