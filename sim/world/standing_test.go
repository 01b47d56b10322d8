package world_test

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// What a node and a pod that stay may take of memory, in bytes: 150,000 pods on 5,000 nodes are to fit into 1 GiB,
// garbage included. Measured: 4,760 a pod, of which some 2,700 are the kubelet's worker, its own copy of the status
// and what it keeps of containers; 2,970 a node, the manifest's part of it included.
const (
	nodeBytes = 3500
	podBytes  = 5000
)

// TestAStandingPodAndItsNodeAreSmall holds pods on nodes, and looks at the heap before and after.
func TestAStandingPodAndItsNodeAreSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const nodes, pods = 4_000, 40_000
	empty := liveHeap()
	cfg := config()
	cfg.Duration, cfg.Sample = 5*time.Minute, time.Minute
	cfg.Behaviours = []kubelet.Behaviour{{Place: "p", Startup: sim.Constant(1), Run: &kubelet.RunTime{Forever: true}}}
	for i := range nodes {
		cfg.Objects = append(cfg.Objects, node(fmt.Sprintf("node-%05d", i), 64))
	}
	cfg.Arrivals = []world.Arrivals{stream{count: pods, every: sim.Constant(0.005), spec: spec()}}
	s, err := world.Open(cfg, world.RunOptions{Sinks: []record.Sink{nowhere{}}})
	if err != nil {
		t.Fatal(err)
	}
	s.RunUntil(0)
	before := liveHeap()
	s.RunUntil(sim.At(cfg.Duration))
	after := liveHeap()
	running := 0
	for pod := range s.API().Pods.All() {
		if pod.NodeName != "" && len(pod.Status.Containers) == 1 && pod.Status.Containers[0].Ready {
			running++
		}
	}
	if running != pods {
		t.Fatalf("%d pods run, want %d", running, pods)
	}
	perNode, perPod := 1e6*(before-empty)/nodes, 1e6*(after-before)/pods
	t.Logf("%.0f bytes a node, %.0f bytes a pod", perNode, perPod)
	if perNode > nodeBytes || perPod > podBytes {
		t.Errorf("a node takes %.0f bytes and a pod %.0f, want at most %d and %d", perNode, perPod, nodeBytes, podBytes)
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
