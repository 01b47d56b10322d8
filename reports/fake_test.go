package reports_test

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// at is an instant in seconds.
func at(s float64) sim.Time { return sim.At(time.Duration(s * 1e9)) }

// pending is a pod that never got a node.
func pending(namespace, owner, name string, created float64, message string) record.PodRow {
	r := record.PodRow{
		Namespace: namespace, Name: name, Phase: "Pending", Attempts: 3, Message: message, MilliCPU: 4000,
		Created: at(created), Tried: at(created), Scheduled: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never,
	}
	if owner != "" {
		r.OwnerKind, r.OwnerName = "ReplicaSet", owner
	}
	return r
}

// running is a pod that waited for that long and runs.
func running(namespace, owner, name string, created, waited float64, message string) record.PodRow {
	r := pending(namespace, owner, name, created, message)
	r.Node, r.Phase, r.Attempts = "n1", "Running", 1
	r.Scheduled, r.Started, r.Ready = at(created+waited), at(created+waited+1), at(created+waited+2)
	if message != "" {
		r.Attempts = 4
	}
	return r
}

// ended is a pod that ran for a minute.
func ended(namespace, owner, name string, created, waited float64, exit int32, reason string) record.PodRow {
	r := running(namespace, owner, name, created, waited, "")
	r.Phase, r.ExitCode, r.Reason = "Succeeded", exit, reason
	if exit != 0 || reason != "" {
		r.Phase = "Failed"
	}
	r.Ended = r.Started.Add(time.Minute)
	return r
}

const noCPU = "0/%d nodes are available: %d Insufficient cpu, 3 node(s) had untolerated taint(s). preemption: 0/%d nodes are available: %d No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling."

