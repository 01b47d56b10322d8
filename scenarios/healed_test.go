package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

// healedRuns are the clusters of the property test; each is meddled with for meddling and has all that is broken
// mended by then, and after calm everything is to be as its objects ask for.
const (
	healedRuns  = 30
	healedNodes = 6
	meddling    = 2 * time.Hour
	calm        = time.Hour
)

// TestWhateverHappensAClusterComesToWhatItsObjectsAskFor has random workloads meet random verbs and faults of
// nodes and of the control plane. Once all is healed every controller reaches its wanted state, no pod is lost or
// doubled, and no orphan remains.
func TestWhateverHappensAClusterComesToWhatItsObjectsAskFor(t *testing.T) {
	runs := uint64(healedRuns)
	if testing.Short() {
		runs = 5
	}
	for seed := range runs {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			text := meddledWith(rand.New(rand.NewPCG(seed, 11)))
			s, err := world.Open(load(t, write(t, "s.yaml", text), Options{Seed: &seed}).Config, world.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			s.RunUntil(sim.At(meddling + calm))
			footer, err := s.Close()
			if err != nil {
				t.Error(err)
			}
			t.Logf("%d events, %d pods at the end, notes %v", footer.Events, s.API().Pods.Len(), footer.Notes)
			if wrong := unhealed(s.API()); len(wrong) > 0 {
				t.Errorf("%s\n%s", strings.Join(wrong, "\n"), text[strings.Index(text, "timeline"):])
			}
		})
	}
}

