package scenarios

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// volumes is a cluster of two nodes in two zones, with the classes and volumes that a case adds.
const volumes = `
apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 20m
scheduler: {decisionLatency: 1ms, bindLatency: 10ms}
cluster:
  nodes:
  - {name: "n-{index}", count: 2, zones: [zone-a, zone-b], template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}
  objects:
  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: disks, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
  - apiVersion: v1
    kind: Pod
    metadata: {name: db}
    spec:
      containers: [{name: db, image: "db:1", resources: {requests: {cpu: 1}}}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`

const (
	waitingClass = `
  - {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: disks}, provisioner: PROVISIONER, volumeBindingMode: WaitForFirstConsumer}`
	immediateClass = `
  - {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: disks}, provisioner: PROVISIONER}`
	volumeInZoneB = `
  - apiVersion: v1
    kind: PersistentVolume
    metadata: {name: vol}
    spec:
      storageClassName: disks
      capacity: {storage: 2Gi}
      accessModes: [ReadWriteOnce]
      local: {path: /data}
      nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [zone-b]}]}]}}`
)

func TestPodsAreBoundWhenTheirVolumesAre(t *testing.T) {
	for _, c := range []struct {
		name, objects, provisioner string
		node, volume               string
		after, before              time.Duration // when the pod is bound
	}{
		// The scheduler reserves the volume at 6 ms, when it is available, and looks a second later.
		{"a volume that is there decides over the node, and is bound first", waitingClass + volumeInZoneB, "kubernetes.io/no-provisioner",
			"n-1", "vol", time.Second, 1100 * time.Millisecond},
		// Decided at 1 ms, asked at 1 s; the volume is made in a second and then bound, 4 writes of 5 ms; asked at 2 s.
		{"a volume is made once the node is chosen", waitingClass, "disk.example.com", "n-0", "pvc-", 2 * time.Second, 2100 * time.Millisecond},
		// Made at 1 s, bound four writes later: then the pod is tried again.
		{"a volume is made at once", immediateClass, "disk.example.com", "n-0", "pvc-", time.Second, 2500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(volumes, "  objects:", "  objects:"+strings.Replace(c.objects, "PROVISIONER", c.provisioner, 1), 1)
			s, err := world.Open(load(t, write(t, "volumes.yaml", text), Options{}).Config, world.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.RunUntil(sim.At(c.after))
			if pod, _ := s.API().Pods.Get("default", "db"); pod.NodeName != "" {
				t.Errorf("bound to %s before %v", pod.NodeName, c.after)
			}
			s.RunUntil(sim.At(c.before))
			pod, _ := s.API().Pods.Get("default", "db")
			claim, _ := s.API().PersistentVolumeClaims.Get("default", "data")
			if pod.NodeName != c.node || claim.Phase != "Bound" || !strings.HasPrefix(claim.Spec.VolumeName, c.volume) {
				t.Errorf("at %v bound to %q, the claim is %s with volume %q; want %s and a volume %s",
					c.before, pod.NodeName, claim.Phase, claim.Spec.VolumeName, c.node, c.volume)
			}
		})
	}
}
