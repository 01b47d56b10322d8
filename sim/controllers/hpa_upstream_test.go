package controllers

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// upstreamHistory is a line of testdata/hpa.jsonl.gz: an autoscaler of a Deployment web, and what the real controller
// made of it, look by look. Recorded with kubernetes v1.37.2 pkg/controller/podautoscaler HorizontalController
// (reconcileAutoscaler) on a clock that is set, with metrics, pods and scales that are given. Amounts are
// thousandths, instants milliseconds; starts and changes of pods are seconds.
type upstreamHistory struct {
	Min, Max, Replicas int32
	Request            int64
	Up, Down           *upstreamRules
	Metrics            []struct {
		Type, Name, Container string
		Percent               int32
		Average, Value        int64
	}
	Steps []upstreamStep
}

type upstreamRules struct {
	Window   *int32
	Select   string
	Policies []struct {
		Type          string
		Value, Period int32
	}
	Tolerance int64 // -1: none
}

type upstreamStep struct {
	At      int64
	Set     int32 // the size that somebody gives it before, -1: nobody
	Pods    []string
	Current int32
	Given   map[string]int64 // of the object and the external metric
	Want    struct {
		Scale, Current, Desired int32
		Conditions, Metrics     []string
		Event                   string
	}
}

// upstreamPod is a pod of a step: phase, ready, deleting, listed, started, changed, sample's instant, CPU, memory and
// the metric rps, which is not there when negative.
type upstreamPod struct {
	phase, ready, deleting, listed               string
	started, changed, at, cpu, memory, requested int64
}

func (s *upstreamStep) pods(t *testing.T) (out []upstreamPod) {
	for _, line := range s.Pods {
		var p upstreamPod
		if _, err := fmt.Sscan(line, &p.phase, &p.ready, &p.deleting, &p.listed, &p.started, &p.changed, &p.at, &p.cpu, &p.memory, &p.requested); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// stepped are the metrics of a step.
type stepped struct {
	given map[string]int64
	pods  map[string]upstreamPod
}

func (s *stepped) Usage(_ sim.Time, p *model.Pod, resource, _ string) Reading {
	known := s.pods[p.Name]
	if known.listed != "yes" {
		return Reading{}
	}
	r := Reading{Milli: known.cpu, At: sim.At(time.Duration(known.at) * time.Millisecond), Window: 15 * time.Second, Known: true, Listed: true}
	if resource == model.ResourceMemory {
		r.Milli = known.memory
	}
	return r
}

func (s *stepped) Adapters() (custom, external bool) { return true, true }

func (s *stepped) OfPod(_ sim.Time, p *model.Pod, _ string, _ *model.Selector) Reading {
	known := s.pods[p.Name]
	return Reading{Milli: known.requested, Known: known.requested >= 0, Listed: known.requested >= 0}
}

func (s *stepped) OfObject(_ sim.Time, _ string, _ model.ScaleTarget, metric string, _ *model.Selector) Reading {
	milli, ok := s.given[metric]
	return Reading{Milli: milli, Known: ok}
}

func (s *stepped) External(_ sim.Time, _, metric string, _ *model.Selector) []int64 {
	if milli, ok := s.given[metric]; ok {
		return []int64{milli / 2, milli - milli/2}
	}
	return nil
}

// TestAutoscalersDecideAsUpstream replays histories of the real controller: size, status, conditions to the word and
// to the instant, metrics and the event of each look.
func TestAutoscalersDecideAsUpstream(t *testing.T) {
	f, err := os.Open("testdata/hpa.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines, looks, changes := bufio.NewScanner(unzipped), 0, 0
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		var h upstreamHistory
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint("history ", n), func(t *testing.T) { h.replay(t) })
		for i := range h.Steps {
			looks++
			if h.Steps[i].Want.Event != "" {
				changes++
			}
		}
	}
	if err := lines.Err(); err != nil || looks < 500 || changes < 100 {
		t.Errorf("%d looks and %d changes of size, want more (%v)", looks, changes, err)
	}
}

func (h *upstreamHistory) replay(t *testing.T) {
	b := &bed{t: t, engine: sim.NewEngine(1)}
	b.Server = apiserver.New(b.engine)
	source, told := &stepped{}, ""
	b.Events.Observe(func(_ apiserver.ChangeType, e *model.Event) {
		if e.Reason == "SuccessfulRescale" {
			told = strings.TrimPrefix(e.Message, "(combined from similar events): ")
		}
	})
	c := h.controller(b, source)
	d := web(h.Replicas)
	d.Namespace = "default"
	_, err := b.Load(d)
	b.must(err)
	asked := h.autoscaler()
	asked.Namespace = "default"
	_, err = b.Load(asked)
	b.must(err)
	b.run(0)
	for i := range h.Steps {
		s := &h.Steps[i]
		b.engine.RunUntil(sim.At(time.Duration(s.At) * time.Millisecond))
		if s.Set >= 0 {
			b.must(b.SetScale(model.KindDeployment, "default", "web", s.Set))
		}
		h.place(b, source, s)
		b.run(0)
		told = ""
		c.loop.Add(apiserver.Name{Namespace: "default", Name: "web"})
		b.run(0)
		if got, want := b.lookedAt(told), s.text(); got != want {
			t.Fatalf("look %d:\n%s\nwant\n%s", i, got, want)
		}
	}
}

// controller is one that looks when it is told to, and waits for nothing.
func (h *upstreamHistory) controller(b *bed, source Metrics) *autoscalers {
	b.manager = Start(b.engine, b.Server, Options{WriteLatency: sim.Constant(0), WatchLatency: sim.Constant(0), ClientQPS: 1e6, ClientBurst: 1e6,
		Metrics: source, Disabled: Names()})
	b.t.Cleanup(b.manager.Close)
	c := newAutoscalers(b.manager)
	c.loop.options.Sync = func(key apiserver.Name) error {
		if a, ok := c.hpas.Get(key.Namespace, key.Name); ok && b.engine.Now() > 0 {
			c.look(key, a)
		}
		return nil
	}
	return c
}

// place puts the pods of a step where those of the step before are.
func (h *upstreamHistory) place(b *bed, source *stepped, s *upstreamStep) {
	for _, p := range b.Pods.List() {
		zero := int64(0)
		b.must(b.Delete(model.KindPod, "default", p.Name, apiserver.DeleteOptions{GraceSeconds: &zero}))
	}
	second := func(n int64) sim.Time { return sim.At(time.Duration(n) * time.Second) }
	source.given, source.pods = s.Given, map[string]upstreamPod{}
	for i, said := range s.pods(b.t) {
		p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("p%02d-%d", i, s.At), Namespace: "default", Labels: map[string]string{"app": "web"}}}
		made := *bedSpec
		made.Containers = []model.Container{{Name: "c", Requests: model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(h.Request)}}}}
		p.Spec, p.NodeName, p.Deleting = &made, "n", said.deleting == "yes"
		p.Status.Phase = model.Phase(said.phase)
		if said.ready != "-" {
			p.Status.Started, p.Status.HasStarted = second(said.started), true
			p.Status.Conditions = []model.PodCondition{{Type: model.PodReady, Status: said.ready, LastTransition: second(said.changed)}}
		}
		source.pods[p.Name] = said
		_, err := b.Load(p)
		b.must(err)
	}
	d := apiserver.Copy(b.deployment()).(*model.Deployment)
	d.Status.Replicas = s.Current
	b.must(b.Update(d))
}

