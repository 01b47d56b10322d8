// Package cache is the scheduler's picture of the cluster: nodes, the pods on them (assumed ones too),
// images, and the order in which nodes are searched.
//
// The snapshot that plugins read is this state itself. Refresh, at the beginning of each scheduling
// cycle, brings up to date what kube-scheduler only brings up to date then: the node list and its
// order, and how many nodes hold an image.
package cache
