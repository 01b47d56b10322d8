package apiserver_test

import (
	"fmt"
	"slices"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// TestPodsOnANodeAreThoseBoundToIt makes and binds, changes and deletes pods at random, and compares the
// lists, asked for early, in the middle or late, with the store.
func TestPodsOnANodeAreThoseBoundToIt(t *testing.T) {
	for seed := range uint64(60) {
		_, s := server(1)
		random := sim.NewStream(seed, "test")
		for i := range 3 {
			create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprint("n", i)}})
		}
		firstAsked := random.IntN(200)
		for step := range 200 {
			name := fmt.Sprint("p", random.IntN(12))
			pod, there := s.Pods.Get("shop", name)
			switch {
			case !there:
				create(t, s, podNamed(name))
			case pod.NodeName == "":
				if err := s.Bind("shop", name, pod.UID, fmt.Sprint("n", random.IntN(3))); err != nil {
					t.Fatal(err)
				}
			case random.IntN(2) == 0:
				changed := apiserver.Copy(pod).(*model.Pod)
				changed.Status.Phase = model.PodRunning
				if err := s.Update(changed); err != nil {
					t.Fatal(err)
				}
			default:
				none := int64(0)
				if err := s.Delete(model.KindPod, "shop", name, apiserver.DeleteOptions{GraceSeconds: &none}); err != nil {
					t.Fatal(err)
				}
			}
			if step >= firstAsked {
				compareByNode(t, s)
			}
		}
	}
}

func podNamed(name string) *model.Pod { return pod(name, plain()) }

func compareByNode(t *testing.T, s *apiserver.Server) {
	t.Helper()
	for i := range 3 {
		node := fmt.Sprint("n", i)
		want := map[*model.Pod]bool{}
		for p := range s.Pods.All() {
			if p.NodeName == node {
				want[p] = true
			}
		}
		got := s.PodsOn(node)
		if len(got) != len(want) || slices.ContainsFunc(got, func(p *model.Pod) bool { return !want[p] }) {
			t.Fatalf("on %s: %d pods listed, %d bound", node, len(got), len(want))
		}
	}
}
