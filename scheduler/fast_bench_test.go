package scheduler

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
)

// benchApps is how many applications the pods of a benchmark belong to.
const benchApps = 20

// templates make the specs of pods by application; serial tells pods of one application apart where
// all are to differ.
var templates = []struct {
	name string
	spec func(app, serial int) *model.PodSpec
}{
	{"plain", func(int, int) *model.PodSpec { return plainSpec() }},
	{"spread", spreadSpec},
	{"anti", antiSpec},
	{"mixed", mixedSpec},
	{"affinity", func(app, _ int) *model.PodSpec {
		s := plainSpec()
		s.Affinity = &model.Affinity{PodRequired: []model.PodAffinityTerm{{Selector: appSelector(app), TopologyKey: model.LabelZone}}}
		return s
	}},
	{"services", func(int, int) *model.PodSpec { return plainSpec() }},
	{"unschedulable", func(_, serial int) *model.PodSpec {
		s := plainSpec()
		if serial < benchApps {
			s.Containers[0].Requests[0].Quantity = model.WholeQuantity(33)
		}
		return s
	}},
	{"different", func(_, serial int) *model.PodSpec {
		s := plainSpec()
		s.Containers[0].Requests[0].Quantity = model.MilliQuantity(50 + int64(serial%977))
		s.Containers[0].Requests[1].Quantity = model.WholeQuantity(100_000_000 + int64(serial%9973)*12_345)
		return s
	}},
}

func appLabel(app int) string { return fmt.Sprintf("app-%d", app) }

func appSelector(app int) *model.Selector {
	return &model.Selector{Requirements: []model.Requirement{{Key: "app", Operator: model.OpIn, Values: []string{appLabel(app)}}}}
}

// spreadSpec is hard over zones and soft over hosts.
func spreadSpec(app, _ int) *model.PodSpec {
	s := plainSpec()
	s.SpreadTerms = []model.TopologySpreadConstraint{
		{MaxSkew: 1, TopologyKey: model.LabelZone, WhenUnsatisfiable: model.DoNotSchedule, Selector: appSelector(app), HonorAffinity: true},
		{MaxSkew: 1, TopologyKey: model.LabelHostname, WhenUnsatisfiable: model.ScheduleAnyway, Selector: appSelector(app), HonorAffinity: true},
	}
	return s
}

// antiSpec keeps pods of an application off each other's hosts and, if possible, zones.
func antiSpec(app, _ int) *model.PodSpec {
	s := plainSpec()
	s.Affinity = &model.Affinity{
		PodAntiRequired:  []model.PodAffinityTerm{{Selector: appSelector(app), TopologyKey: model.LabelHostname}},
		PodAntiPreferred: []model.WeightedPodAffinityTerm{{Weight: 50, Term: model.PodAffinityTerm{Selector: appSelector(app), TopologyKey: model.LabelZone}}},
	}
	return s
}

// mixedSpec is 40 % plain, 20 % spread, 20 % anti-affinity, 10 % with node affinity, 10 % preferring
// the pods of their application.
func mixedSpec(app, serial int) *model.PodSpec {
	switch app % 10 {
	case 0, 1, 2, 3:
		return plainSpec()
	case 4, 5:
		return spreadSpec(app, serial)
	case 6, 7:
		return antiSpec(app, serial)
	case 8:
		s := plainSpec()
		s.NodeSelector = map[string]string{"disk": "ssd"}
		s.Affinity = &model.Affinity{NodePreferred: []model.PreferredNodeTerm{{Weight: 10, Term: model.NodeSelectorTerm{
			MatchExpressions: []model.Requirement{{Key: model.LabelZone, Operator: model.OpIn, Values: []string{"zone-1"}}}}}}}
		return s
	}
	s := plainSpec()
	s.Affinity = &model.Affinity{PodPreferred: []model.WeightedPodAffinityTerm{{Weight: 10, Term: model.PodAffinityTerm{Selector: appSelector(app), TopologyKey: model.LabelZone}}}}
	return s
}

