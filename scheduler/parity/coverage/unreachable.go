package coverage

// unreachable are reasons that no case can bring about, with why.
var unreachable = map[string]string{
	"resources not found":                                                    "an empty list of resources gets the default one",
	"node(s) had taints that the pod didn't tolerate":                        "a constant that nothing uses",
	"pod group preemption: ":                                                 "pod groups: gate GenericWorkload is off",
	"waiting for the preemption for this pod group to be finished":           "pod groups: gate GenericWorkload is off",
	"waiting for the preemption for this pod to be finished":                 "victims leave at once here, so no preemption is under way",
	"node had resize preemption disabled":                                    "gate DeferredPodScheduling is off",
	"node not found":                                                         "gate DeferredPodScheduling is off",
	"pod assigned to different node":                                         "gate DeferredPodScheduling is off",
	"pod resize fits, waiting for Kubelet actuation":                         "gate DeferredPodScheduling is off",
	"empty shared lister in InterPodAffinity PreScore":                       "the snapshot always has a lister",
	"pods with InterPodAffinity are not signable":                            "about signatures for batching, not about a node",
	"pods with default topology constraints are not signable":                "about signatures for batching, not about a node",
	"pods with topology constraints are not signable":                        "about signatures for batching, not about a node",
	"signature disabled when dra extended resources are used in the cluster": "about signatures for batching, not about a node",
	"node(s) didn't match the requested node name":                           "a pod that names a node is bound and never tried",
	"node(s) had unknown conditions":                                         "only for a node without its object",
	"no candidate node for preemption":                                       "only asked with candidates",
	"VolumeBindingMode not set for StorageClass %q":                          "defaults set it",
}
