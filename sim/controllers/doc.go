// Package controllers holds what runs beside the scheduler and the kubelets and brings the state of the
// cluster to what objects say: one file per controller and one line in registry.go. A controller
// observes the writes to the API server and answers a little later, as one that reads a watch does. What
// is there at the start is taken as settled.
package controllers
