package scenarios

import (
	"fmt"
	"math"
	"testing"

	"towtank.dev/towtank/sim"
)

// Volumes are mounted side by side, 2 s each, that of a claim after 5 s of attaching; the kubelet looks every 300 ms.
func TestVolumesTakeTheTimeThatMountingTakes(t *testing.T) {
	text := twoPools + `
  objects:
  - {apiVersion: v1, kind: Pod, metadata: {name: none}, spec: {nodeName: a-0, containers: [{name: c, image: i}]}}
  - {apiVersion: v1, kind: Pod, metadata: {name: empty}, spec: {nodeName: a-0, volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}}], containers: [{name: c, image: i}]}}
  - {apiVersion: v1, kind: Pod, metadata: {name: claim}, spec: {nodeName: a-0, volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: i}]}}
  - {apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], claimRef: {namespace: default, name: data}, csi: {driver: d, volumeHandle: h}}}
  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv, storageClassName: "", accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}, status: {phase: Bound}}
kubelet: {attach: 5s, mount: 2s}
timeline:
- at: 1m
  create: {template: {kind: Pod, metadata: {name: second}, spec: {nodeName: a-0, volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: i}]}}}
- at: 1m
  create: {template: {kind: Pod, metadata: {name: elsewhere}, spec: {nodeName: b-0, volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: i}]}}}
`
	m, _ := run(t, load(t, write(t, "s.yaml", text), Options{}).Config)
	want := map[string]float64{"none": 0, "empty": 2.1, "claim": 7.2, "second": 62.1, "elsewhere": 67.2}
	for _, c := range m.Containers {
		if got := c.Started.Seconds(); math.Abs(got-want[c.Pod]) > 1e-6 {
			t.Errorf("%s starts after %v s, want %v", c.Pod, got, want[c.Pod])
		}
	}
	if len(m.Containers) != len(want) {
		t.Errorf("%d containers have started, want %d", len(m.Containers), len(want))
	}
}

// A mount of 5 min outlasts the 2 min and 3 s that a sync waits, which fails then; one of the next ones finds it done.
func TestAMountThatTakesLongOutlastsASync(t *testing.T) {
	m, _ := run(t, load(t, write(t, "s.yaml", twoPools+`
  objects: [{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: a-0, volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: i}]}}]
kubelet: {nodes: [{match: {name: a-0}, mount: 5m}]}
`), Options{}).Config)
	if len(m.Containers) != 1 {
		t.Fatalf("%d containers have started", len(m.Containers))
	}
	// 123 s, 10 to 16 s more, 123 s, 10 to 16 s more: 266 to 278 s; the third sync is still waiting at 300 s.
	if got := m.Containers[0].Started.Seconds(); got < 300 || got > 300.3 {
		t.Errorf("starts after %v s, want 300", got)
	}
}

// A pod writes 1 kB a second each into its layer, an emptyDir, a path of the host and a claim. Its container is killed
// after 1 min and starts again, its kubelet is away for a minute, which nothing is lost by; after 5 min it is deleted,
// and another one writes to the same path and claim.
func TestWhatOutlivesContainersAndPodsIsRecorded(t *testing.T) {
	pod := func(name string) string {
		return `{kind: Pod, apiVersion: v1, metadata: {name: ` + name + `, labels: {app: w}}, spec: {nodeName: a-0, terminationGracePeriodSeconds: 0, containers: [{name: c, image: i}], volumes: [{name: e, emptyDir: {}}, {name: h, hostPath: {path: /data}}, {name: p, persistentVolumeClaim: {claimName: data}}]}}`
	}
	m, _ := run(t, load(t, write(t, "s.yaml", twoPools+`
  objects:
  - `+pod("first")+`
  - {apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], claimRef: {namespace: default, name: data}, csi: {driver: d, volumeHandle: h}}}
  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv, storageClassName: "", accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}, status: {phase: Bound}}
behaviours: [{match: {labels: {app: w}}, usage: {writableLayer: 1k, emptyDir: {e: 1k}, volumes: {h: 1k, p: 1k}}}]
timeline:
- {at: 1m, kill-container: {pod: first, container: c}}
- {at: 2m, kubelet-stop: {node: a-0}, for: 1m}
- {at: 5m, delete: {pod: first}}
- {at: 6m, create: {template: `+pod("second")+`}}
`), Options{}).Config)
	got := map[string]string{}
	for _, v := range m.Volumes {
		end := "left"
		if v.Vanished != sim.Never {
			end = fmt.Sprintf("lost at %.0f", v.Vanished.Seconds())
		}
		got[v.Kind+" "+v.Name] += fmt.Sprintf("%.0f %s, outlived %d and %d; ", v.Bytes/1000, end, v.Containers, v.Pods)
	}
	for key, want := range map[string]string{
		"emptyDir first":             "300 lost at 300, outlived 2 and 0; ",
		"emptyDir second":            "240 left, outlived 0 and 0; ",
		"layer first":                "60 lost at 60, outlived 0 and 0; 240 lost at 300, outlived 0 and 0; ",
		"persistentVolumeClaim data": "540 left, outlived 2 and 1; ",
		"hostPath ":                  "540 left, outlived 2 and 1; ",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
}
