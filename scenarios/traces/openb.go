package traces

import (
	"fmt"
	"sort"

	"towtank.dev/towtank/model"
)

// openb is the GPU cluster trace of Alibaba (cluster-trace-gpu-v2023; Weng et al., USENIX ATC'23):
// 1,523 nodes and lists of about 8,000 pods with GPU shares. docs/traces.md describes the mapping.
var openb = Format{
	Name:    "openb",
	Doc:     "Alibaba GPU cluster trace v2023: node and pod lists as CSV, plain or .gz",
	Replays: []string{"order", "shuffled", "time"},
	Open:    openOpenb,
}

// Names that the trace's resources and labels get.
const (
	ResourceGPU      = "nvidia.com/gpu"
	ResourceGPUMilli = "alibabacloud.com/gpu-milli"
	LabelGPUModel    = "alibabacloud.com/gpu-card-model"
	LabelQoS         = "alibabacloud.com/qos"
	openbNamespace   = "default"
	// openbPodLimit is the number of pods a node takes in the trace's own simulator.
	openbPodLimit = 1001
	mebibyte      = 1 << 20
)

// openbGPU are the mappings of GPUs, the default first.
var openbGPU = []string{"milli", "whole"}

func openOpenb(o Options) (*Trace, error) {
	if o.GPU == "" {
		o.GPU = openbGPU[0]
	}
	if o.GPU != "milli" && o.GPU != "whole" {
		return nil, Problems{fmt.Sprintf("gpu mapping %q is not known to trace format openb, want milli or whole", o.GPU)}
	}
	var problems Problems
	if o.Nodes == "" {
		problems = append(problems, "trace openb: the node list is missing, want --nodes FILE")
	}
	if o.Pods == "" {
		problems = append(problems, "trace openb: the pod list is missing, want --pods FILE")
	}
	if problems != nil {
		return nil, problems
	}
	nodes, left, err := openbNodes(o)
	if err != nil {
		return nil, err
	}
	arrivals, err := newOpenbPods(o)
	if err != nil {
		return nil, err
	}
	return &Trace{
		Format: "openb", Replay: o.Replay, GPU: o.GPU,
		Nodes: nodes, Extended: extended(nodes), Arrivals: arrivals,
		Files: []string{o.Nodes, o.Pods}, Notes: left.notes(),
	}, nil
}

// openbNodes reads the whole node list: nodes exist from the start of the run.
func openbNodes(o Options) ([]model.Object, *skipped, error) {
	t, err := openTable(o.Nodes, "sn", "cpu_milli", "memory_mib", "gpu", "model")
	if err != nil {
		return nil, nil, err
	}
	defer t.close()
	var nodes []model.Object
	left, seen := &skipped{file: o.Nodes}, map[string]bool{}
	for {
		more, err := t.next()
		if err != nil {
			return nil, nil, err
		}
		if !more {
			break
		}
		node, why := openbNode(t, o.GPU)
		if why == "" && seen[node.Name] {
			why = "a node of this name stands above"
		}
		if why != "" {
			left.add(t.line(), why)
			continue
		}
		seen[node.Name] = true
		nodes = append(nodes, node)
	}
	if len(nodes) == 0 {
		return nil, nil, Problems{fmt.Sprintf("%s:2:1: no usable node, want rows of sn, cpu_milli, memory_mib, gpu, model", o.Nodes)}
	}
	return nodes, left, nil
}

// openbNode maps one row; why says what makes the row unusable.
func openbNode(t *table, mapping string) (node *model.Node, why string) {
	name := t.field("sn")
	if !validName(name) {
		return nil, "sn is not a node name"
	}
	cpu, ok := count(t.field("cpu_milli"), maxMilliCPU)
	if !ok {
		return nil, "cpu_milli is not a number of millicores"
	}
	memory, ok := count(t.field("memory_mib"), maxMebibytes)
	if !ok {
		return nil, "memory_mib is not a number of MiB"
	}
	gpus, ok := count(t.field("gpu"), maxGPUs)
	if !ok {
		return nil, "gpu is not a number of GPUs"
	}
	offers := model.ResourceList{}.
		With(model.ResourceCPU, model.MilliQuantity(cpu)).
		With(model.ResourceMemory, model.WholeQuantity(memory*mebibyte)).
		With(model.ResourcePods, model.WholeQuantity(openbPodLimit))
	if gpus > 0 {
		resource, amount := openbAmount(mapping, gpus, 1000)
		offers = offers.With(resource, model.WholeQuantity(amount))
	}
	labels := map[string]string{model.LabelHostname: name}
	if m := t.field("model"); m != "" {
		if !validLabelValue(m) {
			return nil, "model is not a label value"
		}
		labels[LabelGPUModel] = m
	}
	node = &model.Node{
		ObjectMeta: model.ObjectMeta{Name: name, Labels: labels},
		Status: model.NodeStatus{
			Capacity: offers, Allocatable: offers,
			Conditions: []model.NodeCondition{{Type: "Ready", Status: "True", Reason: "KubeletReady"}},
		},
	}
	return node, ""
}

// openbAmount is the extended resource that a number of GPUs, each used to so many thousandths, counts
// as. whole: every GPU that is touched counts as one. milli: thousandths of a node's GPUs are one pool.
func openbAmount(mapping string, gpus, milli int64) (resource string, amount int64) {
	if mapping == "whole" {
		return ResourceGPU, gpus
	}
	return ResourceGPUMilli, gpus * milli
}

// extended names the extended resources that any of the nodes offers, sorted.
func extended(nodes []model.Object) []string {
	seen := map[string]bool{}
	var out []string
	for _, o := range nodes {
		for _, r := range o.(*model.Node).Status.Allocatable {
			switch r.Name {
			case model.ResourceCPU, model.ResourceMemory, model.ResourcePods, model.ResourceEphemeralStorage:
				continue
			}
			if !seen[r.Name] {
				seen[r.Name] = true
				out = append(out, r.Name)
			}
		}
	}
	sort.Strings(out)
	return out
}
