package plugins

import (
	"maps"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// assumedObjects are objects as cycles want them to be, by key. Each counts until another version of
// the object is heard of.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/passive_assume_cache.go.
type assumedObjects[T model.Object] map[string]T

// latest is the object as assumed, or as it is when nothing is assumed of this version.
func (a assumedObjects[T]) latest(o T) T {
	if len(a) == 0 {
		return o
	}
	if assumed, there := a[o.Meta().Key()]; there {
		if assumed.Meta().ResourceVersion == o.Meta().ResourceVersion {
			return assumed
		}
		delete(a, o.Meta().Key())
	}
	return o
}

func (a assumedObjects[T]) assume(o T) { a[o.Meta().Key()] = o }

// restore takes back what was assumed, unless it was assumed of another version.
func (a assumedObjects[T]) restore(o T) {
	if assumed, there := a[o.Meta().Key()]; there && assumed.Meta().ResourceVersion == o.Meta().ResourceVersion {
		delete(a, o.Meta().Key())
	}
}

// Reserve makes the plan for the chosen node count for the cycles that follow.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go AssumePodVolumes.
func (pl *volumeBinding) Reserve(state any, _ *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	s, ok := state.(*bindingState)
	if !ok {
		return pl.stateless
	}
	plan := s.plans[node.Name]
	if plan == nil {
		return nil
	}
	s.reserved = &bindingPlan{}
	for _, b := range plan.static {
		v := boundTo(b.volume, b.claim)
		changed := v != b.volume
		if changed {
			pl.volumes.assume(v)
		}
		s.reserved.static = append(s.reserved.static, staticBinding{b.claim, v, changed})
	}
	for _, p := range plan.dynamic {
		claim := *p.claim
		claim.Annotations = annotated(claim.Annotations, selectedNodeAnnotation, node.Name)
		pl.claims.assume(&claim)
		s.reserved.dynamic = append(s.reserved.dynamic, provision{claim: &claim})
	}
	return nil
}

// boundTo is the volume with the claim as its claimRef: itself, when nothing need change.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go GetBindVolumeToClaim.
func boundTo(v *model.PersistentVolume, claim *model.PersistentVolumeClaim) *model.PersistentVolume {
	_, byController := v.Annotations[boundByControllerAnnotation]
	same := v.ClaimName == claim.Name && v.ClaimNamespace == claim.Namespace && v.ClaimUID == claim.UID
	mark := !reservedFor(v, claim) && !byController
	if same && !mark {
		return v
	}
	bound := *v
	bound.ClaimNamespace, bound.ClaimName, bound.ClaimUID = claim.Namespace, claim.Name, claim.UID
	if mark {
		bound.Annotations = annotated(v.Annotations, boundByControllerAnnotation, "yes")
	}
	return &bound
}

// annotated is a copy of the annotations with one more.
func annotated(annotations map[string]string, key, value string) map[string]string {
	all := maps.Clone(annotations)
	if all == nil {
		all = map[string]string{}
	}
	all[key] = value
	return all
}

// Unreserve takes the plan back.
func (pl *volumeBinding) Unreserve(state any, _ *framework.PodInfo, _ *framework.NodeInfo) {
	s, ok := state.(*bindingState)
	if !ok || s.reserved == nil {
		return
	}
	for _, b := range s.reserved.static {
		pl.volumes.restore(b.volume)
	}
	for _, p := range s.reserved.dynamic {
		pl.claims.restore(p.claim)
	}
}

// PreBindPreFlight skips pods for which nothing is to be bound.
func (pl *volumeBinding) PreBindPreFlight(state any, _ *framework.PodInfo, _ *framework.NodeInfo) *framework.Status {
	s, ok := state.(*bindingState)
	switch {
	case !ok:
		return pl.stateless
	case s.reserved == nil:
		return pl.skip
	}
	return nil
}

// PreBind has nothing to do itself: the caller writes.
func (*volumeBinding) PreBind(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	return nil
}

// PreBindWrites are volumes, each with the claim that it is for, then the claims for which volumes
// are to be made, each with the node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go bindAPIUpdate.
func (*volumeBinding) PreBindWrites(state any) []model.Object {
	s, ok := state.(*bindingState)
	if !ok || s.reserved == nil {
		return nil
	}
	var writes []model.Object
	for _, b := range s.reserved.static {
		if b.changed {
			writes = append(writes, b.volume)
		}
	}
	for _, p := range s.reserved.dynamic {
		writes = append(writes, p.claim)
	}
	return writes
}
