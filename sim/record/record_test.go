package record

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
)

// fake is a small run with everything awkward in it: quotes, commas and line breaks in messages, pods
// older than the run, instants that did not happen, nanoseconds below the resolution.
func fake() *Memory {
	at := func(s float64) sim.Time { return sim.At(time.Duration(s * 1e9)) }
	m := &Memory{
		Header: Header{
			Version: "v0.1.0", Name: "spot-loss", Description: "Does the shop stay up?", Seed: 1<<64 - 1, ScenarioHash: "abc123",
			Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Duration: 2 * time.Hour,
			Parameters: []Parameter{{"scheduler.tieBreak", "upstream"}}, Extended: []string{"nvidia.com/gpu"},
		},
		Footer: Footer{
			End: at(7200), Events: 12345, Fingerprint: "5f2c91d0a7b3e846",
			Totals: []ResourceTotal{{"cpu", 1234.56789, 17280, 0.88, at(1872)}, {"memory", 1e18, 3e18, 0.5, at(2)}},
			Nodes:  Extremes{22, 30, 28.123456789}, Used: Extremes{1, 2, 1.5}, Queue: Extremes{0, 9, 0.1},
			Notes: []Note{{"rows of the trace were left out: no CPU", 3}},
		},
	}
	m.Pods = []PodRow{
		{Namespace: "shop", Name: "web-x7k2", UID: "u1", OwnerKind: "ReplicaSet", OwnerName: "web", Priority: -5, Scheduler: "default-scheduler",
			MilliCPU: 250, Memory: 1 << 30, Extended: []Amount{{"example.com/fpga", 2}, {"nvidia.com/gpu", 1}}, Node: "n1", Phase: "Succeeded", ExitCode: 0,
			Created: 1_000_000_999, Tried: at(2), Scheduled: at(42.7), Started: at(43), Ready: at(43.5), Ended: at(100), Attempts: 7, Restarts: 1,
			Message: "0/2 nodes are available: 2 Insufficient cpu.\npreemption: \"none\" helps, sorry"},
		{Namespace: "shop", Name: "never", UID: "u2", Phase: "Pending", Created: at(3), Tried: at(3), Scheduled: sim.Never, Started: sim.Never,
			Ready: sim.Never, Ended: sim.Never, Attempts: 9, NotReadyFor: 1500 * time.Microsecond, Disruption: "EvictionByEvictionAPI", NotReadyWhy: "BackOff: back-off, 10s", Message: " starts with a space"},
		{Namespace: "kube-system", Name: "old", UID: "u3", Node: "n1", Phase: "Running", Created: at(-86400.25), Tried: sim.Never, Scheduled: at(0),
			Started: at(0), Ready: at(0), Ended: sim.Never},
		{Namespace: "shop", Name: "bad", UID: "u4", Node: "n2", Phase: "Failed", Gone: true, ExitCode: 137, Reason: "Evicted", Created: at(5), Tried: at(5),
			Scheduled: at(5), Started: at(6), Ready: sim.Never, Ended: at(7), Attempts: 1, Preemptions: 1},
	}
	m.Nodes = []NodeRow{
		{Name: "n1", Zone: "zone-a", MilliCPU: 8000, Memory: 32 << 30, PodLimit: 110, Extended: []Amount{{"nvidia.com/gpu", 4}}, Created: at(0), Removed: sim.Never,
			MeanMilliCPU: 1234.5678901, MeanMemory: 1e9 + 0.4, MeanPods: 1.23456789, PeakMilliCPU: 7999, PeakMemory: 5, PeakPods: 9, PodsStarted: 12, ReadyFor: 2 * time.Hour},
		{Name: "n2", Removed: at(50), ReadyFor: 1500 * time.Nanosecond, NotReadyFor: time.Second, UnschedulableFor: time.Minute, PressureFor: time.Hour},
	}
	m.Containers = []ContainerRow{
		{Namespace: "shop", Pod: "web-x7k2", UID: "u1", Container: "web", Role: "regular", Image: "web:1", Node: "n1", Waiting: at(42.7), Pulled: true, Pull: 123456789,
			Created: at(42.9), Started: at(43), Ready: at(43.5), Ended: at(60), ExitCode: 137, Reason: "OOMKilled"},
		{Namespace: "shop", Pod: "web-x7k2", UID: "u1", Container: "web", Role: "sidecar", Restart: 1, Waiting: at(60), Created: sim.Never, Started: at(70.0000009),
			Ready: sim.Never, Ended: sim.Never, HeldBack: 10 * time.Second},
	}
	m.Workloads = []WorkloadRow{
		{Kind: "Deployment", Namespace: "shop", Name: "web", UID: "d1", Created: at(0), Gone: sim.Never, Wanted: 3, Available: 2, WantedIntegral: 21600, AvailableIntegral: 14400.123456789,
			BelowFor: time.Hour, Rollouts: 2, RolloutFor: 1500 * time.Nanosecond, LongestRollout: time.Second, RollingOut: true, Surge: 1, Completed: sim.Never},
		{Kind: "Job", Namespace: "shop", Name: "report", UID: "j1", Created: at(-3), Gone: at(9), Succeeded: 5, Failed: 1, Completed: at(8)},
	}
	m.Services = []ServiceRow{
		{Namespace: "shop", Name: "web", Asked: 1e6, NoEndpoint: 12.3456, Gone: 1.0004, Unreachable: 2, FailingFor: 1500 * time.Nanosecond, LongestFailing: time.Second,
			NoEndpointFor: time.Minute, Peak: 33.33333, PeakOfOne: 11.1111, MeanEndpoints: 2.9999999, FewestEndpoints: 1, MostEndpoints: 4},
		{Namespace: "shop", Name: "idle"},
	}
	m.Volumes = []VolumeRow{
		{Kind: "emptyDir", Namespace: "shop", Name: "web-0", Where: "scratch", Node: "n-1", Bytes: 1024.4, Vanished: 1500 * sim.Time(time.Millisecond), Containers: 2},
		{Kind: "hostPath", Where: "/var/log", Node: "n-1", Bytes: 1 << 30, Vanished: sim.Never, Containers: 3, Pods: 2},
	}
	m.Attempts = []AttemptRow{
		{At: at(2), Namespace: "shop", Pod: "web-x7k2", Attempt: 1, Result: "unschedulable", Evaluated: 2, Plugins: []string{"NodeResourcesFit", "TaintToleration"}, Message: "0/2 nodes are available"},
		{At: at(42), Namespace: "shop", Pod: "web-x7k2", Attempt: 7, Result: "scheduled", Node: "n1", Feasible: 1, Evaluated: 2},
	}
	m.Events = []EventRow{{First: at(1), Last: at(9), Count: 4, Type: "Warning", Reason: "FailedScheduling", Kind: "Pod", Namespace: "shop", Object: "web-x7k2", Source: "default-scheduler", Message: "a, b"}}
	usage := []Usage{{"cpu", 250, 16000}, {"memory", 1 << 30, 64 << 30}, {"pods", 1, 220}, {"nvidia.com/gpu", 1, 4}}
	m.Samples = []Sample{
		{At: 0, Nodes: 2, ReadyNodes: 2, Pods: 4, Pending: 3, Running: 1, Ready: 1, Active: 3, Resources: usage},
		{At: at(60), Nodes: 1, ReadyNodes: 1, Ended: 1, Backoff: 1, Unschedulable: 2, Gated: 3, Resources: usage},
	}
	return m
}

// quantised is the fake as sinks behind Multi see it.
func quantised() *Memory {
	var seen Memory
	if err := fake().Replay(Multi(&seen)); err != nil {
		panic(err)
	}
	return &seen
}

// many replays n pods with two rows each into a sink, for benchmarks and full disks.
func many(s Sink, n int) error {
	m := fake()
	s.Begin(&m.Header)
	for i := range n {
		p := &m.Pods[i%len(m.Pods)]
		p.Name = fmt.Sprint("pod-", i%10)
		s.Pod(p)
		s.Attempt(&m.Attempts[i%len(m.Attempts)])
	}
	return s.End(&m.Footer)
}
