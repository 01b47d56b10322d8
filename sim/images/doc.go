// Package images is how images come to nodes: registries, the layers that images are made of, what each node
// keeps of them, and the kubelet's image manager, which decides for every start of a container whether its image
// is there, is pulled or is waited for.
//
// In a pod's journey it stands between admission to a node and the first start of a container: the kubelet asks
// Manager.Ensure before each start, and again never while a pull is under way. A pull takes its turn on the node,
// asks the registry, downloads the layers that the node lacks at the rate that the registry and the node can
// spare among all pulls, and unpacks them. What a node holds grows with pulls and the writable layers of
// containers, and shrinks by garbage collection; node.status.images follows.
//
// Without a Config every image counts as present everywhere, and nothing here costs time.
package images
