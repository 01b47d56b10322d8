package framework

import "towtank.dev/towtank/model"

// Resource is an amount of everything a node has or a pod holds. Scalars are indexed by the number a
// Vocabulary gave the resource's name; what is beyond the slice is zero.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go Resource.
type Resource struct {
	MilliCPU         int64
	Memory           int64 // bytes
	EphemeralStorage int64 // bytes
	Pods             int64 // allowed number; allocatable only
	Scalars          []int64
}

// Scalar is the amount of the scalar resource of that number.
func (r *Resource) Scalar(number int) int64 {
	if number < len(r.Scalars) {
		return r.Scalars[number]
	}
	return 0
}

// addScalar adds to one scalar resource, growing the slice when needed.
func (r *Resource) addScalar(number int, amount int64) {
	for len(r.Scalars) <= number {
		r.Scalars = append(r.Scalars, 0)
	}
	r.Scalars[number] += amount
}

// ScalarRequest is a pod's request of one scalar resource.
type ScalarRequest struct {
	Number int // of the resource, in the Vocabulary
	Name   string
	Amount int64
	// Extended resources can be ignored by configuration, others cannot.
	Extended bool
}

// Requests is what a pod asks of a node or holds there.
type Requests struct {
	MilliCPU         int64
	Memory           int64
	EphemeralStorage int64
	Scalars          []ScalarRequest // by name
	// NonZeroMilliCPU and NonZeroMemory count containers that request nothing at upstream's defaults.
	NonZeroMilliCPU int64
	NonZeroMemory   int64
}

// Zero says whether the pod asks for nothing at all.
func (r *Requests) Zero() bool {
	return r.MilliCPU == 0 && r.Memory == 0 && r.EphemeralStorage == 0 && len(r.Scalars) == 0
}

// Vocabulary numbers the names of scalar resources and images, and shares what is derived from a pod's spec
// between all pods that have it. Each scheduler has one of its own.
type Vocabulary struct {
	scalars map[string]int
	names   []string
	numbers map[string]int // of image names
	specs   map[*model.PodSpec]*SpecInfo
}

// NewVocabulary is an empty vocabulary.
func NewVocabulary() *Vocabulary {
	return &Vocabulary{scalars: map[string]int{}, numbers: map[string]int{}, specs: map[*model.PodSpec]*SpecInfo{}}
}

// Scalar is the number of a scalar resource; the same name has the same number ever after.
func (v *Vocabulary) Scalar(name string) int {
	number, known := v.scalars[name]
	if !known {
		number = len(v.names)
		v.scalars[name] = number
		v.names = append(v.names, name)
	}
	return number
}

// Image is the number of an image name.
func (v *Vocabulary) Image(name string) int {
	number, known := v.numbers[name]
	if !known {
		number = len(v.numbers)
		v.numbers[name] = number
	}
	return number
}

// ScalarName is the name of the scalar resource of that number.
func (v *Vocabulary) ScalarName(number int) string { return v.names[number] }

// requests turns effective requests into numbers.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/types.go Resource.Add.
func (v *Vocabulary) requests(list, nonZero model.ResourceList) Requests {
	var r Requests
	for i := range list {
		name, q := list[i].Name, list[i].Quantity
		switch {
		case name == model.ResourceCPU:
			r.MilliCPU = q.MilliValue()
		case name == model.ResourceMemory:
			r.Memory = q.Value()
		case name == model.ResourceEphemeralStorage:
			r.EphemeralStorage = q.Value()
		case name != model.ResourcePods && model.ScalarResource(name):
			r.Scalars = append(r.Scalars, ScalarRequest{v.Scalar(name), name, q.Value(), model.ExtendedResource(name)})
		}
	}
	cpu, _ := nonZero.Get(model.ResourceCPU)
	memory, _ := nonZero.Get(model.ResourceMemory)
	r.NonZeroMilliCPU, r.NonZeroMemory = cpu.MilliValue(), memory.Value()
	return r
}

// Allocatable turns what a node offers into numbers.
func (v *Vocabulary) Allocatable(list model.ResourceList) Resource {
	var r Resource
	for i := range list {
		name, q := list[i].Name, list[i].Quantity
		switch {
		case name == model.ResourceCPU:
			r.MilliCPU = q.MilliValue()
		case name == model.ResourceMemory:
			r.Memory = q.Value()
		case name == model.ResourceEphemeralStorage:
			r.EphemeralStorage = q.Value()
		case name == model.ResourcePods:
			r.Pods = q.Value()
		case model.ScalarResource(name):
			r.addScalar(v.Scalar(name), q.Value())
		}
	}
	return r
}