// bench is a cluster with one pod on each node, and a supply of pods.
type bench struct {
	core     *Core
	template func(app, serial int) *model.PodSpec
	differ   bool
	specs    []*model.PodSpec
	serial   int
	ready    []*framework.PodInfo
	placed   []*framework.PodInfo
}

func newBench(tb testing.TB, nodes int, percentage int32, template string, naive bool) *bench {
	c, err := NewCore(Options{Naive: naive, Config: &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind, PercentageOfNodesToScore: &percentage}})
	if err != nil {
		tb.Fatal(err)
	}
	b := &bench{core: c, differ: template == "different"}
	for _, t := range templates {
		if t.name == template {
			b.template = t.spec
		}
	}
	if template == "services" {
		for app := range benchApps {
			service := &model.Service{Selector: map[string]string{"app": appLabel(app)}}
			service.Name, service.Namespace = appLabel(app), "default"
			c.SetObject(service)
		}
	}
	for app := range benchApps {
		b.specs = append(b.specs, b.template(app, app))
	}
	for i := range nodes {
		n := plainNode(i)
		n.Labels["disk"] = []string{"ssd", "hdd"}[i/3%2]
		c.SetNode(n)
		p := b.pod()
		p.Node = n.Name
		c.AddPod(p)
	}
	return b
}

func (b *bench) pod() *framework.PodInfo {
	app := b.serial % benchApps
	spec := b.specs[app]
	if b.differ {
		spec = b.template(app, b.serial)
	}
	p := plainPod(b.serial, spec)
	p.Labels = map[string]string{"app": appLabel(app)}
	if b.differ {
		p.Labels["serial"] = p.Name
	}
	b.serial++
	return b.core.Pod(p)
}

// next is the next pod.
func (b *bench) next() *framework.PodInfo {
	p := b.ready[len(b.ready)-1]
	b.ready = b.ready[:len(b.ready)-1]
	return p
}

// BenchmarkTemplates decides and assumes pods in a cluster with one such pod on each node.
func BenchmarkTemplates(b *testing.B) {
	for _, template := range templates {
		for _, nodes := range []int{100, 1000, 5000} {
			for _, percentage := range []int32{0, 100} {
				b.Run(fmt.Sprintf("%s/nodes=%d/percentage=%d", template.name, nodes, percentage), func(b *testing.B) {
					benchmarkTemplate(b, nodes, percentage, template.name)
				})
			}
		}
	}
}

func benchmarkTemplate(b *testing.B, nodes int, percentage int32, template string) {
	x := newBench(b, nodes, percentage, template, false)
	failed := 0
	var spent time.Duration // on the processor: unlike the time on the clock it does not depend on the neighbours
	mark := processorTime()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if len(x.ready) == 0 {
			b.StopTimer()
			spent += processorTime() - mark
			if len(x.placed) > nodes*10 {
				for _, p := range x.placed {
					x.core.RemovePod(p)
					x.core.Release(p)
				}
				clear(x.placed)
				x.placed = x.placed[:0]
			}
			for range min(4000, b.N-i) {
				x.ready = append(x.ready, x.pod())
			}
			b.StartTimer()
			mark = processorTime()
		}
		p := x.next()
		cy := x.core.Schedule(0, p)
		if cy.Node == "" {
			failed++
			continue
		}
		p.Node = cy.Node
		x.core.AddPod(p)
		x.placed = append(x.placed, p)
	}
	spent += processorTime() - mark
	b.ReportMetric(float64(b.N)/spent.Seconds(), "pods/s")
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N), "cpu-ns/op")
	if failed > 0 {
		b.ReportMetric(float64(failed)/float64(b.N), "failed")
	}
	if f := x.core.fast; f.cycles > 0 {
		b.ReportMetric(float64(f.decided)/float64(f.cycles), "fast")
	}
}

// processorTime is what the process has used of the processor.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
