// Package traffic is what comes to Services: so many requests a second, a function of time, spread over the
// endpoints that kube-proxy knows. It is a fluid: rates and their integrals, never a request by itself, and no
// event but where kube-proxy takes over what has changed. Each container is told the rate that it is sent; what
// meets no endpoint, a container that does not run any more, or a node that cannot be reached, has failed.
//
// A Manager stands for the kube-proxies of all nodes: they watch the same, and so have the same rules at the
// same time, except those of nodes that are cut off, which keep theirs.
package traffic
