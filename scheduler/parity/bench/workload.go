package bench

import (
	"encoding/json"
	"fmt"

	"towtank.dev/towtank/scheduler/parity/generate"
)

// Workload is a cluster and a stream of pods for it.
type Workload struct {
	Name  string
	Nodes int
	// Percentage is percentageOfNodesToScore: 0 adaptive, 100 all nodes.
	Percentage int
	// Note says what is otherwise than in the workload of that name elsewhere.
	Note string
	// Preempts says that pods of the stream evict others.
	Preempts bool
	make     func(b *builder)
}

// builder collects the objects of a workload.
type builder struct {
	nodes  int
	stream int
	all    []object
}

func (b *builder) add(o ...object) { b.all = append(b.all, o...) }

// Text is the workload as a case. Pods without a node are the stream.
func (w *Workload) Text() (generate.Text, error) {
	b := &builder{nodes: w.Nodes, stream: streamOf(w.Nodes)}
	w.make(b)
	c := &generate.Case{Objects: b.all, Config: object{
		"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration",
		"percentageOfNodesToScore": json.Number(fmt.Sprint(w.Percentage)),
	}}
	return c.JSON()
}

// streamOf is how many pods a stream has.
func streamOf(nodes int) int {
	switch {
	case nodes < 1000:
		return 1000
	case nodes < 5000:
		return 3000
	}
	return 5000
}

// Workloads are the rows of the table: four templates and a stream of pods that are all different,
// then workloads after scheduler_perf's.
func Workloads() []*Workload {
	var rows []*Workload
	for _, t := range []struct {
		name string
		make template
	}{{"plain", plain}, {"spread", spread}, {"anti-affinity", antiAffinity}, {"mixed", mixed}} {
		for _, nodes := range []int{100, 1000, 5000} {
			for _, percentage := range []int{0, 100} {
				rows = append(rows, &Workload{Name: t.name, Nodes: nodes, Percentage: percentage, make: ofTemplate(t.make)})
			}
		}
	}
	for _, percentage := range []int{0, 100} {
		rows = append(rows, &Workload{Name: "all-different", Nodes: 5000, Percentage: percentage, make: ofTemplate(allDifferent)})
	}
	return append(rows, perf()...)
}

// ofTemplate is a cluster of three zones with a bound pod of the template on every node. Every tenth
// node has a taint that pods had better avoid, every fourth one a fast disk.
func ofTemplate(t template) func(b *builder) {
	return func(b *builder) {
		for i := range b.nodes {
			n := node(i, "32", "128Gi", object{
				"kubernetes.io/hostname":      fmt.Sprintf("node-%05d", i),
				"topology.kubernetes.io/zone": fmt.Sprintf("zone-%d", i%3),
				"disk":                        [...]string{"ssd", "hdd", "hdd", "hdd"}[i%4],
			})
			if i%10 == 0 {
				n["spec"] = object{"taints": []any{object{"key": "spot", "effect": "PreferNoSchedule"}}}
			}
			b.add(n)
		}
		for i := range b.nodes {
			b.add(bind(t(fmt.Sprintf("bound-%05d", i), i), i))
		}
		for i := range b.stream {
			b.add(t(fmt.Sprintf("pod-%05d", i), b.nodes+i))
		}
	}
}
