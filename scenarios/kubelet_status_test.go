package scenarios

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

// What somebody else writes into a pod's status is as it was within 10 s: by then the kubelet has compared it.
func TestAStatusIsAsTheKubeletSaysItWithin10Seconds(t *testing.T) {
	cfg := load(t, write(t, "s.yaml", twoPools+`
  objects: [{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: a-0, containers: [{name: c, image: i}]}}]
`), Options{}).Config
	s, err := world.Open(cfg, world.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.RunUntil(sim.At(60e9))
	read := func() *model.Pod { p, _ := s.API().Pods.Get("default", "a"); return p }
	was := read()
	forged := apiserver.Copy(was).(*model.Pod)
	forged.Status.Phase, forged.Status.Reason = model.PodFailed, "Nonsense"
	if err := s.API().Update(forged); err != nil {
		t.Fatal(err)
	}
	s.RunUntil(sim.At(60e9 + 1e6))
	if read().Status.Phase != model.PodFailed {
		t.Fatal("it was taken back at once")
	}
	s.RunUntil(sim.At(70e9 + 1e6))
	if got := read().Status; got.Phase != model.PodRunning || got.Reason != "" {
		t.Errorf("after 10 s the pod is %s, because of %q", got.Phase, got.Reason)
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// The recordings have it so: a status tells by which generation of the pod the kubelet has gone, and once it has
// seen the deletion, which is one more, it tells that before anything has stopped.
func TestAStatusTellsTheGenerationThatTheKubeletHasGoneBy(t *testing.T) {
	cfg := load(t, write(t, "s.yaml", twoPools+`
behaviours: [{stop: ignore}]
timeline:
- {at: 1s, create: {template: {kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}}}
- {at: 1m, delete: {pod: a}}
`), Options{}).Config
	var got []int64
	_, err := world.Run(cfg, world.RunOptions{Watch: func(_ sim.Time, _, _ string, o model.Object) {
		if p, ok := o.(*model.Pod); ok {
			got = append(got, p.Generation*10+p.Status.ObservedGeneration)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	// Created, bound, seen (waiting), running; deleted, seen so, ended, and without grace, and gone.
	want := []int64{10, 10, 11, 21, 22, 22, 22, 22}
	if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
		t.Errorf("generations and what is observed of them: %v, want %v", got, want)
	}
}