// busy is a run with something of everything that the summary speaks of.
func busy() *record.Memory {
	m := &record.Memory{
		Header: record.Header{
			Version: "v0.1.0", Name: "spot-loss", Seed: 7, ScenarioHash: "3fa9c1d2e4b5a6978877665544332211", Duration: 2 * time.Hour,
			Extended: []string{"nvidia.com/gpu"},
		},
		Footer: record.Footer{
			End: at(7200), Events: 1234567, Fingerprint: "5f2c91d0a7b3e846",
			// 240 cores for two hours are 1,728,000 core seconds, of which 61.2 % are 1,057,536.
			Totals: []record.ResourceTotal{
				{Name: "cpu", Requested: 1057536, Allocatable: 1728000, PeakShare: 0.88, PeakAt: at(1872)},
				{Name: "memory", Requested: 2e15, Allocatable: 960 * (1 << 30) * 7200, PeakShare: 0.4, PeakAt: at(60)},
				{Name: "pods", Requested: 7200 * 100, Allocatable: 7200 * 3300, PeakShare: 0.05, PeakAt: at(60)},
				{Name: "nvidia.com/gpu", Requested: 7200, Allocatable: 7200 * 8, PeakShare: 0.25, PeakAt: at(0.5)},
			},
			Nodes: record.Extremes{Min: 22, Max: 30, Mean: 28.456}, Used: record.Extremes{Min: 0, Max: 21, Mean: 20.25},
			Queue: record.Extremes{Max: 41, Mean: 1.75},
			Notes: []record.Note{{Text: "rows of the trace were left out: no CPU request", Count: 1203}, {Text: "pods of deleted nodes stayed bound: nothing collects them yet", Count: 2}},
		},
	}
	for i := range 40 {
		m.Pods = append(m.Pods, pending("shop", "web", fmt.Sprintf("web-%02d", i), float64(100+i), fmt.Sprintf(noCPU, 20+i%5, 17+i%5, 20+i%5, 17+i%5)))
	}
	m.Pods = append(m.Pods,
		pending("default", "", "giant", 0, "0/30 nodes are available: 30 Insufficient memory."),
		pending("default", "", "late", 7199, ""),
		running("shop", "web", "web-x7k2", 10, 41.7, fmt.Sprintf(noCPU, 22, 19, 22, 19)),
		running("shop", "web", "web-9zzz", 10, 0.75, "0/22 nodes are available: 22 Insufficient cpu."),
		ended("batch", "", "job-bad-1", 5, 0.01, 137, "OOMKilled"),
		ended("batch", "", "job-bad-2", 5, 0.01, 1, ""),
	)
	for i := range 1000 {
		m.Pods = append(m.Pods, ended("batch", "", fmt.Sprintf("job-%04d", i), float64(i), 0.012+float64(i%20)/1000, 0, ""))
	}
	// Three pods of one owner wait for the same thing; that their messages differ makes no difference.
	for i := range 3 {
		p := running("shop", "cache", fmt.Sprintf("cache-%d", i), 20, 0.01, "")
		p.Phase, p.Started, p.Ready = "Pending", sim.Never, sim.Never
		p.NotReadyWhy = fmt.Sprintf("FailedMount: MountVolume.SetUp failed for volume \"settings-%d\" : configmap \"settings\" not found", i)
		m.Pods = append(m.Pods, p)
	}
	before := running("kube-system", "", "dns", -3600, 0, "")
	before.Tried, before.Attempts, before.Restarts = sim.Never, 0, 3
	gone := pending("shop", "", "changed-my-mind", 50, "0/30 nodes are available: 30 node(s) didn't match Pod's node affinity/selector.")
	gone.Gone, gone.Ended = true, at(4000)
	m.Pods = append(m.Pods, before, gone)
	for _, p := range m.Pods {
		for i := range p.Attempts {
			result := "unschedulable"
			if i == p.Attempts-1 && p.Scheduled != sim.Never {
				result = "scheduled"
			}
			m.Attempts = append(m.Attempts, record.AttemptRow{At: p.Created, Namespace: p.Namespace, Pod: p.Name, Attempt: i + 1, Result: result})
		}
	}
	for i := range 20 {
		m.Containers = append(m.Containers, record.ContainerRow{Namespace: "batch", Pod: fmt.Sprintf("job-%04d", i/3), UID: fmt.Sprint(i / 3), Container: "job",
			Image: fmt.Sprintf("batch/job:%d", i%4), Started: at(float64(60 * i)), Ended: at(float64(70 * i)), ExitCode: int32(1 - i%3/2), Pulled: i%2 == 0,
			Pull: time.Duration(i) * time.Second, Restart: int32(i % 3), HeldBack: time.Duration(i%3) * 10 * time.Second, Reason: []string{"Completed", "OOMKilled"}[i/19]})
	}
	m.Workloads = []record.WorkloadRow{
		{Kind: "Deployment", Namespace: "shop", Name: "web", Wanted: 42, Available: 2, WantedIntegral: 72000, AvailableIntegral: 71000, BelowFor: 20 * time.Minute, Rollouts: 3, LongestRollout: 3 * time.Minute, Surge: 3},
		{Kind: "Job", Namespace: "batch", Name: "job", WantedIntegral: 72000, BelowFor: time.Hour, Succeeded: 1000, Failed: 2, Completed: at(7000)},
	}
	m.Services = []record.ServiceRow{
		{Namespace: "shop", Name: "web", Asked: 540000, NoEndpoint: 754.883, Gone: 75.657, Unreachable: 1052.553, FailingFor: 57*time.Second + 549*time.Millisecond,
			LongestFailing: 47 * time.Second, NoEndpointFor: 7 * time.Second, Peak: 200, PeakOfOne: 100.237, MeanEndpoints: 5.896223, MostEndpoints: 6},
		{Namespace: "shop", Name: "api", Asked: 7200, Gone: 1.5, FailingFor: time.Second, LongestFailing: time.Second, Peak: 1, PeakOfOne: 0.5, MeanEndpoints: 2, FewestEndpoints: 2, MostEndpoints: 2},
		{Namespace: "shop", Name: "unused", NoEndpointFor: 2 * time.Hour},
	}
	m.Nodes = []record.NodeRow{
		{Name: "n1", Zone: "zone-a", MilliCPU: 8000, Memory: 32 << 30, Removed: sim.Never, MeanMilliCPU: 6000, MeanMemory: 8 << 30, MeanPods: 12.5, PeakMilliCPU: 8000, PeakMemory: 16 << 30, PeakPods: 20, PodsStarted: 500},
		{Name: "n2", Zone: "zone-b", MilliCPU: 8000, Memory: 32 << 30, Removed: at(3600), MeanMilliCPU: 7000, MeanMemory: 1 << 30, MeanPods: 2, PeakMilliCPU: 7500, PeakMemory: 2 << 30, PeakPods: 3, PodsStarted: 9, NotReadyFor: 90 * time.Second},
		{Name: "edge", Removed: sim.Never},
	}
	return m
}

// quiet is a run in which nothing happened.
func quiet() *record.Memory {
	return &record.Memory{
		Header: record.Header{Version: "v0.1.0", Name: "nothing", Seed: 1},
		Footer: record.Footer{Fingerprint: "0000000000000000", Totals: []record.ResourceTotal{{Name: "cpu"}, {Name: "memory"}, {Name: "pods"}}, Idle: true},
	}
}

// interrupted is a run that was stopped.
func interrupted() *record.Memory {
	m := quiet()
	m.Header.Name, m.Header.Duration = "stopped", 24*time.Hour
	m.Footer.Interrupted, m.Footer.Idle, m.Footer.End = true, false, at(4500)
	m.Pods = []record.PodRow{running("default", "", "web", 1, 0.002, "")}
	return m
}

// runs are the fakes that documents are checked with.
var runs = []struct {
	name string
	make func() *record.Memory
}{{"busy", busy}, {"quiet", quiet}, {"interrupted", interrupted}}
