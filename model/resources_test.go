package model

import "testing"

// milli and mebi make lists: CPU in thousandths, memory in MiB; a negative amount leaves it out.
func list(milli, mebi int64) ResourceList {
	var l ResourceList
	if milli >= 0 {
		l = l.With(ResourceCPU, MilliQuantity(milli))
	}
	if mebi >= 0 {
		l = l.With(ResourceMemory, WholeQuantity(mebi<<20))
	}
	return l
}

func container(name string, milli, mebi int64) Container {
	return Container{Name: name, Requests: list(milli, mebi)}
}

func sidecar(name string, milli, mebi int64) Container {
	c := container(name, milli, mebi)
	c.RestartPolicy = RestartAlways
	return c
}

func TestEffectiveRequests(t *testing.T) {
	for _, c := range []struct {
		name                string
		spec                PodSpec
		milli, mebi         int64 // effective
		nonZeroCPU, nonZero int64 // non-zero
	}{
		{name: "a pod without requests asks for nothing, and counts with the defaults",
			spec: PodSpec{Containers: []Container{container("a", -1, -1)}}, nonZeroCPU: 100, nonZero: 200},
		{name: "each container without a request counts with the defaults",
			spec:  PodSpec{Containers: []Container{container("a", 500, -1), container("b", -1, 64)}},
			milli: 500, mebi: 64,
			// CPU 500 + 100, memory 200 + 64.
			nonZeroCPU: 600, nonZero: 264},
		{name: "an explicit zero stays zero",
			spec: PodSpec{Containers: []Container{container("a", 0, 0)}}},
		{name: "init containers run one after the other, beside the sidecars before them",
			// Containers and sidecars: 600 + 200 + 100 = 900. Peak: 900, 200, 1000 + 200 = 1200, 300.
			// max(900, 1200) + overhead 50.
			spec: PodSpec{
				InitContainers: []Container{container("i1", 900, 0), sidecar("s1", 200, 0), container("i2", 1000, 0), sidecar("s2", 100, 0)},
				Containers:     []Container{container("a", 600, 0)},
				Overhead:       list(50, -1)},
			milli: 1250, nonZeroCPU: 1250},
		{name: "pod-level requests stand in place of the containers' sum, overhead is added",
			spec:  PodSpec{Containers: []Container{container("a", 500, 100)}, PodRequests: list(800, -1), Overhead: list(10, 5)},
			milli: 810, mebi: 105, nonZeroCPU: 810, nonZero: 105},
		{name: "a resource that neither the pod nor a container requests counts with the default of each container",
			spec:  PodSpec{Containers: []Container{container("a", -1, -1), container("b", -1, -1)}, PodRequests: list(800, -1)},
			milli: 800, nonZeroCPU: 800, nonZero: 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, "effective", c.spec.EffectiveRequests(), c.milli, c.mebi)
			check(t, "non-zero", c.spec.NonZeroRequests(), c.nonZeroCPU, c.nonZero)
		})
	}
}

func check(t *testing.T, what string, got ResourceList, milli, mebi int64) {
	t.Helper()
	cpu, _ := got.Get(ResourceCPU)
	memory, _ := got.Get(ResourceMemory)
	if cpu.MilliValue() != milli || memory.Value() != mebi<<20 {
		t.Errorf("%s: got %dm and %d bytes, want %dm and %d MiB", what, cpu.MilliValue(), memory.Value(), milli, mebi)
	}
}

func TestScoredRequestsKnowNoPodLevel(t *testing.T) {
	// Fit's scorer adds up containers: 500 + default 100, memory 100 + default 200, overhead 10.
	spec := PodSpec{Containers: []Container{container("a", 500, 100), container("b", -1, -1)}, PodRequests: list(50, 50), Overhead: list(10, -1)}
	check(t, "scored", spec.ContainerRequests(), 610, 300)
}

func TestResizedRequests(t *testing.T) {
	spec := &PodSpec{Containers: []Container{container("a", 500, 100)}}
	allocated := map[string]ResourceList{"a": list(700, 100)}
	for _, c := range []struct {
		name        string
		status      ResizeStatus
		milli, mebi int64
	}{
		{"what is allocated counts when it is more than the spec", ResizeStatus{Allocated: allocated}, 700, 100},
		{"what is actuated counts when it is the most",
			ResizeStatus{Allocated: allocated, Actuated: map[string]ResourceList{"a": list(600, 300)}}, 700, 300},
		{"the spec does not count when the resize is infeasible",
			ResizeStatus{Infeasible: true, Allocated: map[string]ResourceList{"a": list(200, 50)}}, 200, 50},
		{"pod-level status stands in place of the containers'",
			ResizeStatus{PodAllocated: list(900, 10), PodActuated: list(100, 900), Allocated: allocated}, 900, 900},
		{"a container without a status counts by its spec", ResizeStatus{Allocated: map[string]ResourceList{}}, 500, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := Pod{Spec: spec, Status: PodStatus{Resize: &c.status}}
			check(t, "held", pod.EffectiveRequests(), c.milli, c.mebi)
		})
	}
}

func TestScalarResources(t *testing.T) {
	for _, c := range []struct {
		name             string
		scalar, extended bool
	}{
		{"cpu", false, false},
		{"pods", false, false},
		{"nvidia.com/gpu", true, true},
		{"hugepages-2Mi", true, false},
		{"attachable-volumes-csi-x", true, false},
		{"kubernetes.io/batman", true, false},
		{"requests.nvidia.com/gpu", false, false},
		{"example.com/-bad", false, false},
		{"Example.com/upper-prefix", false, false},
		{"example.com/Upper.Name_1", true, true},
		{"example.com/two/slashes", false, false},
		{"plain", false, false},
	} {
		if ScalarResource(c.name) != c.scalar || ExtendedResource(c.name) != c.extended {
			t.Errorf("%s: scalar %v, extended %v, want %v, %v", c.name, ScalarResource(c.name), ExtendedResource(c.name), c.scalar, c.extended)
		}
	}
}
