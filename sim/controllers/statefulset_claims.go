package controllers

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// The policies of claims. Source: kubernetes v1.37.2 api apps/v1/types.go PersistentVolumeClaimRetentionPolicyType.
const deleteClaims = "Delete"

// fixClaims brings the owners of a condemned pod's claims up to date.
func (s *statefulSync) fixClaims(p *model.Pod) (bool, error) { return false, s.updateClaims(p) }

// updateClaims gives the claims of a pod the owners that the set's retention policy calls for: the set when
// they are to go with it, the pod when it is too many and they are to go with it.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_pod_control.go UpdatePodClaimForRetentionPolicy.
func (s *statefulSync) updateClaims(p *model.Pod) error {
	for i := range s.set.ClaimTemplates {
		claim, ok := s.c.claims.Get(s.set.Namespace, s.set.ClaimTemplates[i].Name+"-"+p.Name)
		if !ok {
			continue
		}
		foreign := s.unexpectedController(claim, p)
		if foreign && !s.ownersRight(claim, p) {
			s.c.loop.Event(s.set, apiserver.Warning, "ConflictingController", "PersistentVolumeClaim %s has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim", claim.Name)
		}
		if s.ownersRight(claim, p) {
			continue
		}
		out := apiserver.Copy(claim).(*model.PersistentVolumeClaim)
		out.Owners = s.owners(claim, p)
		written, err := s.c.loop.Update(out)
		if err != nil {
			return err
		}
		s.wrote(written)
	}
	return nil
}

// staleClaim says whether a claim of a pod to be made still belongs to one that was deleted before it.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_pod_control.go PodClaimIsStale.
func (s *statefulSync) staleClaim(p *model.Pod) bool {
	if s.set.WhenScaled != deleteClaims {
		return false
	}
	for i := range s.set.ClaimTemplates {
		claim, ok := s.c.claims.Get(s.set.Namespace, s.set.ClaimTemplates[i].Name+"-"+p.Name)
		if ok && stale(claim, "Pod", p.Name, p.UID) {
			return true
		}
	}
	return false
}

// stale says whether a claim belongs to an object of that name that is gone.
func stale(claim *model.PersistentVolumeClaim, kind, name, uid string) bool {
	for _, r := range claim.Owners {
		if r.Kind == kind && r.Name == name {
			return r.UID != uid
		}
	}
	return false
}

// wantsSet and wantsPod say who owns a claim by the policy.
func (s *statefulSync) wants(p *model.Pod) (set, pod bool) {
	i := ordinalOf(p) - int(s.set.OrdinalsStart)
	down := i < 0 || i >= int(s.set.Replicas)
	pod = s.set.WhenScaled == deleteClaims && down
	set = s.set.WhenDeleted == deleteClaims && !pod
	return set, pod
}

// ownersRight says whether a claim has the owners that it should have.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go isClaimOwnerUpToDate.
func (s *statefulSync) ownersRight(claim *model.PersistentVolumeClaim, p *model.Pod) bool {
	if stale(claim, string(model.KindStatefulSet), s.set.Name, s.set.UID) || stale(claim, "Pod", p.Name, p.UID) {
		return true
	}
	hasSet, hasPod := owns(claim, s.set.UID), owns(claim, p.UID)
	if s.unexpectedController(claim, p) {
		return !hasSet && !hasPod
	}
	for _, r := range claim.Owners {
		if (r.UID == s.set.UID || r.UID == p.UID) && !r.Controller {
			return false
		}
	}
	set, pod := s.wants(p)
	return hasSet == set && hasPod == pod
}

func owns(claim *model.PersistentVolumeClaim, uid string) bool {
	return slices.ContainsFunc(claim.Owners, func(r model.OwnerReference) bool { return r.UID == uid })
}

// unexpectedController says whether somebody else manages a claim that the policy is about.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go hasUnexpectedController.
func (s *statefulSync) unexpectedController(claim *model.PersistentVolumeClaim, p *model.Pod) bool {
	if s.set.WhenScaled != deleteClaims && s.set.WhenDeleted != deleteClaims {
		return false
	}
	for _, r := range claim.Owners {
		switch {
		case r.Kind == string(model.KindStatefulSet) && r.Name == s.set.Name:
			if r.UID != s.set.UID {
				return true
			}
		case r.Kind == "Pod" && r.Name == p.Name:
			if r.UID != p.UID {
				return true
			}
		case r.Controller:
			return true
		}
	}
	return false
}

// owners are a claim's owners with those of the policy.
// Source: kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go updateClaimOwnerRefForSetAndPod.
func (s *statefulSync) owners(claim *model.PersistentVolumeClaim, p *model.Pod) []model.OwnerReference {
	foreign := s.unexpectedController(claim, p)
	refs := slices.DeleteFunc(slices.Clone(claim.Owners), func(r model.OwnerReference) bool {
		return r.Kind == string(model.KindStatefulSet) && r.Name == s.set.Name || r.Kind == "Pod" && r.Name == p.Name
	})
	if foreign {
		return refs
	}
	set, pod := s.wants(p)
	if set {
		refs = append(refs, controllerRef("apps/v1", s.set))
	}
	if pod {
		refs = append(refs, controllerRef("v1", p))
	}
	return refs
}
