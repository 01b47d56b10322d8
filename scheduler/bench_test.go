package scheduler

import (
	"fmt"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
)

// plainNode has 32 CPUs, 128 GiB and room for 110 pods, in one of three zones; every tenth node has a
// PreferNoSchedule taint.
func plainNode(i int) *model.Node {
	n := &model.Node{}
	n.Name = fmt.Sprintf("node-%05d", i)
	n.Labels = map[string]string{model.LabelZone: fmt.Sprintf("zone-%d", i%3), model.LabelHostname: n.Name}
	n.Status.Allocatable = model.ResourceList{
		{Name: "cpu", Quantity: model.WholeQuantity(32)},
		{Name: "memory", Quantity: model.WholeQuantity(128 << 30)},
		{Name: "pods", Quantity: model.WholeQuantity(110)},
	}
	if i%10 == 0 {
		n.Taints = []model.Taint{{Key: "spot", Effect: model.PreferNoSchedule}}
	}
	return n
}

// plainSpec asks for a tenth of a CPU and 500 MB.
func plainSpec() *model.PodSpec {
	return &model.PodSpec{SchedulerName: config.DefaultSchedulerName, Containers: []model.Container{{
		Name: "app", Image: "registry.example/app:1",
		Requests: model.ResourceList{
			{Name: "cpu", Quantity: model.MilliQuantity(100)},
			{Name: "memory", Quantity: model.WholeQuantity(500_000_000)},
		},
	}}}
}

func plainPod(i int, spec *model.PodSpec) *model.Pod {
	p := &model.Pod{Spec: spec}
	p.Name, p.Namespace = fmt.Sprintf("pod-%07d", i), "default"
	p.UID = p.Name
	return p
}

// BenchmarkCycle decides and assumes pods of one template, with adaptive sampling and over all nodes.
func BenchmarkCycle(b *testing.B) {
	for _, nodes := range []int{100, 1000, 5000} {
		for _, percentage := range []int32{0, 100} {
			b.Run(fmt.Sprintf("nodes=%d/percentage=%d", nodes, percentage), func(b *testing.B) {
				benchmarkCycle(b, nodes, percentage)
			})
		}
	}
}

func benchmarkCycle(b *testing.B, nodes int, percentage int32) {
	c, err := NewCore(Options{Config: &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind, PercentageOfNodesToScore: &percentage}})
	if err != nil {
		b.Fatal(err)
	}
	for i := range nodes {
		c.SetNode(plainNode(i))
	}
	spec := plainSpec()
	evaluated, pods := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		info := c.Pod(plainPod(pods, spec))
		cy := c.Schedule(0, info)
		if cy.Node == "" {
			b.Fatal(cy.Message)
		}
		info.Node = cy.Node
		c.AddPod(info)
		evaluated += cy.Evaluated
		if pods++; pods%(nodes*100) == 0 {
			b.StopTimer()
			for _, n := range c.snapshot.Nodes {
				for len(n.Pods) > 0 {
					c.RemovePod(n.Pods[0])
				}
			}
			b.StartTimer()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(evaluated), "ns/node")
	b.ReportMetric(float64(pods)/b.Elapsed().Seconds(), "pods/s")
}
