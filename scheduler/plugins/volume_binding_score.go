package plugins

import (
	"math"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// PreScore hands the plans on.
func (pl *volumeBinding) PreScore(preFilter any, _ *framework.PodInfo, _ []*framework.NodeInfo) (any, *framework.Status) {
	if _, ok := preFilter.(*bindingState); !ok {
		return nil, pl.stateless
	}
	return preFilter, nil
}

// storageUse is what of a class's storage a plan would use.
type storageUse struct {
	class               string
	requested, capacity int64 // bytes
}

// Score rates, class by class, how much of the storage on hand the plan would use, by default the less
// the better, and takes the mean. Where volumes are picked those count, else the capacities that drivers tell.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/volume_binding.go Score; scorer.go.
func (pl *volumeBinding) Score(state any, _ *framework.PodInfo, node *framework.NodeInfo) (int64, *framework.Status) {
	s, ok := state.(*bindingState)
	if !ok {
		return 0, pl.stateless
	}
	plan := s.plans[node.Name]
	if plan == nil {
		return 0, nil
	}
	uses := plan.storage()
	if len(uses) == 0 {
		return 0, nil
	}
	var sum int64
	for i := range uses {
		sum += pl.rate(uses[i].requested, uses[i].capacity)
	}
	return int64(math.Round(float64(sum) / float64(len(uses)))), nil
}

// rate is the value of the shape, at 100 when more is asked for than there is.
func (pl *volumeBinding) rate(requested, capacity int64) int64 {
	if capacity == 0 || requested > capacity {
		return shapeValue(pl.shape, 100)
	}
	return shapeValue(pl.shape, requested*100/capacity)
}

// storage sums the plan up by class.
func (p *bindingPlan) storage() []storageUse {
	var uses []storageUse
	of := func(class string) *storageUse {
		for i := range uses {
			if uses[i].class == class {
				return &uses[i]
			}
		}
		uses = append(uses, storageUse{class: class})
		return &uses[len(uses)-1]
	}
	for i := range p.static {
		b := &p.static[i]
		use := of(b.volume.StorageClass)
		use.requested += storageRequest(b.claim)
		use.capacity += storageOf(b.volume).Value()
	}
	if len(p.static) > 0 {
		return uses
	}
	for i := range p.dynamic {
		d := &p.dynamic[i]
		if d.capacity == nil {
			continue
		}
		use := of(claimClass(d.claim))
		use.requested += storageRequest(d.claim)
		// One capacity serves all claims of a class, so it is not summed. Upstream breaks down when
		// only a maximum size is told; here that is no capacity.
		if use.capacity = 0; d.capacity.Capacity != nil {
			use.capacity = d.capacity.Capacity.Value()
		}
	}
	return uses
}

func storageRequest(claim *model.PersistentVolumeClaim) int64 {
	q, _ := claim.Spec.Requests.Get(resourceStorage)
	return q.Value()
}
