package plugins

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// volumeBinding finds, for a pod with claims, the nodes from which all its volumes can be reached, and
// settles which volume each claim that waited for the pod is to get.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, binder.go.
type volumeBinding struct {
	objects  framework.Objects
	snapshot *framework.Snapshot
	shape    []ShapePoint
	timeout  time.Duration

	// claims and volumes are as decided by cycles whose outcome is not written yet.
	claims  assumedObjects[*model.PersistentVolumeClaim]
	volumes assumedObjects[*model.PersistentVolume]

	skip, immediate, stateless *framework.Status
	conflicts                  [allConflicts + 1]*framework.Status
}

var (
	_ framework.PreFilterPlugin   = (*volumeBinding)(nil)
	_ framework.FilterPlugin      = (*volumeBinding)(nil)
	_ framework.PreScorePlugin    = (*volumeBinding)(nil)
	_ framework.ScorePlugin       = (*volumeBinding)(nil)
	_ framework.ReservePlugin     = (*volumeBinding)(nil)
	_ framework.PreBindWriter     = (*volumeBinding)(nil)
	_ framework.EnqueueExtensions = (*volumeBinding)(nil)
)

func newVolumeBinding(args framework.Args, h *framework.Handle) (framework.Plugin, error) {
	a := args.(*VolumeBindingArgs)
	pl := &volumeBinding{
		objects:   h.Objects,
		snapshot:  h.Snapshot,
		shape:     a.Shape,
		timeout:   time.Duration(*a.BindTimeoutSeconds) * time.Second,
		claims:    assumedObjects[*model.PersistentVolumeClaim]{},
		volumes:   assumedObjects[*model.PersistentVolume]{},
		skip:      framework.NewStatus(VolumeBinding, framework.Skip),
		immediate: framework.NewStatus(VolumeBinding, framework.UnschedulableAndUnresolvable, "pod has unbound immediate PersistentVolumeClaims"),
		stateless: framework.NewStatus(VolumeBinding, framework.Error, "not found"),
	}
	for c := range pl.conflicts {
		pl.conflicts[c] = framework.NewStatus(VolumeBinding, framework.UnschedulableAndUnresolvable, conflict(c).reasons()...)
	}
	return pl, nil
}

// Name is VolumeBinding.
func (*volumeBinding) Name() string { return VolumeBinding }

// conflict is a set of reasons why a node does not do.
type conflict uint8

const (
	nodeConflict conflict = 1 << iota
	bindConflict
	notEnoughSpace
	volumeNotThere

	allConflicts = 1<<iota - 1
)

var conflictReasons = [...]string{
	"node(s) didn't match PersistentVolume's node affinity",
	"node(s) didn't find available persistent volumes to bind",
	"node(s) did not have enough free storage",
	"node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
}

func (c conflict) reasons() []string {
	var reasons []string
	for i, reason := range conflictReasons {
		if c&(1<<i) != 0 {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// bindingState is the state of a cycle.
type bindingState struct {
	// bound are the claims that have their volume; selected and waiting those that wait for the pod,
	// with and without a node that was chosen before. waiting is in order of size.
	bound             []boundClaim
	selected, waiting []*waitingClaim
	// plans is how the waiting claims would be served on each node that passed, by node.
	plans map[string]*bindingPlan
	// reserved is the plan that was chosen, nil when there is nothing to bind.
	reserved *bindingPlan
}

// bindingPlan is what is to become of the waiting claims on one node.
type bindingPlan struct {
	static  []staticBinding
	dynamic []provision
}

// staticBinding is a claim and the volume it is to get.
type staticBinding struct {
	claim  *model.PersistentVolumeClaim
	volume *model.PersistentVolume
	// changed says, of a plan that is reserved, that the volume is to be written.
	changed bool
}

// provision is a claim for which a volume is to be made, and the capacity that was found for it.
type provision struct {
	claim    *model.PersistentVolumeClaim
	capacity *model.CSIStorageCapacity
}

// PreFilter sorts the pod's claims. It ends the cycle when one is not fit for use, or should have its
// volume already.
func (pl *volumeBinding) PreFilter(pod *framework.PodInfo, _ *framework.Snapshot) (any, *framework.NodeNames, *framework.Status) {
	has, problem := pl.check(pod)
	if problem != "" {
		return nil, nil, framework.NewStatus(VolumeBinding, framework.UnschedulableAndUnresolvable, problem)
	}
	s := &bindingState{}
	if !has {
		return s, nil, pl.skip
	}
	if !pl.sort(pod, s) {
		return nil, nil, pl.immediate
	}
	return s, nil, nil
}

// check says whether the pod has claims, and what keeps them from use.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/volume_binding.go podHasPVCs.
func (pl *volumeBinding) check(pod *framework.PodInfo) (has bool, problem string) {
	for i := range pod.Volumes {
		name, ephemeral, ok := claimOf(pod.Pod, &pod.Volumes[i])
		if !ok {
			continue
		}
		has = true
		claim := pl.objects.PersistentVolumeClaim(pod.Pod.Namespace, name)
		switch {
		case claim == nil && ephemeral:
			return true, fmt.Sprintf("waiting for ephemeral volume controller to create the persistentvolumeclaim %q", name)
		case claim == nil:
			return true, claimNotFound(name)
		case claim.Phase == "Lost":
			return true, fmt.Sprintf("persistentvolumeclaim %q bound to non-existent persistentvolume %q", name, claim.Spec.VolumeName)
		case claim.Deleting:
			return true, fmt.Sprintf("persistentvolumeclaim %q is being deleted", name)
		}
		if ephemeral {
			if why := notOwned(pod.Pod, claim); why != "" {
				return true, why
			}
		}
	}
	return has, ""
}

// Filter looks whether all volumes can be had on the node, and keeps the plan if so.
func (pl *volumeBinding) Filter(state any, _ *framework.PodInfo, node *framework.NodeInfo) *framework.Status {
	s, ok := state.(*bindingState)
	if !ok {
		return pl.stateless
	}
	plan, found, err := pl.find(s, node.Node)
	switch {
	case err != nil:
		return framework.NewStatus(VolumeBinding, framework.Error, err.Error())
	case found != 0:
		return pl.conflicts[found]
	}
	if plan != nil {
		if s.plans == nil {
			s.plans = map[string]*bindingPlan{}
		}
		s.plans[node.Name] = plan
	}
	return nil
}
