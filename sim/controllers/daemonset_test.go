package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// agent is a DaemonSet as the API server has it.
func agent(change ...func(*model.DaemonSet)) *model.DaemonSet {
	s := &model.DaemonSet{ObjectMeta: model.ObjectMeta{Name: "agent"}, Template: template(1),
		Selector:       equalitySelector(map[string]string{"app": "web"}),
		UpdateStrategy: model.DaemonSetStrategy{Type: model.RollingUpdate, MaxUnavailable: model.IntOrPercent{Value: 1}}, TemplateGeneration: 1}
	for _, f := range change {
		f(s)
	}
	return s
}

func (b *bed) editDaemon(change func(*model.DaemonSet)) {
	b.t.Helper()
	s, _ := b.DaemonSets.Get("default", "agent")
	changed := apiserver.Copy(s).(*model.DaemonSet)
	change(changed)
	changed.Generation++
	b.must(b.Update(changed))
}

// newTemplate is what a person changes.
func newTemplate(s *model.DaemonSet) {
	s.Template = template(2)
	s.TemplateGeneration++
}

func (b *bed) taint(node string, taints ...model.Taint) {
	b.t.Helper()
	n, _ := b.Nodes.Get("", node)
	changed := apiserver.Copy(n).(*model.Node)
	changed.Taints = taints
	b.must(b.Update(changed))
}

// placed are the nodes of the set's pods, sorted; one with two pods stands twice.
func (b *bed) placed() string {
	var nodes []string
	for p := range b.Pods.All() {
		if !p.Deleting {
			nodes = append(nodes, p.NodeName)
		}
	}
	slices.Sort(nodes)
	return strings.Join(nodes, " ")
}

func TestEveryNodeThatShouldHasAPod(t *testing.T) {
	own := model.Taint{Key: "own", Effect: model.NoSchedule}
	b := newBed(t, quick)
	b.taint("n3", own)
	b.add(agent())
	b.run(time.Minute)
	if got := b.placed(); got != "n0 n1 n2" {
		t.Errorf("at first on %s", got)
	}
	b.taint("n3")
	b.run(time.Minute)
	if got := b.placed(); got != "n0 n1 n2 n3" {
		t.Errorf("without the taint on %s", got)
	}
	b.taint("n0", own) // what runs may stay
	b.taint("n1", model.Taint{Key: "own", Effect: model.NoExecute})
	b.taint("n2", model.Taint{Key: model.TaintUnreachable, Effect: model.NoExecute}, model.Taint{Key: model.TaintUnschedulable, Effect: model.NoSchedule})
	b.run(time.Minute)
	if got := b.placed(); got != "n0 n2 n3" {
		t.Errorf("with other taints on %s", got)
	}
	b.add(&model.Node{ObjectMeta: model.ObjectMeta{Name: "n9"}})
	b.run(time.Minute)
	s, _ := b.DaemonSets.Get("default", "agent")
	if got := b.placed(); got != "n0 n2 n3 n9" || s.Status.DesiredNumberScheduled != 3 || s.Status.NumberMisscheduled != 1 || s.Status.NumberReady != 3 {
		t.Errorf("with a new node on %s, status %+v", got, s.Status)
	}
}

func TestDaemonSetsAreUpdatedWithinTheirLimits(t *testing.T) {
	for _, test := range []struct {
		name     string
		strategy model.DaemonSetStrategy
		// most are the most pods at once, least the fewest that were ready, took how long it was until all were new.
		most, least int
		took        time.Duration
	}{
		// 4 nodes, one after another: 2 s until the old one is gone, 4 s until the new one is ready.
		{"one node after another", model.DaemonSetStrategy{Type: model.RollingUpdate, MaxUnavailable: model.IntOrPercent{Value: 1}}, 4, 3, 24 * time.Second},
		// 30 % of 4 is 1.2, rounded up 2
		{"a share is rounded up", model.DaemonSetStrategy{Type: model.RollingUpdate, MaxUnavailable: model.IntOrPercent{Value: 30, Percent: true}}, 4, 2, 12 * time.Second},
		// One more at a time: 4 s until it is ready, then the old one goes and the next comes.
		{"a second pod first", model.DaemonSetStrategy{Type: model.RollingUpdate, MaxSurge: model.IntOrPercent{Value: 1}}, 5, 4, 16 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, quick)
			b.add(agent(func(s *model.DaemonSet) { s.UpdateStrategy = test.strategy }))
			b.run(time.Minute)
			most, least, done := 0, 9, time.Duration(0)
			b.Observe(func(c apiserver.Change) {
				all, serving, current := 0, 0, 0
				for p := range b.Pods.All() {
					if p.Deleting {
						continue
					}
					all++
					if ready(p) {
						serving++
						if p.Labels[model.LabelPodTemplateGen] == "2" {
							current++
						}
					}
				}
				most, least = max(most, all), min(least, serving)
				if current == 4 && done == 0 {
					done = time.Duration(b.engine.Now()) - time.Minute
				}
			})
			b.editDaemon(newTemplate)
			b.run(2 * time.Minute)
			if most != test.most || least != test.least || done < test.took || done > test.took+time.Second {
				t.Errorf("at most %d pods, at least %d ready, done after %v; want %d, %d, %v", most, least, done, test.most, test.least, test.took)
			}
			s, _ := b.DaemonSets.Get("default", "agent")
			if s.Status.UpdatedNumberScheduled != 4 || s.Status.NumberAvailable != 4 || b.placed() != "n0 n1 n2 n3" {
				t.Errorf("on %s, status %+v", b.placed(), s.Status)
			}
		})
	}
}

func TestAFailedPodOfANodeIsReplacedMoreAndMoreSlowly(t *testing.T) {
	b := newBed(t, quick)
	b.nodes = 1
	for i := 1; i < 4; i++ {
		b.must(b.Delete(model.KindNode, "", fmt.Sprintf("n%d", i), apiserver.DeleteOptions{}))
	}
	var made []float64
	b.Observe(func(c apiserver.Change) {
		if pod, ok := c.New.(*model.Pod); ok && c.Type == apiserver.Added {
			made = append(made, time.Duration(b.engine.Now()).Round(time.Second).Seconds())
			_ = pod
		}
	})
	b.add(agent())
	for range 60 * 4 {
		for p := range b.Pods.All() {
			if p.NodeName != "" && p.Status.Phase == model.PodPending {
				failed := apiserver.Copy(p).(*model.Pod)
				failed.Status.Phase = model.PodFailed
				b.must(b.Update(failed))
				break
			}
		}
		b.run(250 * time.Millisecond)
	}
	// The first failure is replaced at once; the next ones wait 1, 2, 4, 8, 16 s, looked at again after that long.
	if len(made) < 5 || len(made) > 9 {
		t.Errorf("made at %v s", made)
	}
	for i := 3; i < len(made); i++ {
		if made[i]-made[i-1]+1 < made[i-1]-made[i-2] {
			t.Errorf("made at %v s: the waits do not grow", made)
		}
	}
}
