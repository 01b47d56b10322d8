package plugins

import (
	"fmt"
	"slices"

	"towtank.dev/towtank/model"
)

// noProvisioner is the provisioner of classes whose volumes nobody makes.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go NotSupportedProvisioner.
const noProvisioner = "kubernetes.io/no-provisioner"

// find makes the plan for a node, nil when nothing waits, or says what speaks against the node.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go FindPodVolumes.
func (pl *volumeBinding) find(s *bindingState, node *model.Node) (*bindingPlan, conflict, error) {
	found, err := pl.reach(s.bound, node)
	if err != nil || len(s.selected)+len(s.waiting) == 0 {
		return nil, found, err
	}
	for _, w := range s.selected {
		if w.selected != node.Name {
			return nil, found | bindConflict, nil
		}
	}
	plan := &bindingPlan{}
	toProvision := s.selected
	for _, w := range s.waiting {
		if v := w.pick(node, plan); v != nil {
			plan.static = append(plan.static, staticBinding{claim: w.claim, volume: v})
		} else {
			toProvision = append(slices.Clip(toProvision), w)
		}
	}
	for _, w := range toProvision {
		capacity, against := w.provision(node)
		if against != 0 {
			return nil, found | against, nil
		}
		plan.dynamic = append(plan.dynamic, provision{w.claim, capacity})
	}
	return plan, found, nil
}

// reach checks the node affinity of volumes that are bound; the first that does not fit decides.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go checkBoundClaims.
func (pl *volumeBinding) reach(bound []boundClaim, node *model.Node) (conflict, error) {
	var csiNode *model.CSINode
	for i := range bound {
		b := &bound[i]
		if b.volume == nil {
			return volumeNotThere, nil
		}
		affinity := b.volume.NodeAffinity
		if b.disk != nil {
			if csiNode == nil {
				csiNode = pl.objects.CSINode(node.Name)
			}
			if b.disk.onNode(csiNode) {
				if b.migrationErr != nil {
					return 0, fmt.Errorf("could not translate pv: %w", b.migrationErr)
				}
				affinity = b.migrated
			}
		}
		if !reachable(affinity, node) {
			return nodeConflict, nil
		}
	}
	return 0, nil
}

// reachable says whether a volume with that node affinity can be used on the node. Only labels count,
// not the node's name.
// Source: kubernetes v1.37.2 component-helpers storage/volume/helpers.go CheckNodeAffinity.
func reachable(affinity *model.NodeSelector, node *model.Node) bool {
	if affinity == nil {
		return true
	}
	nameless := model.Node{}
	nameless.Labels = node.Labels
	return nodeSelectorMatches(affinity, &nameless)
}

// pick is the volume that the claim gets on the node: one that is reserved for it, else the smallest
// that will do and is not in the plan already.
func (w *waitingClaim) pick(node *model.Node, plan *bindingPlan) *model.PersistentVolume {
	for _, v := range w.own {
		if !plan.uses(v) {
			if reachable(v.NodeAffinity, node) {
				return v
			}
			return nil
		}
	}
	for _, v := range w.free {
		if !plan.uses(v) && reachable(v.NodeAffinity, node) {
			return v
		}
	}
	return nil
}

func (p *bindingPlan) uses(v *model.PersistentVolume) bool {
	for i := range p.static {
		if p.static[i].volume.Name == v.Name {
			return true
		}
	}
	return false
}

// provision says whether a volume can be made for the claim where the node reaches it, and from which
// capacity, nil when the driver does not tell.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go checkVolumeProvisions,
// hasEnoughCapacity.
func (w *waitingClaim) provision(node *model.Node) (*model.CSIStorageCapacity, conflict) {
	if w.class.Provisioner == "" || w.class.Provisioner == noProvisioner || !allowed(w.class.AllowedTopologies, node) {
		return nil, bindConflict
	}
	if !w.tellsCapacity {
		return nil, 0
	}
	for _, c := range w.capacities {
		if c.NodeTopology.Matches(node.Labels) {
			return c, 0
		}
	}
	return nil, notEnoughSpace
}

// allowed says whether the node is in one of the topologies; no topologies mean any node.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/helper/helpers.go MatchTopologySelectorTerms.
func allowed(terms []model.TopologySelectorTerm, node *model.Node) bool {
	for i := range terms {
		if requirements := terms[i].Requirements; len(requirements) > 0 && meetsAll(requirements, node.Labels) {
			return true
		}
	}
	return len(terms) == 0
}

func meetsAll(requirements []model.Requirement, labels map[string]string) bool {
	for i := range requirements {
		if !requirements[i].Matches(labels) {
			return false
		}
	}
	return true
}
