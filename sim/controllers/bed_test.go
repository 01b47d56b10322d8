package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// bed is an API server with controllers, and with nodes that do as they are told: pods are bound on creation, run
// a second later, are ready readyAfter after that (never, when negative), and are gone goneAfter after their deletion.
type bed struct {
	*apiserver.Server
	t          *testing.T
	engine     *sim.Engine
	manager    *Manager
	actor      sim.Actor
	nodes      int
	bound      int
	readyAfter func(*model.Pod) time.Duration
	goneAfter  time.Duration
	events     []string
}

const (
	bedBind uint16 = iota
	bedRun
	bedReady
	bedGone
)

// quick is a control plane without waiting times, so that what is left is upstream's own.
var quick = Options{WriteLatency: sim.Constant(0.001), WatchLatency: sim.Constant(0.001), ClientQPS: 1e6, ClientBurst: 1e6}

func newBed(t *testing.T, o Options) *bed {
	b := &bed{t: t, engine: sim.NewEngine(1), nodes: 4, goneAfter: 2 * time.Second,
		readyAfter: func(*model.Pod) time.Duration { return 3 * time.Second }}
	b.Server = apiserver.New(b.engine)
	b.actor = b.engine.Register("bed", b)
	b.manager = Start(b.engine, b.Server, o)
	t.Cleanup(b.manager.Close)
	for i := range b.nodes {
		if _, err := b.Load(&model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("n%d", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	b.Observe(b.change)
	b.Events.Observe(func(c apiserver.ChangeType, e *model.Event) {
		if c == apiserver.Added {
			b.events = append(b.events, fmt.Sprintf("%s %s %s: %s", e.Object.Name, e.Type, e.Reason, e.Message))
		}
	})
	return b
}

func (b *bed) change(c apiserver.Change) {
	pod, ok := c.Object().(*model.Pod)
	if !ok {
		return
	}
	switch {
	case c.Type == apiserver.Added && pod.NodeName == "":
		b.after(10*time.Millisecond, bedBind, pod)
	case c.Type == apiserver.Modified && pod.Deleting && !c.Old.Meta().Deleting && pod.DeletionGracePeriodSeconds > 0:
		b.after(b.goneAfter, bedGone, pod)
	}
}

func (b *bed) after(d time.Duration, op uint16, pod *model.Pod) {
	b.engine.After(d, sim.Event{Phase: sim.PhaseAct, Actor: b.actor, Op: op, Ref: apiserver.NameOf(pod)})
}

// Handle does what the nodes do.
func (b *bed) Handle(now sim.Time, ev sim.Event) {
	name := ev.Ref.(apiserver.Name)
	pod, ok := b.Pods.Get(name.Namespace, name.Name)
	if !ok || pod.Deleting && ev.Op != bedGone || pod.Terminal() {
		return
	}
	changed := apiserver.Copy(pod).(*model.Pod)
	switch ev.Op {
	case bedBind:
		changed.NodeName = fmt.Sprintf("n%d", b.bound%b.nodes)
		if node, ok := targetOf(pod); ok {
			changed.NodeName = node
		}
		b.bound++
		b.after(time.Second, bedRun, pod)
	case bedRun:
		changed.Status.Phase, changed.Status.Started, changed.Status.HasStarted = model.PodRunning, now, true
		if d := b.readyAfter(pod); d >= 0 {
			b.after(d, bedReady, pod)
		}
	case bedReady:
		changed.Status.Conditions = pod.Status.WithCondition(model.PodCondition{Type: model.PodReady, Status: "True", LastTransition: now})
	case bedGone:
		zero := int64(0)
		b.must(b.Delete(model.KindPod, name.Namespace, name.Name, apiserver.DeleteOptions{GraceSeconds: &zero}))
		return
	}
	b.must(b.Update(changed))
}

func (b *bed) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// add makes an object now.
func (b *bed) add(o model.Object) model.Object {
	b.t.Helper()
	stored, err := b.Create(o)
	b.must(err)
	return stored
}

// run goes on for a while.
func (b *bed) run(d time.Duration) { b.engine.RunUntil(b.engine.Now().Add(d)) }

// edit changes a Deployment now, as a person does.
func (b *bed) edit(name string, change func(*model.Deployment)) {
	b.t.Helper()
	d, ok := b.Deployments.Get("default", name)
	if !ok {
		b.t.Fatalf("no deployment %s", name)
	}
	changed := apiserver.Copy(d).(*model.Deployment)
	change(changed)
	b.must(b.Update(changed))
}

// sizes are the sets in the order of their creation: "spec/pods/available" of each.
func (b *bed) sizes() string {
	var words []string
	for s := range b.ReplicaSets.All() {
		words = append(words, fmt.Sprintf("%d/%d/%d", s.Replicas, s.Status.Replicas, s.Status.AvailableReplicas))
	}
	return strings.Join(words, " ")
}

var bedSpec = &model.PodSpec{RestartPolicy: model.RestartAlways, TerminationGracePeriodSeconds: 30,
	Containers: []model.Container{{Name: "c", Image: "fake:1"}}}

// template is a pod template; templates of different versions differ.
func template(version uint32) *model.PodTemplate {
	return &model.PodTemplate{Labels: map[string]string{"app": "web"}, Spec: bedSpec, Hash: 1000 + version}
}

// web is a Deployment as the API server has it.
func web(replicas int32, change ...func(*model.Deployment)) *model.Deployment {
	limit, deadline := int32(10), int32(600)
	d := &model.Deployment{ObjectMeta: model.ObjectMeta{Name: "web"}, Replicas: replicas, Template: template(1),
		Selector: equalitySelector(map[string]string{"app": "web"}),
		Strategy: model.DeploymentStrategy{Type: model.RollingUpdate, MaxSurge: model.IntOrPercent{Value: 25, Percent: true},
			MaxUnavailable: model.IntOrPercent{Value: 25, Percent: true}},
		RevisionHistoryLimit: &limit, ProgressDeadlineSeconds: &deadline}
	for _, f := range change {
		f(d)
	}
	return d
}
