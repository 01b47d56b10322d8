package reports

import (
	"fmt"
	"math"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// summarise ends a summary of the given pods after an hour.
func summarise(pods ...record.PodRow) *Summary {
	s := new(Summary)
	s.Begin(&record.Header{})
	for i := range pods {
		s.Pod(&pods[i])
	}
	if err := s.End(&record.Footer{End: sim.At(time.Hour)}); err != nil {
		panic(err)
	}
	return s
}

// never is a pod that was never placed.
func never(name, owner string, created time.Duration, message string) record.PodRow {
	return record.PodRow{
		Namespace: "ns", Name: name, OwnerKind: "ReplicaSet", OwnerName: owner, Phase: "Pending", Message: message, Attempts: 1,
		Created: sim.At(created), Tried: sim.At(created), Scheduled: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never,
	}
}

// waited is a pod that was placed after that wait.
func waited(name string, wait time.Duration) record.PodRow {
	r := never(name, "o", 0, "0/1 nodes are available: 1 Insufficient cpu.")
	r.Scheduled, r.Node, r.Phase = sim.At(wait), "n", "Running"
	return r
}

func TestPodsOfOneFateAreOneLine(t *testing.T) {
	cases := []struct {
		name string
		pods []record.PodRow
		want string // pod, pods, waited
	}{
		{"messages that differ in numbers alone are one fate; the oldest pod stands for it",
			[]record.PodRow{never("a", "web", 20*time.Minute, "0/5 nodes are available: 5 Insufficient cpu."), never("b", "web", 10*time.Minute, "0/12 nodes are available: 12 Insufficient cpu.")},
			"[ns/b 2 3000]"}, // 60 − 10 minutes
		{"the order of reasons, which follows their numbers, makes no difference",
			[]record.PodRow{never("a", "web", 0, "0/12 nodes are available: 10 Insufficient memory, 2 Insufficient cpu."), never("b", "web", 0, "0/12 nodes are available: 9 Insufficient cpu, 3 Insufficient memory.")},
			"[ns/a 2 3600]"},
		{"other reasons are another fate",
			[]record.PodRow{never("a", "web", 0, "0/1 nodes are available: 1 Insufficient cpu."), never("b", "web", 0, "0/1 nodes are available: 1 Insufficient memory.")},
			"[ns/a 1 3600][ns/b 1 3600]"},
		{"other owners are another fate, and the larger group comes first",
			[]record.PodRow{never("a", "web", 0, "x"), never("b", "db", 0, "x"), never("c", "db", time.Minute, "x")},
			"[ns/b 2 3600][ns/a 1 3600]"},
		{"a pod that is gone waited until it was",
			[]record.PodRow{goneAt(never("a", "web", 0, "x"), 30*time.Minute), never("b", "web", 45*time.Minute, "x")},
			"[ns/a 2 1800]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for _, row := range summarise(c.pods...).Doc().Sections[0].Table.Rows {
				got += fmt.Sprintf("[%s %s %s]", row[0].Raw(), row[1].Raw(), row[2].Raw())
			}
			if got != c.want {
				t.Errorf("never ran: %s, want %s", got, c.want)
			}
		})
	}
}

func goneAt(r record.PodRow, at time.Duration) record.PodRow {
	r.Gone, r.Ended = true, sim.At(at)
	return r
}

func TestTheLongestWaitsAreKept(t *testing.T) {
	var pods []record.PodRow
	for _, minutes := range []int{3, 9, 1, 7, 5, 8, 2, 6, 4} {
		pods = append(pods, waited(fmt.Sprint("p", minutes), time.Duration(minutes)*time.Minute))
	}
	pods = append(pods, waited("a9", 9*time.Minute)) // as long as p9: by name
	got := ""
	for _, w := range summarise(pods...).longest {
		got += w.pod + " "
	}
	if want := "ns/a9 ns/p9 ns/p8 ns/p7 ns/p6 "; got != want {
		t.Errorf("longest: %s, want %s", got, want)
	}
}