func (h *upstreamHistory) autoscaler() *model.HorizontalPodAutoscaler {
	out := autoscaler(h.Min, h.Max)
	out.ScaleUp, out.ScaleDown = h.Up.rules(), h.Down.rules()
	amount := func(milli int64) *model.Quantity { q := model.MilliQuantity(milli); return &q }
	for i := range h.Metrics {
		m := &h.Metrics[i]
		made := model.MetricSpec{Type: m.Type, Name: m.Name, Container: m.Container}
		if m.Type == "Object" {
			made.Described = model.ScaleTarget{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: "front"}
		}
		switch {
		case m.Percent > 0:
			made.TargetType, made.AverageUtilization = "Utilization", &m.Percent
		case m.Average > 0:
			made.TargetType, made.AverageValue = "AverageValue", amount(m.Average)
		default:
			made.TargetType, made.Value = "Value", amount(m.Value)
		}
		out.Metrics = append(out.Metrics, made)
	}
	return out
}

func (r *upstreamRules) rules() *model.ScalingRules {
	if r == nil {
		return nil
	}
	out := &model.ScalingRules{StabilizationWindowSeconds: r.Window, SelectPolicy: r.Select}
	if r.Tolerance >= 0 {
		q := model.MilliQuantity(r.Tolerance)
		out.Tolerance = &q
	}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, model.ScalingPolicy{Type: p.Type, Value: p.Value, PeriodSeconds: p.Period})
	}
	return out
}

// lookedAt is the state after a look, in words.
func (b *bed) lookedAt(told string) string {
	h, _ := b.HorizontalPodAutoscalers.Get("default", "web")
	lines := []string{fmt.Sprintf("size %d, status %d→%d, told %q", b.size(), h.Status.CurrentReplicas, h.Status.DesiredReplicas, told)}
	for _, k := range h.Status.Conditions {
		lines = append(lines, fmt.Sprintf("%s=%s %s %d: %s", k.Type, k.Status, k.Reason, k.LastTransition.Sub(0).Milliseconds(), k.Message))
	}
	for _, m := range h.Status.CurrentMetrics {
		text := m.Type
		if m.AverageUtilization != nil {
			text += fmt.Sprintf(" %d%%", *m.AverageUtilization)
		}
		if m.AverageValue != nil {
			text += fmt.Sprintf(" %d each", m.AverageValue.MilliValue())
		}
		if m.Value != nil {
			text += fmt.Sprintf(" %d", m.Value.MilliValue())
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// text is what is to be, in the same words.
func (s *upstreamStep) text() string {
	w := &s.Want
	lines := []string{fmt.Sprintf("size %d, status %d→%d, told %q", w.Scale, w.Current, w.Desired, w.Event)}
	return strings.Join(append(append(lines, w.Conditions...), w.Metrics...), "\n")
}
