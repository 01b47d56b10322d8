package reports

import (
	"math"

	"towtank.dev/towtank/sim/record"
)

// Better says in which direction a metric improves.
type Better string

// The directions. A metric without one describes a run and does not judge it.
const (
	Lower   Better = "lower"
	Higher  Better = "higher"
	Neutral Better = ""
)

// Metric is one number that a run came to.
type Metric struct {
	Name   string
	Unit   Unit
	Value  float64 // NaN when the run has no such value, for instance the mean of no waits
	Better Better
}

// metric defines a metric that every run has.
type metric struct {
	name    string
	unit    Unit
	better  Better
	meaning string
	value   func(*Summary) float64
}

// metrics holds the metrics that every run has, in the order in which they are shown.
var metrics = []metric{
	{"pods_created", UnitNone, Neutral, "pods of the run, those that were there when it began included", func(s *Summary) float64 { return float64(s.Created) }},
	{"pods_scheduled", UnitNone, Higher, "pods that the scheduler placed", func(s *Summary) float64 { return float64(s.Placed) }},
	{"pods_never_ran", UnitNone, Lower, "pods that were never bound to a node", func(s *Summary) float64 { return float64(s.NeverRan) }},
	{"pods_succeeded", UnitNone, Higher, "pods that ended in phase Succeeded", func(s *Summary) float64 { return float64(s.Succeeded) }},
	{"pods_failed", UnitNone, Lower, "pods that ended in phase Failed", func(s *Summary) float64 { return float64(s.Failed) }},
	{"pods_preempted", UnitNone, Lower, "pods that made room for others", func(s *Summary) float64 { return float64(s.Preempted) }},
	{"restarts", UnitNone, Lower, "container restarts", func(s *Summary) float64 { return float64(s.Restarts) }},
	{"container_starts", UnitNone, Neutral, "rows of containers.csv", func(s *Summary) float64 { return float64(s.Starting) }},
	{"oom_kills", UnitNone, Lower, "containers that ended with reason OOMKilled", func(s *Summary) float64 { return float64(s.OOMKills) }},
	{"evictions", UnitNone, Lower, "pods that had to go: evicted or shut down by the kubelet, by a taint, or through the API, as a drain does", func(s *Summary) float64 { return float64(s.Evicted) }},
	{"back_off_total", UnitSpan, Lower, "sum of back_off_seconds of containers", func(s *Summary) float64 { return s.HeldBack.Seconds() }},
	{"not_ready_total", UnitSpan, Lower, "sum of not_ready_seconds of pods", func(s *Summary) float64 { return s.NotReady.Seconds() }},
	{"pulls", UnitNone, Lower, "images that were pulled for a start of a container", func(s *Summary) float64 { return float64(s.Pulls.n) }},
	{"pull_mean", UnitSpan, Lower, "mean of pull_seconds over the starts whose image was pulled", func(s *Summary) float64 { return s.Pulls.Mean() }},
	{"pull_max", UnitSpan, Lower, "largest pull_seconds of them", func(s *Summary) float64 { return s.pulls(s.LongestPull.Seconds()) }},
	{"availability", UnitShare, Higher, "sum of available_integral / sum of wanted_integral, over Deployments, StatefulSets and DaemonSets", func(s *Summary) float64 { return ratio(s.Available, s.Wanted) }},
	{"below_wanted_total", UnitSpan, Lower, "sum of below_seconds over Deployments, StatefulSets and DaemonSets", func(s *Summary) float64 { return s.ofWorkloads(s.Below.Seconds()) }},
	{"rollouts", UnitNone, Neutral, "rollouts begun", func(s *Summary) float64 { return s.ofWorkloads(float64(s.Rollouts)) }},
	{"rollout_max", UnitSpan, Lower, "largest longest_rollout_seconds", func(s *Summary) float64 { return s.ofWorkloads(s.LongestRollout.Seconds()) }},
	{"surge_max", UnitNone, Neutral, "largest surge", func(s *Summary) float64 { return s.ofWorkloads(float64(s.Surge)) }},
	{"requests", UnitNone, Neutral, "sum of asked over the Services with traffic", func(s *Summary) float64 { return s.ofServices(s.Asked) }},
	{"requests_failed", UnitNone, Lower, "sum of failed over them", func(s *Summary) float64 { return s.ofServices(s.Lost) }},
	{"requests_answered", UnitShare, Higher, "1 − requests_failed / requests", func(s *Summary) float64 { return s.answered() }},
	{"failing_total", UnitSpan, Lower, "sum of failing_seconds over the Services with traffic", func(s *Summary) float64 { return s.ofServices(s.Failing.Seconds()) }},
	{"failing_max", UnitSpan, Lower, "largest longest_failing_seconds", func(s *Summary) float64 { return s.ofServices(s.LongestFailing.Seconds()) }},
	{"attempts_per_pod", UnitNone, Lower, "scheduling attempts / pods that were tried", func(s *Summary) float64 { return ratio(float64(s.Attempts), float64(s.Tried)) }},
	{"wait_mean", UnitSpan, Lower, "mean of wait_seconds over the pods that have it", func(s *Summary) float64 { return s.Waits.Mean() }},
	{"wait_p50", UnitSpan, Lower, "50th percentile of wait_seconds, nearest rank", func(s *Summary) float64 { return s.Waits.Percentile(50) }},
	{"wait_p90", UnitSpan, Lower, "90th percentile of wait_seconds, nearest rank", func(s *Summary) float64 { return s.Waits.Percentile(90) }},
	{"wait_p99", UnitSpan, Lower, "99th percentile of wait_seconds, nearest rank", func(s *Summary) float64 { return s.Waits.Percentile(99) }},
	{"wait_max", UnitSpan, Lower, "largest wait_seconds", func(s *Summary) float64 { return s.Waits.Percentile(100) }},
	{"start_mean", UnitSpan, Lower, "mean of start_seconds over the pods that have it", func(s *Summary) float64 { return s.Starts.Mean() }},
	{"turnaround_mean", UnitSpan, Lower, "mean of ended − created over the pods that ended in a terminal phase", func(s *Summary) float64 { return s.Turnarounds.Mean() }},
	{"makespan", UnitSpan, Lower, "last instant at which a pod reached a terminal phase", (*Summary).makespan},
	{"nodes_used", UnitNone, Lower, "nodes that held a pod at any time", func(s *Summary) float64 { return float64(s.NodesUsed) }},
	{"nodes_used_max", UnitNone, Lower, "nodes with a pod that has not ended, at most at one time", func(s *Summary) float64 { return s.used(float64(s.footer.Used.Max)) }},
	{"nodes_used_mean", UnitNone, Lower, "nodes with a pod that has not ended, mean over time", func(s *Summary) float64 { return s.used(s.footer.Used.Mean) }},
	{"queue_max", UnitNone, Lower, "pods waiting to be scheduled, at most", func(s *Summary) float64 { return float64(s.footer.Queue.Max) }},
	{"queue_mean", UnitNone, Lower, "pods waiting to be scheduled, mean over time", func(s *Summary) float64 { return s.footer.Queue.Mean }},
}

