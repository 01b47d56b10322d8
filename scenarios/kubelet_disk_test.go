package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"towtank.dev/towtank/sim/record"
)

// ends are the pods that were evicted, with the second of that, in their order.
func ends(m *record.Memory) string {
	var out []string
	for _, p := range m.Pods {
		if p.Reason == "Evicted" {
			out = append(out, fmt.Sprintf("%s at %.0f", p.Name, p.Ended.Seconds()))
		}
	}
	return strings.Join(out, ", ")
}

// onOneNode is a node of 1 GiB of storage with the pods layers and volumes, which write 1 MiB a second: one into
// its layer, the other into an emptyDir. What else is said of it comes behind.
func onOneNode(rest string) string {
	text := `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 30m
cluster:
  nodes: [{template: {status: {capacity: {cpu: 4, memory: 8Gi, ephemeral-storage: 1Gi}, allocatable: {cpu: 4, memory: 8Gi}}}}]
  objects:
`
	for _, name := range []string{"layers", "volumes"} {
		text += "  - {apiVersion: v1, kind: Pod, metadata: {name: " + name + ", labels: {app: " + name + "}}, spec: {nodeName: node-0, volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: i}]}}\n"
	}
	return text + rest
}

const bothWrite = `behaviours:
- {match: {labels: {app: layers}}, usage: {writableLayer: 1Mi}}
- {match: {labels: {app: volumes}}, usage: {emptyDir: {v: 1Mi}}}
`

// layout says which file systems the node has: images and what belongs to them on 500 MiB, of which an image
// takes next to nothing, and 1 GiB of its own.
func layout(imageFs string) string {
	return bothWrite + "images: {default: {size: 0, unpacked: 0}, nodes: [{disk: 500Mi, imageFs: " + imageFs + ", imageGCHighThresholdPercent: 100, imageGCLowThresholdPercent: 100}]}\n"
}

// The kubelet looks every 10 s, on this node at 6 s first; after an eviction, every 10 s from when that was over.
func TestEachFileSystemHasItsOwnEvictions(t *testing.T) {
	for _, c := range []struct{ name, rest, want string }{
		// Both write on 1 GiB: 15 % (153.6 MiB) are left after 435.2 s. Layers count in whole pages, so that volumes
		// has written a little more. The other one alone has written 870.4 MiB after 870.4 s.
		{"one for all", bothWrite, "volumes at 436, layers at 877"},
		// Layers have 85 % of 500 MiB: 425 s. Volumes have 90 % of 1 GiB: 921.6 s.
		{"images and layers apart", layout("dedicated"), "layers at 426, volumes at 927"},
		// Nobody fills the images' file system. Both have 90 % of 1 GiB: 460.8 s, and 921.6 s.
		{"images alone", layout("split"), "layers at 466, volumes at 927"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _ := run(t, load(t, write(t, "s.yaml", onOneNode(c.rest)), Options{}).Config)
			if got := ends(m); got != c.want {
				t.Errorf("evicted %s, want %s", got, c.want)
			}
		})
	}
}

// Of 1,000 processes 100 must be available. layers has 300 and volumes 500 and one more each second: 901 after
// 101 s, and 905 when the kubelet looks. volumes has most of them; both have no priority.
func TestTooManyProcessesAreEvicted(t *testing.T) {
	m, _ := run(t, load(t, write(t, "s.yaml", onOneNode(`kubelet: {evictionHard: {pid.available: 10%}, maxPIDs: 1000}
behaviours:
- {match: {labels: {app: layers}}, usage: {pids: 300}}
- {match: {labels: {app: volumes}}, usage: {pids: [{value: 500}, {from: 1000s, value: 1500, ramp: true}]}}
`)), Options{}).Config)
	if got := ends(m); got != "volumes at 106" {
		t.Errorf("evicted %s", got)
	}
	if !told(m, "The node was low on resource: pids. Threshold quantity: 100, available: 95. ") || !told(m, "Node node-0 status is now: NodeHasInsufficientPID") {
		t.Error("it is told otherwise")
	}
}

// 1 GiB has an inode for each 16 KiB: 65,536, of which 5 % are 3,276. 100 a second leave less after 622.61 s.
func TestTooManyFilesAreEvicted(t *testing.T) {
	m, _ := run(t, load(t, write(t, "s.yaml", onOneNode("behaviours: [{match: {labels: {app: layers}}, usage: {inodes: 100}}]\n")), Options{}).Config)
	if got := ends(m); got != "layers at 626" {
		t.Errorf("evicted %s", got)
	}
	if !told(m, "The node was low on resource: inodes. Threshold quantity: 3276, available: ") {
		t.Error("it is told otherwise")
	}
}

// Images of 5 and 4 GB, unpacked included, on 10 GB: under 15 % are left with the second, which comes after 10 min.
// That of a pod that is gone goes then, and nobody else; where it is in use, its pod has to go first.
func TestImagesFillTheDisk(t *testing.T) {
	const text = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 30m
cluster:
  nodes: [{template: {status: {allocatable: {cpu: 4, memory: 8Gi}}}}]
  objects:
  - {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: node-0, restartPolicy: Never, containers: [{name: c, image: "a:1"}]}}
images:
  catalogue: [{image: "a:1", size: 1G, unpacked: 4G}, {image: "b:1", size: 1G, unpacked: 3G}]
  nodes: [{disk: 10G, imageGCHighThresholdPercent: 100, imageGCLowThresholdPercent: 100, bandwidth: unlimited, unpack: unlimited}]
timeline:
- {at: 5m, delete: {pod: GONE, ignoreNotFound: true}}
- at: 10m
  create: {template: {kind: Pod, metadata: {name: b}, spec: {nodeName: node-0, restartPolicy: Never, containers: [{name: c, image: "b:1"}]}}}
`
	for gone, want := range map[string]string{"nobody": "a at 606", "a": ""} {
		m, _ := run(t, load(t, write(t, "s.yaml", strings.Replace(text, "GONE", gone, 1)), Options{}).Config)
		if got := ends(m); got != want {
			t.Errorf("with %s gone: evicted %q, want %q", gone, got, want)
		}
		if !told(m, "Attempting to reclaim ephemeral-storage") || !told(m, "Node node-0 status is now: NodeHasDiskPressure") {
			t.Errorf("with %s gone: nothing is told of the disk", gone)
		}
	}
}