// meddledWith is a scenario of workloads that random things happen to.
func meddledWith(r *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: %s
kind: Scenario
duration: %s
cluster:
  nodes: [{name: "node-{index}", count: %d, template: {status: {allocatable: {cpu: 8, memory: 16Gi}}}}]
behaviours:
- {match: {labels: {kind: job}}, run: {exponential: {mean: 60s}}}
- {match: {labels: {kind: flaky}}, run: {exponential: {mean: 5m}}, exit: 1}
timeline:
`, APIVersion, meddling+calm, healedNodes)
	var names []string
	entry := func(at time.Duration, format string, args ...any) {
		fmt.Fprintf(&b, "- {at: %dms, %s}\n", at.Milliseconds(), fmt.Sprintf(format, args...))
	}
	for i := range 3 + r.IntN(4) {
		kind := []string{"deployment", "statefulset", "daemonset", "job"}[r.IntN(4)]
		name := fmt.Sprintf("%s-%d", kind[:1], i)
		entry(time.Duration(r.IntN(60))*time.Second, "create: {template: %s}", workload(r, kind, name))
		if r.IntN(3) == 0 && kind != "job" {
			entry(time.Minute, "create: {template: {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: %s}, "+
				"spec: {maxUnavailable: 1, selector: {matchLabels: {app: %s}}}}}", name, name)
		}
		names = append(names, kind+"/"+name)
	}
	var times []time.Duration
	for range 25 {
		times = append(times, 2*time.Minute+time.Duration(r.Int64N(int64(meddling-10*time.Minute))))
	}
	slices.Sort(times)
	for _, at := range times {
		i := r.IntN(len(names))
		done := meddle(r, names[i], at)
		entry(at, "%s", done)
		if strings.Contains(done, "cascade") && len(names) > 1 {
			names = slices.Delete(names, i, i+1)
		}
	}
	entry(meddling, "uncordon: {nodes: {}}")
	return b.String()
}

// workload is a manifest in one line.
func workload(r *rand.Rand, kind, name string) string {
	label := "web"
	switch {
	case kind == "job":
		label = "job"
	case r.IntN(3) == 0:
		label = "flaky"
	}
	policy := ""
	if kind == "job" {
		policy = "restartPolicy: OnFailure, "
	}
	template := fmt.Sprintf("template: {metadata: {labels: {app: %s, kind: %s}}, spec: {%sterminationGracePeriodSeconds: %d, "+
		"containers: [{name: c, image: \"app:1\", resources: {requests: {cpu: 100m}}}]}}", name, label, policy, r.IntN(31))
	selector := fmt.Sprintf("selector: {matchLabels: {app: %s}}, ", name)
	head := func(group, kind string) string {
		return fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: {name: %s}, spec: {", group, kind, name)
	}
	switch kind {
	case "deployment":
		return head("apps/v1", "Deployment") + selector + fmt.Sprintf("replicas: %d, ", r.IntN(12)) + template + "}}"
	case "statefulset":
		parallel := []string{"OrderedReady", "Parallel"}[r.IntN(2)]
		return head("apps/v1", "StatefulSet") + selector + fmt.Sprintf("serviceName: s, podManagementPolicy: %s, replicas: %d, ", parallel, r.IntN(5)) + template + "}}"
	case "daemonset":
		return head("apps/v1", "DaemonSet") + selector + template + "}}"
	}
	return head("batch/v1", "Job") + fmt.Sprintf("backoffLimit: 1000, parallelism: %d, completions: %d, ", 1+r.IntN(4), 1+r.IntN(12)) + template + "}}"
}

// meddle is what people or accidents do to a workload, a node or the control plane at an instant; it is over
// before meddling ends.
func meddle(r *rand.Rand, workload string, at time.Duration) string {
	kind, name, _ := strings.Cut(workload, "/")
	lasts := time.Duration(r.Int64N(int64(min(30*time.Minute, meddling-at-time.Minute)))).Truncate(time.Second) + time.Second
	node := fmt.Sprintf("node-%d", r.IntN(healedNodes))
	switch r.IntN(16) {
	case 0, 1:
		if kind == "deployment" || kind == "statefulset" {
			return fmt.Sprintf("scale: {%s: %s, replicas: %d}", kind, name, r.IntN(10))
		}
		return fmt.Sprintf("delete: {pods: {labels: {app: %s}}, gracePeriodSeconds: %d}", name, r.IntN(20))
	case 2, 3:
		if kind != "job" {
			return fmt.Sprintf("set-image: {%s: %s, images: {c: \"app:%d\"}}", kind, name, r.IntN(4))
		}
		return fmt.Sprintf("kill-container: {pods: {labels: {app: %s}}}", name)
	case 4:
		return fmt.Sprintf("delete: {pods: {labels: {app: %s}}}", name)
	case 5:
		return fmt.Sprintf("delete: {%s: %s, cascade: %s}", kind, name, []string{"background", "foreground"}[r.IntN(2)])
	case 6:
		return fmt.Sprintf("drain: {node: %s, ignoreDaemonSets: true, timeout: 5m}", node)
	case 7:
		return fmt.Sprintf("uncordon: {node: %s}", node)
	case 8, 9:
		return fmt.Sprintf("%s: {node: %s, for: %s}", []string{"crash", "reboot"}[r.IntN(2)], node, lasts)
	case 10:
		return fmt.Sprintf("kubelet-stop: {node: %s, for: %s}", node, lasts)
	case 11, 12:
		return fmt.Sprintf("partition: {node: %s, for: %s}", node, lasts)
	case 13:
		return fmt.Sprintf("%s: {for: %s}", []string{"controller-manager-down", "scheduler-down"}[r.IntN(2)], lasts)
	case 14:
		return fmt.Sprintf("%s: {for: %s}", []string{"api-down", "etcd-slow"}[r.IntN(2)], lasts)
	}
	return []string{fmt.Sprintf("api-slow: {times: 20, for: %s}", lasts), fmt.Sprintf("watch-delay: {by: 3s, for: %s}", lasts)}[r.IntN(2)]
}

// unhealed is what is not as the objects of a cluster ask for.
func unhealed(api *apiserver.Server) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	running := map[string]int{} // by UID of the controller
	for p := range api.Pods.All() {
		owner := p.Controller()
		if owner == nil {
			say("pod %s has no controller", p.Name)
			continue
		}
		if o := api.Collection(model.Kind(owner.Kind)).Find(p.Namespace, owner.Name); o == nil || o.Meta().UID != owner.UID {
			say("pod %s is left of %s %s", p.Name, owner.Kind, owner.Name)
		}
		if p.Terminal() {
			continue
		}
		running[owner.UID]++
		flaky := p.Labels["kind"] == "flaky" // may be in back-off at this instant
		if c := p.Status.Condition(model.PodReady); p.Deleting || p.NodeName == "" || !flaky && (c == nil || c.Status != "True") {
			say("pod %s on %q is %s, deleting %v, ready %+v", p.Name, p.NodeName, p.Status.Phase, p.Deleting, c)
		}
	}
	for d := range api.Deployments.All() {
		if d.Status.ObservedGeneration != d.Generation || d.Status.UpdatedReplicas != d.Replicas || d.Status.Replicas != d.Replicas {
			say("deployment %s of %d: %+v", d.Name, d.Replicas, d.Status)
		}
	}
	for s := range api.ReplicaSets.All() {
		if o := s.Controller(); o == nil || api.Deployments.Len() == 0 || running[s.UID] != int(s.Replicas) {
			say("replicaset %s asks for %d and has %d", s.Name, s.Replicas, running[s.UID])
		} else if d, ok := api.Deployments.Get(s.Namespace, o.Name); !ok || d.UID != o.UID {
			say("replicaset %s is left of %s", s.Name, o.Name)
		}
	}
	for s := range api.StatefulSets.All() {
		for i := range int(s.Replicas) {
			if p, ok := api.Pods.Get(s.Namespace, fmt.Sprintf("%s-%d", s.Name, i)); !ok || p.Labels[model.LabelRevisionHash] != s.Status.UpdateRevision {
				say("statefulset %s: pod %d is not there, or not of %s", s.Name, i, s.Status.UpdateRevision)
			}
		}
		if running[s.UID] != int(s.Replicas) {
			say("statefulset %s asks for %d and has %d", s.Name, s.Replicas, running[s.UID])
		}
	}
	for s := range api.DaemonSets.All() {
		if running[s.UID] != healedNodes || s.Status.UpdatedNumberScheduled != healedNodes {
			say("daemonset %s has %d: %+v", s.Name, running[s.UID], s.Status)
		}
	}
	for j := range api.Jobs.All() {
		if !j.Finished() || running[j.UID] != 0 {
			say("job %s has not ended: %d run, %+v", j.Name, running[j.UID], j.Status)
		}
	}
	for n := range api.Nodes.All() {
		if len(n.Taints) > 0 || n.Unschedulable {
			say("node %s has taints %v", n.Name, n.Taints)
		}
	}
	return append(wrong, twice(api)...)
}

// twice are the pods of DaemonSets that share a node.
func twice(api *apiserver.Server) (wrong []string) {
	there := map[string]string{}
	for p := range api.Pods.All() {
		if o := p.Controller(); o != nil && o.Kind == "DaemonSet" && !p.Terminal() {
			key := o.UID + " " + p.NodeName
			if there[key] != "" {
				wrong = append(wrong, fmt.Sprintf("pods %s and %s are both on %s", there[key], p.Name, p.NodeName))
			}
			there[key] = p.Name
		}
	}
	return wrong
}
