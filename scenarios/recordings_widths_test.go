package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/timelinediff"
)

// slackOfWidths is what a fact's range may have beside the jitter of the timers that it comes from, in seconds.
const slackOfWidths = 0.1

// A timer is one kind of fact of a kubelet's recording: the change that it makes, and how many seconds it may come
// sooner or later than it would at another seed. Of a fact the first kind that it is of decides.
type timer struct {
	name    string
	pod     string // of the name; "" any
	change  string // of the states before and after, with " => " between
	seconds func(r timelinediff.Range, periods float64) float64
	instant bool // the person's instant, whatever came before: it is not the interval that is looked at
}

// always is a jitter that depends on nothing.
func always(seconds float64) func(timelinediff.Range, float64) float64 {
	return func(timelinediff.Range, float64) float64 { return seconds }
}

// The timers of the kubelet and how far they scatter:
//   - relist 1 s: what ends by itself is seen 0 to 1 s later.
//   - a wait d is left after d × U[1, 1.5], of which 1 min at most at once, by a ticker of 1 s, and counts from a whole
//     second: 0.5 min(d, 60) + 1 + 1. One that is looked at once meanwhile has both looks' scatter.
//   - an image is asked for again by the sync of an error, 10 s × U[1, 1.5] + 1, so 6 between two, and up to 16 after the
//     back-off is over.
//   - a probe's grid has any phase, but when its worker is made long after its kubelet.
//
// Source: kubernetes v1.37.2 pkg/kubelet/pod_workers.go completeWork; pkg/kubelet/kubelet.go (plegRelistPeriod,
// syncLoop's ticker); pkg/kubelet/prober/worker.go run.
var timers = []timer{
	{name: "a person's deletion, seen when all has stopped: a relist", change: `^[^>]*=> (gone|.* deleting .*)$`, seconds: always(1), instant: true},
	{name: "what follows at once from the pod's making", change: `^ => .*(ContainerCreating|PodInitializing|:running|Ready=\S+$)`, seconds: always(0)},
	{name: "a deadline, a second late at most and then a relist", pod: "^deadline", change: `=> .*(DeadlineExceeded|False c:running)`, seconds: always(1)},
	{name: "what the deadline cuts off", pod: "^deadline-crash", change: `=> .*CrashLoopBackOff`, seconds: always(2), instant: true},
	{name: "a hook that fails: its back-off is told by the next relist but one, or when it is over if a relist falls between start and failure",
		pod: "^post-fail", change: `(CrashLoopBackOff|PostStartHookError) r[1-9].* => `, seconds: func(r timelinediff.Range, _ float64) float64 {
			return 1.5*min(r.High, 60) + 1 + 0.5*min(r.High, 60) + 2
		}},
	{name: "the rest of a wait of 80 s or more", change: `CrashLoopBackOff.* => .*(running|CrashLoopBackOff)`, seconds: func(r timelinediff.Range, _ float64) float64 {
		if r.High > 80 {
			return 2 * (0.5*60 + 1)
		}
		return 0.5*60 + 2
	}},
	{name: "a wait out of a back-off", change: `terminated/\S+ r[1-9].* => .*(running|CrashLoopBackOff)`, seconds: backedOff},
	{name: "an image that is asked for again", change: `(ErrImagePull|ImagePullBackOff).* => .*(ErrImagePull|ImagePullBackOff)`, seconds: func(r timelinediff.Range, _ float64) float64 {
		if r.High <= 16 {
			return 6
		}
		return 16 + 6 + 2
	}},
	{name: "a kill by a probe, and the wait for the next start", pod: "^(live|start|ready|prestop-live|init-slow)", change: ` => .*(running|CrashLoopBackOff)`,
		seconds: func(r timelinediff.Range, periods float64) float64 {
			if r.High > 40 || strings.Contains(r.Before, "CrashLoopBackOff") {
				return backedOff(r, periods) + periods
			}
			return periods + 1
		}},
	{name: "a probe", change: `=> .*`, seconds: func(_ timelinediff.Range, periods float64) float64 {
		if periods == 0 {
			return 1
		}
		return periods + 1
	}},
}

// backedOff is the scatter of a wait out of a back-off, as long as that is by the ensemble's earliest.
func backedOff(r timelinediff.Range, _ float64) float64 { return 0.5*min(r.Low+1, 60) + 2 }

// A scatter is how far a fact of a control plane's recording may come sooner or later than at another seed, beside
// slackOfWidths, and why. Of a fact the first decides that its subject and change match.
type scatter struct {
	change  string // of "subject: before => after"
	seconds float64
	why     string
}

