package scenarios

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/pressure"
)

// twoPools has the nodes a-0 and b-0, of the pools a and b.
const twoPools = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 10m
cluster:
  nodes:
  - {name: "a-{index}", labels: {pool: a}, template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}
  - {name: "b-{index}", labels: {pool: b}, template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}
`

func TestKubeletsOfSomeNodesAreSetOtherwise(t *testing.T) {
	c := load(t, write(t, "s.yaml", twoPools+`
kubelet:
  syncFrequency: 2m
  shutdownGracePeriod: 30s
  evictionSoft: {memory.available: 1Gi}
  evictionSoftGracePeriod: {memory.available: 1m}
  evictionMaxPodGracePeriod: 60
  nodes:
  - match: {labels: {pool: b}}
    crashLoopBackOff: {maxContainerRestartPeriod: 20s}
    shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 5}]
    evictionHard: {memory.available: 500Mi}
    maxPods: 7
`), Options{}).Config
	if len(c.KubeletNodes) != 1 || len(c.EvictionNodes) != 1 {
		t.Fatalf("%d and %d entries", len(c.KubeletNodes), len(c.EvictionNodes))
	}
	want := kubelet.DefaultTimers()
	want.Sync, want.MaxBackOff = 2*time.Minute, 20*time.Second
	want.Shutdown = []kubelet.ShutdownPeriod{{Priority: 0, Seconds: 5}}
	if got := c.KubeletNodes[0].Timers; !reflect.DeepEqual(got, want) {
		t.Errorf("timers %+v, want %+v", got, want)
	}
	evicts := pressure.Config{Transition: 5 * time.Minute, MaxGrace: 60, Thresholds: []pressure.Threshold{
		{Signal: pressure.MemoryAvailable, Bytes: 500 << 20, Hard: true},
		{Signal: pressure.MemoryAvailable, Bytes: 1 << 30, Grace: time.Minute}}}
	if got := c.EvictionNodes[0].Config; !reflect.DeepEqual(got, evicts) {
		t.Errorf("evicts %+v, want %+v", got, evicts)
	}
	for _, o := range c.Objects {
		n := o.(*model.Node)
		pods, _ := n.Status.Allocatable.Get(model.ResourcePods)
		most, matches := int64(110), false
		if n.Name == "b-0" {
			most, matches = 7, true
		}
		if pods.Value() != most || c.KubeletNodes[0].Match(n) != matches {
			t.Errorf("%s takes %d pods, and the entry matches: %t", n.Name, pods.Value(), !matches)
		}
	}
}

// A container that ends at once waits 10, 20, 40, 80, 160 and then 300 s; where 20 s is the longest, 10 and then
// 20 s. In 10 minutes that is at most 6 and about 30 starts: relists and the jitter of syncs come on top.
func TestAContainerCrashesAsItsNodeIsSet(t *testing.T) {
	text := twoPools + `
  objects:
  - {apiVersion: v1, kind: Pod, metadata: {name: on-a}, spec: {nodeName: a-0, containers: [{name: c, image: i}]}}
  - {apiVersion: v1, kind: Pod, metadata: {name: on-b}, spec: {nodeName: b-0, containers: [{name: c, image: i}]}}
behaviours: [{run: 0s, exit: 1}]
kubelet: {nodes: [{match: {name: b-0}, crashLoopBackOff: {maxContainerRestartPeriod: 20s}}]}
`
	m, _ := run(t, load(t, write(t, "s.yaml", text), Options{}).Config)
	restarts := map[string]int32{}
	for _, p := range m.Pods {
		restarts[p.Name] = p.Restarts
	}
	if a, b := restarts["on-a"], restarts["on-b"]; a < 4 || a > 6 || b < 15 || b > 30 {
		t.Errorf("restarts %v", restarts)
	}
}

func TestKubeletsThatCannotBeAreRefusedWithTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"{match: {name: c-0}}":         `s.yaml:9:27: kubelet.nodes[0].match: no node of this scenario is called "c-0"`,
		"{match: {labels: {pool: c}}}": "kubelet.nodes[0].match: no node of this scenario has these labels",
		"{maxPods: 0}":                 "kubelet.nodes[0].maxPods: 0, want 1 or more",
		"{syncFrequency: 1ms}":         "s.yaml:9:35: kubelet.nodes[0].syncFrequency: 1ms, want at least 1s",
		"{crashLoopBackOff: {maxContainerRestartPeriod: 10m}}":                                "kubelet.nodes[0].crashLoopBackOff.maxContainerRestartPeriod: 10m0s, want 1s to 5m",
		"{evictionHard: {memory.free: 1Gi}}":                                                  "kubelet.nodes[0].evictionHard: \"memory.free\" is not modelled",
		"{staticPods: []}":                                                                    "kubelet.nodes[0].staticPods: unknown field",
		"{shutdownGracePeriod: 1s, shutdownGracePeriodCriticalPods: 2s}":                      "kubelet.nodes[0].shutdownGracePeriodCriticalPods: 2s, want at most shutdownGracePeriod, which is 1s",
		"{evictionSoft: {memory.available: 1Gi}, match: {name: a-0}}":                         "kubelet.nodes[0].evictionSoft: memory.available has no grace",
		"{shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: -1}]}": "kubelet.nodes[0].shutdownGracePeriodByPodPriority[0].shutdownGracePeriodSeconds: -1 is negative",
	} {
		_, err := Load([]string{write(t, "s.yaml", twoPools+"\nkubelet: {nodes: ["+text+"]}\n")}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