func TestGroupsAreBoundedAndNobodyIsLost(t *testing.T) {
	var pods []record.PodRow
	for i := range maxGroups + 500 {
		pods = append(pods, never("p", fmt.Sprint("owner-", i), 0, "x"))
	}
	s := summarise(pods...)
	if len(s.never.list) != maxGroups {
		t.Errorf("%d groups, want at most %d", len(s.never.list), maxGroups)
	}
	if got, want := s.Doc().Sections[0].Table.More, "and 1,490 more pods that never ran: see pods.csv"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMetricsWithoutAValueAreNaN(t *testing.T) {
	for _, m := range Metrics(summarise()) {
		switch m.Name {
		case "wait_mean", "wait_p50", "wait_p90", "wait_p99", "wait_max", "start_mean", "turnaround_mean", "makespan", "attempts_per_pod",
			"pull_mean", "pull_max", "availability", "below_wanted_total", "rollouts", "rollout_max", "surge_max",
			"requests", "requests_failed", "requests_answered", "failing_total", "failing_max":
			if !math.IsNaN(m.Value) {
				t.Errorf("%s of no pods is %v", m.Name, m.Value)
			}
		default:
			if m.Value != 0 {
				t.Errorf("%s of no pods is %v, want 0", m.Name, m.Value)
			}
		}
	}
}

func TestMetricsOfOnePod(t *testing.T) {
	r := waited("p", 2*time.Minute)
	r.NotReadyFor, r.Disruption = 5*time.Second, "EvictionByEvictionAPI"
	r.Started, r.Ended, r.Phase, r.Restarts, r.Attempts = r.Scheduled.Add(3*time.Second), sim.At(10*time.Minute), "Succeeded", 4, 1
	s := new(Summary)
	s.Begin(&record.Header{})
	s.Pod(&r)
	s.Node(&record.NodeRow{Name: "n", PeakPods: 1})
	s.Container(&record.ContainerRow{Pulled: true, Pull: 4 * time.Second, Reason: "OOMKilled"})
	s.Container(&record.ContainerRow{Pulled: true, Pull: 2 * time.Second, HeldBack: 10 * time.Second})
	s.Container(&record.ContainerRow{Pull: 99 * time.Second, HeldBack: time.Second}) // a pull that failed: its image was there later
	s.Workload(&record.WorkloadRow{Kind: "Deployment", WantedIntegral: 300, AvailableIntegral: 150, BelowFor: time.Minute, Rollouts: 2, LongestRollout: 50 * time.Second, Surge: 1})
	s.Workload(&record.WorkloadRow{Kind: "DaemonSet", WantedIntegral: 100, AvailableIntegral: 100, BelowFor: time.Second, Rollouts: 1, LongestRollout: 20 * time.Second})
	s.Workload(&record.WorkloadRow{Kind: "Job", WantedIntegral: 1e9, BelowFor: time.Hour})
	s.Service(&record.ServiceRow{Asked: 900, NoEndpoint: 10, Gone: 20, Unreachable: 30, FailingFor: 8 * time.Second, LongestFailing: 5 * time.Second})
	s.Service(&record.ServiceRow{Asked: 100, FailingFor: time.Second, LongestFailing: time.Second})
	s.Node(&record.NodeRow{Name: "idle"})
	s.Attempt(&record.AttemptRow{Result: "unschedulable"})
	s.Attempt(&record.AttemptRow{Result: "scheduled"})
	footer := record.Footer{
		End: sim.At(time.Hour), Queue: record.Extremes{Max: 1, Mean: 0.25}, Used: record.Extremes{Max: 1, Mean: 0.5},
		Totals: []record.ResourceTotal{{Name: "cpu", Requested: 100, Allocatable: 400, PeakShare: 0.75}},
	}
	if err := s.End(&footer); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{
		"pods_created": 1, "pods_scheduled": 1, "pods_never_ran": 0, "pods_succeeded": 1, "pods_failed": 0, "pods_preempted": 0, "restarts": 4,
		"attempts_per_pod": 2, "wait_mean": 120, "wait_p50": 120, "wait_p90": 120, "wait_p99": 120, "wait_max": 120, "start_mean": 3,
		"turnaround_mean": 600, "makespan": 600, "nodes_used": 1, "nodes_used_max": 1, "nodes_used_mean": 0.5, "queue_max": 1, "queue_mean": 0.25,
		"container_starts": 3, "oom_kills": 1, "evictions": 1, "back_off_total": 11, "not_ready_total": 5, "pulls": 2, "pull_mean": 3, "pull_max": 4,
		// (150 + 100) / (300 + 100); Jobs do not count.
		"availability": 0.625, "below_wanted_total": 61, "rollouts": 3, "rollout_max": 50, "surge_max": 1,
		// 60 of 900 + 100 requests failed.
		"requests": 1000, "requests_failed": 60, "requests_answered": 0.94, "failing_total": 9, "failing_max": 5,
		"cpu_requested_mean": 0.25, "cpu_requested_max": 0.75,
	}
	got := Metrics(s)
	if len(got) != len(want) {
		t.Errorf("%d metrics, want %d", len(got), len(want))
	}
	for _, m := range got {
		if m.Value != want[m.Name] {
			t.Errorf("%s is %v, want %v", m.Name, m.Value, want[m.Name])
		}
	}
}

// The summary is on every run's path: eight bytes a pod, and time that does not show.
func BenchmarkSummary(b *testing.B) {
	s := new(Summary)
	s.Begin(&record.Header{})
	r := waited("p", time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		s.Pod(&r)
	}
}