// What the recordings of control planes scatter by. Latencies are those of writes and watches, which add up where one
// step waits for the one before it.
var scatters = map[string][]scatter{
	"rollout": {
		{`(replicasets|deployments)/.*=> .*(replicas=10 updatedReplicas=0|spec=3|updatedReplicas=10)`, 0.6, "the clients' limit of 20 requests a second once 30 are spent, 50 ms for each of a dozen that may come before"},
		{`pods/`, 0.55, "the same limit"},
		{`(replicasets|deployments)/`, 0.3, "the same limit"},
	},
	"statefulset": {{``, 0.08, "latencies of up to twenty steps, one after another, of which one in a hundred takes 30 ms"}},
	"drain": {
		{`(deployments|pods|pdbs|replicasets)/`, 0.2, "up to four times 500 ms × U[1, 1.1] after a conflict, and the answers' latencies"},
	},
	"notready": {
		{`=> (Ready=Unknown|.*Ready=False$|.*readyReplicas=[48] .*)`, 15.4, "a lease 10 s × U[1, 1.04] old at most, seen to be too old by the monitor's look every 5 s"},
		{`: => Pending bound`, 15.4, "the same, 300 s later"},
		{`nodes/.*taints=unreachable:NoExecute => `, 5, "the monitor's look every 5 s"},
		{``, 0.1, "the pass every 100 ms that gives nodes their taints"},
	},
}

// holdScatters has no fact of a control plane's ensemble scatter more than it may.
func holdScatters(t *testing.T, name string, ranges []timelinediff.Range) {
	t.Helper()
	for _, r := range ranges {
		change := r.Subject + ": " + r.Before + " => " + r.Fact
		may := scatter{why: "nothing"}
		for _, s := range scatters[name] {
			if regexp.MustCompile(s.change).MatchString(change) {
				may = s
				break
			}
		}
		if r.Widest > may.seconds+slackOfWidths {
			t.Errorf("%s: %s scatters by %.3f s (%.3f to %.3f); what may is %s: %.2f s", name, change, r.Widest, r.Low, r.High, may.why, may.seconds)
		}
	}
}

// holdWidths has no fact's range of an ensemble be wider than the jitter of its timer.
func holdWidths(t *testing.T, dir string, ranges []timelinediff.Range) {
	t.Helper()
	periods := probePeriods(t, dir)
	widest := map[string]float64{}
	for _, r := range ranges {
		pod := r.Subject[strings.LastIndex(r.Subject, "/")+1:]
		kind := timerOf(pod, r)
		width := r.High - r.Low
		if kind.instant {
			width = r.Latest - r.Earliest
		}
		widest[kind.name] = max(widest[kind.name], width)
		if may := kind.seconds(r, periods[pod]); width > may+slackOfWidths {
			t.Errorf("%s: [%s => %s] is %.3f to %.3f, %.3f s wide; %s scatters by %.2f s", pod, inBrief(r.Before), inBrief(r.Fact), r.Low, r.High, width, kind.name, may)
		}
	}
	for _, k := range timers {
		t.Logf("%6.3f s the widest of: %s", widest[k.name], k.name)
	}
}

// timerOf is the kind of a fact.
func timerOf(pod string, r timelinediff.Range) timer {
	for _, k := range timers {
		if regexp.MustCompile(k.pod).MatchString(pod) && regexp.MustCompile(k.change).MatchString(inBrief(r.Before)+" => "+inBrief(r.Fact)) {
			return k
		}
	}
	return timer{name: "at once", seconds: always(0)}
}

// conditionsOfFacts are left out of what is written of a fact.
var conditionsOfFacts = regexp.MustCompile(` ?(ContainersReady|Initialized|PodReadyToStartContainers)=\S+`)

func inBrief(fact string) string { return conditionsOfFacts.ReplaceAllString(fact, "") }

// probePeriods are, for each pod of a recording, the periods of its probes together, in seconds.
func probePeriods(t *testing.T, dir string) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifests.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	type probe struct {
		PeriodSeconds *float64 `yaml:"periodSeconds"`
	}
	out := map[string]float64{}
	for _, document := range strings.Split(string(text), "\n---\n") {
		var pod struct {
			Metadata struct{ Name string }
			Spec     struct {
				Containers     []map[string]yaml.Node `yaml:"containers"`
				InitContainers []map[string]yaml.Node `yaml:"initContainers"`
			}
		}
		if err := yaml.Unmarshal([]byte(document), &pod); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", dir, err))
		}
		for _, c := range append(pod.Spec.Containers, pod.Spec.InitContainers...) {
			for _, kind := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
				node, there := c[kind]
				if !there {
					continue
				}
				var p probe
				if err := node.Decode(&p); err != nil {
					t.Fatal(err)
				}
				if p.PeriodSeconds == nil {
					out[pod.Metadata.Name] += 10 // the default
				} else {
					out[pod.Metadata.Name] += *p.PeriodSeconds
				}
			}
		}
	}
	return out
}
