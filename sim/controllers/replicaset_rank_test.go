package controllers

import (
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// standing is a pod that runs and is ready since an instant; change makes it another.
func standing(name string, readySince time.Duration, change ...func(*model.Pod)) *model.Pod {
	p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, UID: name, Created: sim.At(time.Second)}, Spec: bedSpec, NodeName: "n1",
		Status: model.PodStatus{Phase: model.PodRunning, Conditions: []model.PodCondition{
			{Type: model.PodReady, Status: "True", LastTransition: sim.At(readySince)}}}}
	for _, f := range change {
		f(p)
	}
	return p
}

func cost(text string) func(*model.Pod) {
	return func(p *model.Pod) { p.Annotations = map[string]string{model.AnnotationDeletionCost: text} }
}

func TestPodsThatCanBestBeSparedGoFirst(t *testing.T) {
	unready := func(p *model.Pod) { p.Status.Conditions[0].Status = "False" }
	restarted := func(n int32) func(*model.Pod) {
		return func(p *model.Pod) { p.Status.Containers = []model.ContainerStatus{{Name: "c", RestartCount: n}} }
	}
	sidecar := &model.PodSpec{InitContainers: []model.Container{{Name: "s", RestartPolicy: model.RestartAlways}, {Name: "i"}}}
	sidecarRestarted := func(s, i int32) func(*model.Pod) {
		return func(p *model.Pod) {
			p.Spec = sidecar
			p.Status.InitContainers = []model.ContainerStatus{{Name: "s", RestartCount: s}, {Name: "i", RestartCount: i}}
		}
	}
	created := func(d time.Duration) func(*model.Pod) { return func(p *model.Pod) { p.Created = sim.At(d) } }
	related := map[string]int{"n2": 2, "n1": 1}
	for _, c := range []struct {
		name          string
		first, second *model.Pod
	}{
		{"without a node before with one", standing("b", 0, unready, func(p *model.Pod) { p.NodeName = "" }), standing("a", 0, unready)},
		{"pending before running", standing("b", 0, unready, func(p *model.Pod) { p.Status.Phase = model.PodPending }), standing("a", 0, unready)},
		{"pending before unknown", standing("b", 0, unready, func(p *model.Pod) { p.Status.Phase = model.PodPending }), standing("a", 0, unready, func(p *model.Pod) { p.Status.Phase = model.PodUnknown })},
		{"unready before ready, whatever it costs", standing("b", 0, unready, cost("100")), standing("a", 0)},
		{"the cheaper", standing("b", 0, cost("-5")), standing("a", 0)},
		{"a cost with a plus sign is none", standing("a", 0, cost("+10")), standing("b", 0)},
		{"a cost with a leading zero is none", standing("a", 0, cost("010")), standing("b", 0)},
		{"the one with more of its like on its node", standing("b", 0, func(p *model.Pod) { p.NodeName = "n2" }), standing("a", 0)},
		// At t = 1000 s: ready for 600 s and 500 s. log2 of 6e11 ns is 39.1 and of 5e11 38.9.
		{"the later ready, by powers of two", standing("b", 500*time.Second), standing("a", 400*time.Second)},
		// 900 s and 600 s: both 39, so that the UID decides and not the time.
		{"within one power of two the smaller UID", standing("a", 100*time.Second), standing("b", 400*time.Second)},
		{"the one that has restarted more", standing("b", 0, restarted(3)), standing("a", 0, restarted(1))},
		{"of equal restarts those of sidecars count, not those of init containers", standing("b", 0, sidecarRestarted(2, 0)), standing("a", 0, sidecarRestarted(1, 9))},
		// Created 990 s and 10 s ago: log2 of 9.9e11 is 39, of 1e10 33.
		{"the younger, by powers of two", standing("b", 0, created(990*time.Second)), standing("a", 0, created(10*time.Second))},
		// Ready at 700.2 s and 700.9 s is one second to those who compare: the restarts decide.
		{"instants within a second are equal", standing("b", 700200*time.Millisecond, restarted(1)), standing("a", 700900*time.Millisecond)},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t, quick)
			b.run(1000 * time.Second)
			for _, pods := range [][]*model.Pod{{c.first, c.second}, {c.second, c.first}} {
				var ranks []spare
				for _, p := range pods {
					ranks = append(ranks, b.manager.rank(p, related[p.NodeName]))
				}
				slices.SortFunc(ranks, compareSpare)
				if ranks[0].pod != c.first {
					t.Errorf("%s goes before %s", ranks[0].pod.Name, ranks[1].pod.Name)
				}
			}
		})
	}
}
