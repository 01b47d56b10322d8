package scenarios

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// story is a Deployment of four pods behind a Service that is asked 100 times a second from 60 s on, with what
// is said of the pods and what is further said. What controllers and proxies say to each other takes no time.
func story(t *testing.T, pod, strategy, further string) (record.ServiceRow, *record.Memory) {
	t.Helper()
	if !strings.Contains(further, "traffic:") {
		further += "traffic: [{service: web, load: [{from: 60s, value: 100}]}]\n"
	}
	path := write(t, "story.yaml", fmt.Sprintf(`apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 20m
cluster:
  nodes: [{count: 4, zones: [a, b], template: {status: {allocatable: {cpu: 4, memory: 16Gi}}}}]
  objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 4
      selector: {matchLabels: {app: web}}
      strategy: %s
      template:
        metadata: {labels: {app: web}}
        spec:
          topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}]
          containers: [{name: web, image: "web:1", ports: [{containerPort: 8080}], %s}]
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
controlPlane: {writeLatency: 0s, watchLatency: 0s}
kubeProxy: {watchLatency: 0s}
%s`, strategy, pod, further))
	m, _ := run(t, load(t, path, Options{}).Config)
	if len(m.Services) != 1 {
		t.Fatalf("%d rows of services", len(m.Services))
	}
	return m.Services[0], m
}

// eventAt is when an event of that reason was first told of an object.
func eventAt(t *testing.T, m *record.Memory, reason, object string) sim.Time {
	t.Helper()
	for _, e := range m.Events {
		if e.Reason == reason && e.Object == object {
			return e.First
		}
	}
	t.Fatalf("no event %s of %s", reason, object)
	return 0
}

const probed = `readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}`

func TestARolloutLosesWhatProxiesAreLateFor(t *testing.T) {
	rollout := `timeline: [{at: 5m, set-image: {deployment: web, images: {web: "web:2"}}}]
`
	for _, test := range []struct {
		name            string
		pod, behaviours string
		least, most     float64
	}{
		// Each of the four pods that go is one of three to five endpoints, and missed for up to a second.
		{"pods that end on SIGTERM at once are missed", probed, "[{ready: 3s}]", 1, 4 * 100.0 / 3},
		{"pods that serve on while proxies learn are not", probed, "[{ready: 3s, stop: 2s}]", 0, 0},
		{"nor are those whose preStop hook sleeps", probed + ", lifecycle: {preStop: {sleep: {seconds: 2}}}", "[{ready: 3s}]", 0, 0},
		// Without a probe a pod is ready as soon as it runs, and so it answers.
		{"pods without a readiness probe are ready as they start", "lifecycle: {preStop: {sleep: {seconds: 2}}}", "[{startup: 3s}]", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			row, m := story(t, test.pod, "{type: RollingUpdate}", rollout+"behaviours: "+test.behaviours+"\n")
			if math.Abs(row.Asked-100*19*60) > 1e-6 || row.NoEndpoint != 0 || row.Unreachable != 0 {
				t.Errorf("%+v", row)
			}
			if row.Gone < test.least || row.Gone > test.most {
				t.Errorf("%v requests met a pod that was gone, want %v to %v", row.Gone, test.least, test.most)
			}
			if len(m.Pods) != 8 {
				t.Errorf("%d pods, want 4 and their 4 successors", len(m.Pods))
			}
		})
	}
}

func TestRecreateIsAwayUntilPodsAreReady(t *testing.T) {
	row, m := story(t, probed, "{type: Recreate}", `behaviours: [{ready: 20s}]
timeline: [{at: 5m, set-image: {deployment: web, images: {web: "web:2"}}}]
`)
	// All pods are gone at 300 s. The first of the new ones is ready when its probe finds it so.
	first := sim.Never
	for _, p := range m.Pods {
		if p.Created > 0 && p.Created.Seconds() > 250 {
			first = min(first, p.Ready)
		}
	}
	// The proxies sync when the slice is written, or up to a second later.
	away := row.NoEndpoint/100 + row.Gone/100
	if want := first.Seconds() - 300; away < want-1e-6 || away > want+1 {
		t.Errorf("away for %.3f s, want the %.3f s until a pod was ready, and a second at most", away, want)
	}
	if row.FewestEndpoints != 0 || row.Unreachable != 0 || row.LongestFailing.Seconds() < 20 {
		t.Errorf("%+v", row)
	}
}

func TestACrashIsFeltUntilTheNodeIsGivenUp(t *testing.T) {
	row, m := story(t, probed, "{type: RollingUpdate}", `behaviours: [{ready: 3s}]
timeline: [{at: 5m, crash: {node: node-0, for: 10m}}]
`)
	// One pod of four is on each node. When the node is not ready its pods are not either, and no endpoints.
	noticed := eventAt(t, m, "NodeNotReady", "node-0").Seconds() - 300
	if noticed < 40 || noticed > 55 {
		t.Errorf("the node was given up after %v s, want 40 to 55", noticed)
	}
	if got, want := row.Unreachable/25, noticed; got < want-1e-3 || got > want+1 {
		t.Errorf("a quarter of the requests failed for %.3f s, want %.3f s and a second at most", got, want)
	}
	if row.Gone != 0 || row.NoEndpoint != 0 {
		t.Errorf("%+v", row)
	}
}

