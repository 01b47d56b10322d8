package apiserver

import "towtank.dev/towtank/model"

// systemClasses are the priority classes of every cluster.
// Source: kubernetes v1.37.2 pkg/apis/scheduling/v1/helpers.go systemPriorityClasses.
func systemClasses() []*model.PriorityClass {
	const highest = 1_000_000_000 // HighestUserDefinablePriority
	return []*model.PriorityClass{
		{ObjectMeta: model.ObjectMeta{Name: "system-node-critical"}, Value: 2*highest + 1000, PreemptionPolicy: preemptLower,
			Description: "Used for system critical pods that must not be moved from their current node."},
		{ObjectMeta: model.ObjectMeta{Name: "system-cluster-critical"}, Value: 2 * highest, PreemptionPolicy: preemptLower,
			Description: "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."},
	}
}

const preemptLower = "PreemptLowerPriority"

// admitPriority fills in the priority of a pod from its class, the global default or 0. A priority or
// policy that is given must be the one computed.
// Source: kubernetes v1.37.2 plugin/pkg/admission/priority/admission.go admitPod, establishPriority.
func (s *Server) admitPriority(pod *model.Pod, spec *model.PodSpec) error {
	class, err := s.classOf(pod, spec)
	if err != nil {
		return err
	}
	value, policy := int32(0), preemptLower
	if class != nil {
		spec.PriorityClassName, value = class.Name, class.Value
		if class.PreemptionPolicy != "" {
			policy = class.PreemptionPolicy
		}
	}
	if spec.HasPriority && spec.Priority != value {
		return forbidden(s.Pods.resource, asked(&pod.ObjectMeta), mismatch("integer value of priority", spec.Priority, value))
	}
	if spec.PreemptionPolicy != "" && spec.PreemptionPolicy != policy {
		return forbidden(s.Pods.resource, asked(&pod.ObjectMeta),
			mismatch("string value of PreemptionPolicy", spec.PreemptionPolicy, policy))
	}
	spec.Priority, spec.HasPriority, spec.PreemptionPolicy = value, true, policy
	return nil
}

// classOf is the class a pod names, else the global default, else nil.
func (s *Server) classOf(pod *model.Pod, spec *model.PodSpec) (*model.PriorityClass, error) {
	if spec.PriorityClassName == "" {
		return s.defaultClass(), nil
	}
	class, ok := s.PriorityClasses.Get("", spec.PriorityClassName)
	if !ok {
		return nil, forbidden(s.Pods.resource, asked(&pod.ObjectMeta), "no PriorityClass with name "+spec.PriorityClassName+" was found")
	}
	return class, nil
}

// defaultClass is the class marked as the global default; of several, the one with the lowest value.
// Source: kubernetes v1.37.2 plugin/pkg/admission/priority/admission.go getDefaultPriorityClass.
func (s *Server) defaultClass() *model.PriorityClass {
	var found *model.PriorityClass
	for c := range s.PriorityClasses.All() {
		if c.GlobalDefault && (found == nil || c.Value < found.Value) {
			found = c
		}
	}
	return found
}

// admitPriorityClass refuses a second global default and forgets what was computed with fewer classes.
func (s *Server) admitPriorityClass(c *model.PriorityClass) error {
	if known := s.defaultClass(); c.GlobalDefault && known != nil {
		return forbidden(s.PriorityClasses.resource, c.Name,
			"PriorityClass "+known.Name+" is already marked as default. Only one default can exist")
	}
	s.admission.specs.reset()
	return nil
}
