package reports

import (
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// Summary is the sink behind the report of that name and behind the metrics of a run. It keeps eight
// bytes a pod, for exact percentiles, and otherwise a bounded amount. The zero Summary is ready.
type Summary struct {
	base

	Waits       Spans   // from created to scheduled, of pods that the scheduler placed
	Starts      Average // from scheduled to started
	Turnarounds Average // from created to ended, of pods that reached a terminal phase

	Created   int64 // pods, those of before the run included
	Placed    int64 // by the scheduler during the run
	Before    int64 // on a node without the scheduler's doing, such as bound when the run began
	NeverRan  int64 // never bound to a node, gone or still waiting
	Tried     int64 // pods with at least one attempt
	Succeeded int64
	Failed    int64
	Deleted   int64 // gone without a terminal phase
	Running   int64 // at the end
	Pending   int64 // at the end
	Preempted int64
	Restarts  int64
	Attempts  int64
	Rejected  int64 // attempts that did not place the pod
	NodesSeen int64
	NodesUsed int64    // nodes that held a pod at any time
	Last      sim.Time // last end of a pod in a terminal phase; Never when none ended

	Starting    int64         // starts of containers
	OOMKills    int64         // containers that ended with reason OOMKilled
	Evicted     int64         // pods that were evicted: by the kubelet, by taints, through the API
	Pulls       Average       // of images that were pulled
	LongestPull time.Duration // of them
	HeldBack    time.Duration // time that containers waited for a restart
	NotReady    time.Duration // time that pods were not ready after they had been

	Workloads         int64 // Deployments, StatefulSets and DaemonSets
	Wanted, Available float64
	Below             time.Duration
	Rollouts          int64
	LongestRollout    time.Duration
	Surge             int64 // the largest

	Services       int64   // with traffic
	Asked, Lost    float64 // requests; those that failed
	Failing        time.Duration
	LongestFailing time.Duration

	never    groups
	failures groups
	notReady groups
	longest  []waiting
}

// waiting is a pod that waited, with the scheduler's word.
type waiting struct {
	pod    string
	waited time.Duration
	tried  int32
	why    string
}

var _ Builder = (*Summary)(nil)

// longestShown is how many pods the summary names as having waited longest.
const longestShown = 5

// Begin keeps the header.
func (s *Summary) Begin(h *record.Header) {
	s.base.Begin(h)
	s.Last = sim.Never
}

// Pod counts a pod.
func (s *Summary) Pod(r *record.PodRow) {
	s.Created++
	s.Restarts += int64(r.Restarts)
	s.Preempted += int64(r.Preemptions)
	s.NotReady += r.NotReadyFor
	if evicted(r) {
		s.Evicted++
	}
	if r.Tried != sim.Never {
		s.Tried++
	}
	if r.Scheduled != sim.Never && r.Started != sim.Never {
		s.Starts.Add(r.Started.Sub(r.Scheduled))
	}
	s.placement(r)
	s.end(r)
	if r.NotReadyWhy != "" {
		reason, _, _ := strings.Cut(r.NotReadyWhy, ":")
		s.notReady.add(fate(r, reason), r, r.NotReadyWhy)
	}
}

// placement counts how the pod came to a node.
func (s *Summary) placement(r *record.PodRow) {
	wait, ok := r.Wait()
	switch {
	case ok:
		s.Placed++
		s.Waits.Add(wait)
		if r.Message != "" {
			s.waited(r, wait)
		}
	case r.Node != "":
		s.Before++
	default:
		s.NeverRan++
		s.never.add(fate(r, r.Message), r, whyNever(r))
	}
}

// waited keeps the longest waits among pods that were refused at least once.
func (s *Summary) waited(r *record.PodRow, wait time.Duration) {
	i := len(s.longest)
	if i == longestShown && wait < s.longest[i-1].waited {
		return
	}
	w := waiting{podName(r), wait, r.Attempts, r.Message}
	for i > 0 && (wait > s.longest[i-1].waited || wait == s.longest[i-1].waited && w.pod < s.longest[i-1].pod) {
		i--
	}
	if i == longestShown {
		return
	}
	if len(s.longest) == longestShown {
		s.longest = s.longest[:longestShown-1]
	}
	s.longest = append(s.longest, waiting{})
	copy(s.longest[i+1:], s.longest[i:])
	s.longest[i] = w
}

// end counts what became of the pod.
func (s *Summary) end(r *record.PodRow) {
	switch {
	case r.Gone:
		s.Deleted++
		return
	case r.Phase == "Succeeded":
		s.Succeeded++
	case r.Phase == "Failed":
		s.Failed++
		why := failure(r)
		s.failures.add(fate(r, why)+why, r, why)
	case r.Phase == "Running":
		s.Running++
		return
	default:
		s.Pending++
		return
	}
	if r.Ended != sim.Never {
		s.Turnarounds.Add(r.Ended.Sub(r.Created))
		if s.Last == sim.Never || r.Ended > s.Last {
			s.Last = r.Ended
		}
	}
}

// whyNever is the scheduler's word on a pod that was never placed, or ours when it has none.
func whyNever(r *record.PodRow) string {
	switch {
	case r.Message != "":
		return r.Message
	case r.Tried != sim.Never:
		return "no attempt has failed yet"
	}
	return "not yet tried by the scheduler"
}

// failure says why a pod failed.
func failure(r *record.PodRow) string {
	code := ""
	if r.ExitCode != 0 {
		code = "exit code " + strconv.Itoa(int(r.ExitCode))
	}
	switch {
	case r.Reason != "" && code != "":
		return r.Reason + ", " + code
	case r.Reason != "":
		return r.Reason
	case code != "":
		return code
	}
	return "no reason given"
}

// Node counts a node.
func (s *Summary) Node(r *record.NodeRow) {
	s.NodesSeen++
	if r.PeakPods > 0 {
		s.NodesUsed++
	}
}

// Attempt counts a scheduling attempt.
func (s *Summary) Attempt(r *record.AttemptRow) {
	s.Attempts++
	if r.Result != "scheduled" {
		s.Rejected++
	}
}
