package scenarios

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// staticScenario has a node cp-0 of a control plane and a worker w-0, both with 4 cores.
const staticScenario = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 10m
cluster:
  nodes:
  - {name: cp-0, labels: {node-role.kubernetes.io/control-plane: ""}, template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}
  - {name: w-0, template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}
`

func TestStaticPodsRunWhereTheirFilesAre(t *testing.T) {
	s := load(t, write(t, "s.yaml", staticScenario+`
kubelet:
  staticPods:
  - match: {labels: {node-role.kubernetes.io/control-plane: ""}}
    pods: [{metadata: {name: etcd, namespace: kube-system}, spec: {priorityClassName: system-node-critical, containers: [{name: c, image: etcd, resources: {requests: {cpu: 1}}}]}}]
  - {pods: [{metadata: {name: proxy}, spec: {containers: [{name: c, image: proxy}]}}]}
timeline:
- {at: 1m, delete: {pod: kube-system/etcd-cp-0}}
`), Options{})
	m, _ := run(t, s.Config)
	var got []string
	for _, p := range m.Pods {
		got = append(got, p.Name+" "+p.Phase)
	}
	// The mirror that is deleted is made anew.
	want := "etcd-cp-0 Running, proxy-cp-0 Running, proxy-w-0 Running, etcd-cp-0 Running"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	for _, c := range m.Containers {
		if c.Restart != 0 {
			t.Errorf("container %s of %s has been restarted", c.Container, c.Pod)
		}
	}
}

// A Service finds a static pod by its mirror, whose UID is another: what is asked of it arrives, and takes memory.
func TestStaticPodsAnswerForTheirMirrors(t *testing.T) {
	s := load(t, write(t, "s.yaml", staticScenario+`
  objects: [{apiVersion: v1, kind: Service, metadata: {name: api}, spec: {selector: {app: api}, ports: [{port: 443}]}}]
kubelet:
  staticPods:
  - match: {name: cp-0}
    pods: [{metadata: {name: api, labels: {app: api}}, spec: {containers: [{name: c, image: api, resources: {limits: {memory: 1Gi}}}]}}]
behaviours:
- {stop: 1s, usage: {memory: {value: 100Mi, perRequest: 10Mi}}}
traffic:
- {service: api, load: [{value: 10}, {from: 5m, value: 200}]}
`), Options{})
	m, _ := run(t, s.Config)
	// 10 a second for 5 minutes are answered but for the first seconds. 200 a second take 2,100 Mi of memory: it is killed at once.
	if len(m.Services) != 1 || m.Services[0].Answered() < 2900 || m.Services[0].Answered() > 3000+1000 {
		t.Errorf("services %+v, want some 3,000 requests answered", m.Services)
	}
	kills := 0
	for _, c := range m.Containers {
		if c.Reason == "OOMKilled" && c.Ended >= sim.At(5*time.Minute) {
			kills++
		}
	}
	if kills == 0 {
		t.Errorf("the load kills no container: %+v", m.Containers)
	}
}

// A snapshot's mirrors are static pods of their nodes: deleting one does not end what it mirrors.
func TestMirrorsOfASnapshotAreStaticPods(t *testing.T) {
	s := load(t, write(t, "s.yaml", staticScenario+`
  objects:
  - apiVersion: v1
    kind: Pod
    metadata:
      name: etcd-cp-0
      namespace: kube-system
      annotations: {kubernetes.io/config.mirror: "0123", kubernetes.io/config.hash: "0123", kubernetes.io/config.source: file}
      ownerReferences: [{apiVersion: v1, kind: Node, name: cp-0, uid: u-1, controller: true}]
    spec: {nodeName: cp-0, containers: [{name: c, image: etcd}]}
    status: {phase: Running, containerStatuses: [{name: c, ready: true, restartCount: 3, image: etcd, imageID: "", state: {running: {}}}]}
timeline:
- {at: 1m, delete: {pod: kube-system/etcd-cp-0}}
- {at: 2m, kubelet-stop: {node: cp-0}, for: 1m}
`), Options{})
	m, _ := run(t, s.Config)
	last := m.Pods[len(m.Pods)-1]
	if len(m.Pods) != 2 || last.Phase != "Running" || last.Restarts != 3 || last.OwnerKind != "Node" {
		t.Errorf("%d pods, the last %+v", len(m.Pods), last)
	}
}

// Three pods of a core each leave 1 of 4. For a pod of 2 cores 1 must come free, for one of 3.5 cores 2.5, which
// takes all three, and one of 5 cores has 4 - 3 = 1 missing behind them. Of equals the last one stops first.
func TestACriticalPodHasOthersStop(t *testing.T) {
	text := staticScenario + `
  objects:
`
	for _, name := range []string{"a", "b", "c"} {
		text += "  - {apiVersion: v1, kind: Pod, metadata: {name: " + name + "}, spec: {nodeName: w-0, containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}}\n"
	}
	text += `behaviours: [{stop: {after: 5s, exit: 0}}]
kubelet: {}
timeline:
- at: 1m
  create: {template: {kind: Pod, metadata: {name: proxy}, spec: {nodeName: w-0, priorityClassName: system-node-critical, containers: [{name: c, image: i, resources: {requests: {cpu: CPU}}}]}}}
`
	for _, c := range []struct{ name, cpu, want, reason string }{
		{"one is enough for what is missing", "2", "c Failed Preempting, a Running, b Running, proxy Running", ""},
		{"as many as are needed", "3500m", "c Failed Preempting, b Failed Preempting, a Failed Preempting, proxy Running", ""},
		{"not more than there is", "5", "proxy Failed UnexpectedAdmissionError, a Running, b Running, c Running",
			"no set of running pods found to reclaim resources: [(res: cpu, q: 1000), ]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _ := run(t, load(t, write(t, "s.yaml", strings.Replace(text, "CPU", c.cpu, 1)), Options{}).Config)
			var got []string
			for _, p := range m.Pods {
				got = append(got, strings.TrimSpace(p.Name+" "+p.Phase+" "+p.Reason))
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("got %s, want %s", text, c.want)
			}
			if c.reason != "" && !told(m, c.reason) {
				t.Errorf("nobody says %s", c.reason)
			}
		})
	}
}

// told says whether an event contains a text.
func told(m *record.Memory, text string) bool {
	for _, e := range m.Events {
		if strings.Contains(e.Message, text) {
			return true
		}
	}
	return false
}

func TestStaticPodsThatNoKubeletTakesAreRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"another kind", "pods: [{kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}]", "s.yaml:9:32: kubelet.staticPods[0].pods[0].kind: Service, want Pod"},
		{"an account", "pods: [{metadata: {name: a}, spec: {serviceAccountName: x, containers: [{name: c, image: i}]}}]",
			"kubelet.staticPods[0].pods[0].spec: static pods may not reference serviceaccounts"},
		{"a claim", "pods: [{metadata: {name: a}, spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: x}}], containers: [{name: c, image: i}]}}]",
			"static pods may not reference persistentvolumeclaims"},
		{"nothing at all", "match: {name: w-0}", "s.yaml:9:24: kubelet.staticPods[0]: no pods, want manifests or pods"},
		{"nodes that are not there", "match: {name: w-1}, pods: [{metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}]",
			`kubelet.staticPods[0].match: no node of this scenario is called "w-1", want the name or labels of one`},
	} {
		_, err := Load([]string{write(t, "s.yaml", staticScenario+"\nkubelet: {staticPods: [{"+c.text+"}]}\n")}, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}