func TestACutIsFeltOnBothSides(t *testing.T) {
	row, m := story(t, probed, "{type: RollingUpdate}", `behaviours: [{ready: 3s}]
timeline: [{at: 5m, partition: {node: node-0, for: 2m}}]
`)
	noticed := eventAt(t, m, "NodeNotReady", "node-0").Seconds() - 300
	// A quarter of the clients are on the node and reach one endpoint of their four for 120 s; of the others one
	// request in four fails until the node is given up.
	want := 25*0.75*120 + 75*0.25*noticed
	if got := row.Unreachable; got < want-1e-2 || got > want+75*0.25 {
		t.Errorf("%.1f requests failed, want %.1f, and no more than a second's of the others", got, want)
	}
}

func TestAnAPIServerThatIsDownCutsNobodyOff(t *testing.T) {
	row, _ := story(t, probed, "{type: RollingUpdate}", `behaviours: [{ready: 3s}]
timeline: [{at: 5m, api-down: {for: 2m}}]
`)
	if row.Failed() != 0 {
		t.Errorf("%v requests failed, want none: requests do not go by way of the API server", row.Failed())
	}
}

func TestWhatCrashesIsMissedUntilItRunsAgain(t *testing.T) {
	row, m := story(t, probed, "{type: RollingUpdate}", `behaviours: [{ready: 3s, stop: 1s}]
timeline: [{at: 5m, kill-container: {pods: {labels: {app: web}}, exit: 1}}]
`)
	// All four end at 300 s. A relist sees it within 1.001 s, and starts them again, before the proxies may have
	// taken them out of the rules; they are not ready for 3 s and a probe more.
	if row.Gone <= 0 || row.Gone > 100*2.1 || row.NoEndpoint <= 0 || row.NoEndpoint > 100*6 {
		t.Errorf("%+v", row)
	}
	restarted := 0
	for _, c := range m.Containers {
		restarted += int(c.Restart)
	}
	if restarted != 4 {
		t.Errorf("%d restarts, want 4", restarted)
	}
}

func TestMemoryFollowsTheRequests(t *testing.T) {
	_, m := story(t, `resources: {limits: {memory: 200Mi}}`, "{type: RollingUpdate}", `behaviours: [{usage: {memory: {value: 100Mi, perRequest: 1Mi}}}]
traffic: [{service: web, load: [{from: 60s, value: 0}, {from: 160s, value: 800, ramp: true}]}]
`)
	// Each of four pods is sent two requests a second more every second from 60 s on: after 50 s these are
	// 100 a second, and the memory 200 MiB.
	first := sim.Never
	killed := 0
	for _, c := range m.Containers {
		if c.Reason == "OOMKilled" && c.Restart == 0 {
			killed++
			first = min(first, c.Ended)
		}
	}
	if got := first.Seconds(); math.Abs(got-110) > 1e-3 || killed != 4 {
		t.Errorf("the first of %d containers was killed at %v s, want 4, from 110 s on", killed, got)
	}
}

func TestCPUFollowsTheRequests(t *testing.T) {
	row, m := story(t, `resources: {limits: {cpu: "1"}}, livenessProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 1, timeoutSeconds: 2}`,
		"{type: RollingUpdate}", `behaviours: [{usage: {cpu: {perRequest: 20m}}, answers: [{httpGet: /live, says: [{takes: 900ms}], slowWhenThrottled: true}]}]
traffic: [{service: web, load: [{from: 60s, value: 100}, {from: 5m, value: 600}]}]
`)
	// 25 requests a second are half a core each: well. 150 want 3 cores of which the limit gives one, an answer
	// takes 2.7 s, and the probe fails three times.
	killing := eventAt(t, m, "Unhealthy", m.Pods[0].Name).Seconds()
	if killing < 300 || killing > 305 {
		t.Errorf("a probe first failed at %v s, want from 300 s on", killing)
	}
	if row.Peak != 600 {
		t.Errorf("%+v", row)
	}
}

func TestCPUThatRunsShortSlowly(t *testing.T) {
	_, m := story(t, `resources: {limits: {cpu: "1"}}, livenessProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 1, timeoutSeconds: 2}`,
		"{type: RollingUpdate}", `behaviours: [{usage: {cpu: {perRequest: 20m}}, answers: [{httpGet: /live, says: [{takes: 900ms}], slowWhenThrottled: true}]}]
traffic: [{service: web, load: [{from: 60s, value: 0}, {from: 660s, value: 600, ramp: true}]}]
`)
	// A pod wants r · 0.02 / 4 cores at r = t − 60 requests a second: more than its limit from 260 s on. Its answers
	// take 0.9 s · r / 200: more than 2 s from r = 444 on, at 504 s. What it gets is looked at every 10 s by then.
	failed := eventAt(t, m, "Unhealthy", m.Pods[0].Name).Seconds()
	if failed < 504 || failed > 504+10+1+2 {
		t.Errorf("a probe first failed at %v s, want from 504 s on", failed)
	}
}

func TestTrafficTakesNoPartInARunWithoutIt(t *testing.T) {
	text := shopOf(t, "")
	_, without := run(t, text.Config)
	_, with := run(t, shopOf(t, "kubeProxy: {minSyncPeriod: 5s}\n").Config)
	if without.Fingerprint != with.Fingerprint {
		t.Errorf("fingerprints %s and %s", without.Fingerprint, with.Fingerprint)
	}
}
