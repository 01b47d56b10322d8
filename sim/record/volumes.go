package record

import "towtank.dev/towtank/sim"

// VolumeRow is what was written to one place on or beyond a node, when it has vanished or at the end of the run.
type VolumeRow struct {
	// Kind is layer (of a container), emptyDir, hostPath or persistentVolumeClaim.
	Kind            string
	Namespace, Name string // of the pod, or of the claim; empty for a hostPath
	Where           string // container, volume or path
	Node            string // empty for a claim
	Bytes           float64
	Vanished        sim.Time // Never: it is still there
	// Containers and Pods are how many of those that wrote to it have ended, or gone, before it.
	Containers, Pods int32
}

// volumeColumns are the columns of volumes.csv.
var volumeColumns = []column[VolumeRow]{
	textColumn("kind", "layer (a container's own), emptyDir, hostPath or persistentVolumeClaim", func(r *VolumeRow) *string { return &r.Kind }),
	textColumn("namespace", "namespace of the pod, or of the claim", func(r *VolumeRow) *string { return &r.Namespace }).emptyWhen("it is a hostPath"),
	textColumn("name", "name of the pod, or of the claim", func(r *VolumeRow) *string { return &r.Name }).emptyWhen("it is a hostPath"),
	textColumn("where", "the container, the volume of the pod, or the path on the host", func(r *VolumeRow) *string { return &r.Where }).emptyWhen("it is a claim"),
	textColumn("node", "node that it is on", func(r *VolumeRow) *string { return &r.Node }).emptyWhen("it is a claim"),
	meanColumn("written_bytes", "bytes", "what was written to it, as behaviours say", 0, 0, func(r *VolumeRow) *float64 { return &r.Bytes }),
	instantColumn("vanished", "when that was lost: a layer with its container, an emptyDir with its pod", func(r *VolumeRow) *sim.Time { return &r.Vanished }).
		emptyWhen("it was still there at the end of the run"),
	intColumn("outlived_containers", "", "containers that wrote to it and ended before that", func(r *VolumeRow) *int32 { return &r.Containers }),
	intColumn("outlived_pods", "", "pods that wrote to it and were gone from their node before that", func(r *VolumeRow) *int32 { return &r.Pods }),
}
