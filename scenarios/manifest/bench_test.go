package manifest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// smallPods is a stream of pods as people write them, some 330 bytes each.
func smallPods(count int) []byte {
	var b bytes.Buffer
	for i := range count {
		fmt.Fprintf(&b, `---
apiVersion: v1
kind: Pod
metadata:
  name: pod-%d
  namespace: shop
  labels: {app: web, tier: front}
spec:
  containers:
  - name: server
    image: registry.example/web:1.4
    resources:
      requests: {cpu: 250m, memory: 512Mi}
      limits: {memory: 1Gi}
  tolerations:
  - {key: spot, operator: Exists}
`, i)
	}
	return b.Bytes()
}

// kubectlPod is the YAML of one item as `kubectl get pods -o yaml` prints it, some 3 KB.
const kubectlPod = `- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      kubernetes.io/config.seen: "2026-01-01T09:05:18.301Z"
    creationTimestamp: "2026-01-01T09:05:16Z"
    generateName: web-6d5f9c7b8-
    labels:
      app: web
      pod-template-hash: 6d5f9c7b8
    name: web-6d5f9c7b8-%05d
    namespace: shop
    ownerReferences:
    - apiVersion: apps/v1
      blockOwnerDeletion: true
      controller: true
      kind: ReplicaSet
      name: web-6d5f9c7b8
      uid: 4b7c2d0e-97a8-4a41-9d5e-0c1f5f1d2e3f
    resourceVersion: "48213"
    uid: 1f2e3d4c-5b6a-4789-90ab-cdef%08d
  spec:
    containers:
    - image: registry.example/web:1.4
      imagePullPolicy: IfNotPresent
      name: server
      ports:
      - containerPort: 8080
        protocol: TCP
      readinessProbe:
        failureThreshold: 3
        httpGet:
          path: /ready
          port: 8080
          scheme: HTTP
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      resources:
        limits:
          memory: 1Gi
        requests:
          cpu: 250m
          memory: 512Mi
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
      volumeMounts:
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: kube-api-access-%05d
        readOnly: true
    dnsPolicy: ClusterFirst
    enableServiceLinks: true
    nodeName: node-%d
    preemptionPolicy: PreemptLowerPriority
    priority: 0
    restartPolicy: Always
    schedulerName: default-scheduler
    securityContext: {}
    serviceAccount: default
    serviceAccountName: default
    terminationGracePeriodSeconds: 30
    tolerations:
    - effect: NoExecute
      key: node.kubernetes.io/not-ready
      operator: Exists
      tolerationSeconds: 300
    - effect: NoExecute
      key: node.kubernetes.io/unreachable
      operator: Exists
      tolerationSeconds: 300
    volumes:
    - name: kube-api-access-%05d
      projected:
        defaultMode: 420
        sources:
        - serviceAccountToken:
            expirationSeconds: 3607
            path: token
        - configMap:
            items:
            - key: ca.crt
              path: ca.crt
            name: kube-root-ca.crt
  status:
    conditions:
    - lastProbeTime: null
      lastTransitionTime: "2026-01-01T09:05:18Z"
      status: "True"
      type: Ready
    - lastProbeTime: null
      lastTransitionTime: "2026-01-01T09:05:16Z"
      status: "True"
      type: PodScheduled
    containerStatuses:
    - containerID: containerd://8c2f
      image: registry.example/web:1.4
      imageID: registry.example/web@sha256:5f2c
      lastState: {}
      name: server
      ready: true
      restartCount: 0
      started: true
      state:
        running:
          startedAt: "2026-01-01T09:05:18Z"
    hostIP: 10.1.0.7
    hostIPs:
    - ip: 10.1.0.7
    phase: Running
    podIP: 10.0.0.3
    podIPs:
    - ip: 10.0.0.3
    qosClass: Burstable
    startTime: "2026-01-01T09:05:16Z"
`

// kubectlList is a List of pods as kubectl prints it.
func kubectlList(count int) []byte {
	var b bytes.Buffer
	b.WriteString("apiVersion: v1\nitems:\n")
	for i := range count {
		fmt.Fprintf(&b, kubectlPod, i, i, i, i%100, i)
	}
	b.WriteString("kind: List\nmetadata:\n  resourceVersion: \"\"\n")
	return b.Bytes()
}

func benchmarkRead(b *testing.B, name string, text []byte, pods int) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(Options{Start: start, Each: func(Object) {}})
		r.Read(name, bytes.NewReader(text))
		if r.count != pods || len(r.findings) > 0 {
			b.Fatal(r.count, r.findings)
		}
	}
	b.ReportMetric(float64(pods)*float64(b.N)/b.Elapsed().Seconds(), "pods/s")
}

func BenchmarkReadSmallPods(b *testing.B) {
	benchmarkRead(b, "pods.yaml", smallPods(1000), 1000)
}

func BenchmarkReadKubectlList(b *testing.B) {
	benchmarkRead(b, "list.yaml", kubectlList(1000), 1000)
}

func BenchmarkReadJSONList(b *testing.B) {
	benchmarkRead(b, "list.json", jsonList(b, 1000), 1000)
}

// jsonList is kubectlList as JSON.
func jsonList(b testing.TB, count int) []byte {
	r := NewReader(Options{Start: start})
	r.Read("list.yaml", bytes.NewReader(kubectlList(count)))
	var out bytes.Buffer
	out.WriteString(`{"apiVersion":"v1","kind":"List","items":[`)
	e := NewEncoder(start)
	for i, o := range r.Objects() {
		if i > 0 {
			out.WriteString(",\n")
		}
		data, err := e.JSON(o.Object)
		if err != nil {
			b.Fatal(err)
		}
		out.Write(data)
	}
	out.WriteString("]}")
	return out.Bytes()
}

func BenchmarkEncodePod(b *testing.B) {
	r := NewReader(Options{Start: start})
	r.Read("list.yaml", bytes.NewReader(kubectlList(1)))
	pod := r.Objects()[0].Object.(*model.Pod)
	e := NewEncoder(start)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.JSON(pod); err != nil {
			b.Fatal(err)
		}
	}
}