// resourceMetric defines a metric that a run has for each resource: RESOURCE_ and the name.
type resourceMetric struct {
	name    string
	meaning string
	value   func(*record.ResourceTotal) float64
}

var resourceMetrics = []resourceMetric{
	{"requested_mean", "requested by pods on nodes / offered by nodes, both summed over time", func(t *record.ResourceTotal) float64 { return ratio(t.Requested, t.Allocatable) }},
	{"requested_max", "requested by pods on nodes / offered by nodes, at most at one time", func(t *record.ResourceTotal) float64 { return t.PeakShare }},
}

// Metrics are all the numbers a run came to: those that every run has and two for each resource, in a
// fixed order.
func Metrics(s *Summary) []Metric {
	list := make([]Metric, 0, len(metrics)+len(resourceMetrics)*len(s.footer.Totals))
	for _, m := range metrics {
		list = append(list, Metric{m.name, m.unit, finite(m.value(s)), m.better})
	}
	for i := range s.footer.Totals {
		t := &s.footer.Totals[i]
		for _, m := range resourceMetrics {
			list = append(list, Metric{t.Name + "_" + m.name, UnitShare, finite(m.value(t)), Higher})
		}
	}
	return list
}

// used is a figure on the nodes in use, NaN for a record that did not follow them: nodes held pods, and
// yet none was in use.
func (s *Summary) used(x float64) float64 {
	if s.footer.Used.Max == 0 && s.NodesUsed > 0 {
		return math.NaN()
	}
	return x
}

// finite turns what is no number into NaN.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
