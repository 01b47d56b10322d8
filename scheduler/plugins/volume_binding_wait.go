package plugins

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// PreBindTimeout is bindTimeoutSeconds.
func (pl *volumeBinding) PreBindTimeout() time.Duration { return pl.timeout }

// PreBindDone says whether the pod's claims are bound. It fails when that cannot come about any more.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go checkBindings.
func (pl *volumeBinding) PreBindDone(state any, node string) (bool, *framework.Status) {
	s, ok := state.(*bindingState)
	if !ok || s.reserved == nil {
		return true, nil
	}
	info := pl.snapshot.Node(node)
	if info == nil {
		return false, bindingError(fmt.Sprintf("failed to get node %q: node %q not found", node, node))
	}
	for i := range s.reserved.static {
		if done, problem := pl.staticDone(&s.reserved.static[i], info.Node); !done {
			return false, bindingError(problem)
		}
	}
	for i := range s.reserved.dynamic {
		if done, problem := pl.dynamicDone(s.reserved.dynamic[i].claim, info.Node); !done {
			return false, bindingError(problem)
		}
	}
	return true, nil
}

// bindingError words a problem, nil for none.
func bindingError(problem string) *framework.Status {
	if problem == "" {
		return nil
	}
	return framework.NewStatus(VolumeBinding, framework.Error, "binding volumes: "+problem)
}

// staticDone looks at a claim that is to get a volume that is there. As long as the object is known in
// the version that was to be changed, the change has not been heard of.
func (pl *volumeBinding) staticDone(b *staticBinding, node *model.Node) (done bool, problem string) {
	v := pl.objects.PersistentVolume(b.volume.Name)
	if v == nil {
		return false, fmt.Sprintf("failed to check binding: persistentvolumes %q not found", b.volume.Name)
	}
	claim := pl.objects.PersistentVolumeClaim(b.claim.Namespace, b.claim.Name)
	switch {
	case claim == nil:
		return false, fmt.Sprintf("failed to check binding: persistentvolumeclaims %q not found", b.claim.Key())
	case b.changed && v.ResourceVersion == b.volume.ResourceVersion:
		return false, ""
	}
	if problem := pl.unreachable(v, node); problem != "" {
		return false, problem
	}
	if v.ClaimName == "" || v.ClaimUID == "" {
		return false, fmt.Sprintf("ClaimRef got reset for pv %q", v.Name)
	}
	return fullyBound(claim), ""
}

// dynamicDone looks at a claim for which a volume is to be made.
func (pl *volumeBinding) dynamicDone(asked *model.PersistentVolumeClaim, node *model.Node) (done bool, problem string) {
	claim := pl.objects.PersistentVolumeClaim(asked.Namespace, asked.Name)
	switch {
	case claim == nil:
		return false, fmt.Sprintf("failed to check provisioning pvc: persistentvolumeclaims %q not found", asked.Key())
	case claim.ResourceVersion == asked.ResourceVersion:
		return false, ""
	case claim.Annotations == nil:
		return false, fmt.Sprintf("selectedNode annotation reset for PVC %q", claim.Name)
	case claim.Annotations[selectedNodeAnnotation] != node.Name:
		return false, fmt.Sprintf("provisioning failed for PVC %q", claim.Name)
	}
	if claim.Spec.VolumeName != "" {
		v := pl.objects.PersistentVolume(claim.Spec.VolumeName)
		if v == nil {
			// It may be that only the volume has not been heard of yet.
			return false, ""
		}
		if problem := pl.unreachable(v, node); problem != "" {
			return false, problem
		}
	}
	return fullyBound(claim), ""
}

// unreachable says why the node does not reach the volume, "" when it does.
func (pl *volumeBinding) unreachable(v *model.PersistentVolume, node *model.Node) string {
	affinity := v.NodeAffinity
	if disk := migratedKind(v.SourceKind); disk != nil && disk.onNode(pl.objects.CSINode(node.Name)) {
		if _, err := disk.volumeHandle(v); err != nil {
			return fmt.Sprintf("failed to translate pv to csi: could not translate pv: %v", err)
		}
		affinity = disk.affinityOnceMigrated(v)
	}
	if !reachable(affinity, node) {
		return fmt.Sprintf("pv %q node affinity doesn't match node %q: no matching NodeSelectorTerms", v.Name, node.Name)
	}
	return ""
}
