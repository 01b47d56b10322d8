package place

import "towtank.dev/towtank/model"

// The priorities of the two classes that every cluster has.
// Source: kubernetes v1.37.2 pkg/apis/scheduling/v1/helpers.go.
const (
	systemClusterCritical = 2_000_000_000
	systemNodeCritical    = 2_000_001_000
)

// priorities resolves priority classes as pod creation does, except that a priority that the spec
// gives stands.
type priorities struct {
	classes map[string]*model.PriorityClass
	global  *model.PriorityClass
	// specs holds the completed copy of each spec, so that pods that shared one still do.
	specs map[*model.PodSpec]*model.PodSpec
}

func newPriorities(objects []model.Object) *priorities {
	p := &priorities{classes: map[string]*model.PriorityClass{}, specs: map[*model.PodSpec]*model.PodSpec{}}
	p.classes["system-cluster-critical"] = &model.PriorityClass{Value: systemClusterCritical}
	p.classes["system-node-critical"] = &model.PriorityClass{Value: systemNodeCritical}
	for _, o := range objects {
		class, ok := o.(*model.PriorityClass)
		if !ok {
			continue
		}
		p.classes[class.Name] = class
		// Of several global defaults the lowest value counts.
		// Source: kubernetes v1.37.2 plugin/pkg/admission/priority/admission.go getDefaultPriorityClass.
		if class.GlobalDefault && (p.global == nil || class.Value < p.global.Value) {
			p.global = class
		}
	}
	return p
}

// complete is the spec with priority and preemption policy filled in.
func (p *priorities) complete(spec *model.PodSpec) *model.PodSpec {
	if done := p.specs[spec]; done != nil {
		return done
	}
	class := p.global
	if spec.PriorityClassName != "" {
		class = p.classes[spec.PriorityClassName]
		if class == nil {
			class = p.global
		}
	}
	c := *spec
	if !c.HasPriority {
		c.HasPriority = true
		if class != nil {
			c.Priority = class.Value
		}
	}
	if c.PreemptionPolicy == "" {
		c.PreemptionPolicy = "PreemptLowerPriority"
		if class != nil && class.PreemptionPolicy != "" {
			c.PreemptionPolicy = class.PreemptionPolicy
		}
	}
	p.specs[spec] = &c
	return &c
}
