package scenarios

import (
	"math"
	"testing"
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
