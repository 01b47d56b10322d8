package reports

import "towtank.dev/towtank/model"

// description is how the objects of a kind are described.
type description struct {
	kind  model.Kind
	write func(d *Describer, s *sheet, o model.Object)
}

// descriptions are those of all kinds that can be described, in the order of their names.
func descriptions() []description {
	return []description{
		cronJobDescription,
		daemonSetDescription,
		deploymentDescription,
		endpointSliceDescription,
		autoscalerDescription,
		jobDescription,
		limitRangeDescription,
		namespaceDescription,
		nodeDescription,
		volumeDescription,
		claimDescription,
		podDescription,
		budgetDescription,
		priorityClassDescription,
		replicaSetDescription,
		replicationControllerDescription,
		quotaDescription,
		serviceDescription,
		statefulSetDescription,
		storageClassDescription,
	}
}

// CanDescribe says whether objects of a kind can be described.
func CanDescribe(kind model.Kind) bool {
	for _, description := range descriptions() {
		if description.kind == kind {
			return true
		}
	}
	return false
}

// Describe tells of an object as kubectl describe does; "" is told of a kind that cannot be described.
func (d *Describer) Describe(o model.Object) string {
	for _, description := range descriptions() {
		if description.kind == o.Kind() {
			s := newSheet()
			description.write(d, s, o)
			return s.text()
		}
	}
	return ""
}
