package manifest

import (
	"fmt"
	"testing"

	"towtank.dev/towtank/model"
)

func TestPodsAreCompletedAsByTheAPIServer(t *testing.T) {
	pod := one[*model.Pod](t, `
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  hostNetwork: true
  initContainers:
  - {name: i, image: app@sha256:0123, resources: {limits: {cpu: 1}}}
  containers:
  - name: c
    image: localhost:5000/app
    ports: [{containerPort: 80}, {containerPort: 81, hostPort: 8081, protocol: UDP}]
    resources:
      limits: {cpu: 2, memory: 1Gi}
      requests: {cpu: 0.5}
    readinessProbe: {httpGet: {port: 80}}
  - {name: d, image: "app:latest"}
  - {name: e, image: "app:1"}
  volumes: [{name: v}]
`)
	s := pod.Spec
	c := s.Containers[0]
	for _, check := range []struct{ what, got, want string }{
		{"schedulerName", s.SchedulerName, "default-scheduler"},
		{"restartPolicy", string(s.RestartPolicy), "Always"},
		{"grace period", fmt.Sprint(s.TerminationGracePeriodSeconds), "30"},
		{"host port of a pod on the host's network", fmt.Sprint(c.Ports[0]), "{ 80 80  TCP}"},
		{"host port that is given", fmt.Sprint(c.Ports[1]), "{ 81 8081  UDP}"},
		{"requests", fmt.Sprint(c.Requests), "[{cpu {0 500000000}} {memory {1073741824 0}}]"},
		{"requests of an init container", fmt.Sprint(s.InitContainers[0].Requests), "[{cpu {1 0}}]"},
		{"no requests", fmt.Sprint(s.Containers[1].Requests == nil), "true"},
		{"pull policy of a digest", s.InitContainers[0].ImagePullPolicy, "IfNotPresent"},
		{"pull policy without tag", c.ImagePullPolicy, "Always"},
		{"pull policy of latest", s.Containers[1].ImagePullPolicy, "Always"},
		{"pull policy of a tag", s.Containers[2].ImagePullPolicy, "IfNotPresent"},
		{"probe", fmt.Sprintf("%+v", *c.ReadinessProbe), "{Handler:{Kind:httpGet Command:[] Path:/ Scheme:HTTP Host: Port:80 Service: Seconds:0} " +
			"InitialDelaySeconds:0 TimeoutSeconds:1 PeriodSeconds:10 SuccessThreshold:1 FailureThreshold:3 TerminationGracePeriodSeconds:<nil>}"},
		{"volume without a source", s.Volumes[0].Kind, "emptyDir"},
		{"namespace", pod.Namespace, "default"},
	} {
		if check.got != check.want {
			t.Errorf("%s: %s, want %s", check.what, check.got, check.want)
		}
	}
}

func TestPodLevelResourcesAreCompleted(t *testing.T) {
	for _, c := range []struct{ name, spec, requests, limits string }{
		// cpu: requests add up to 1 + 0.5; memory: no container says, so the pod's limit.
		{"requests from containers, then from limits", `
  resources: {limits: {cpu: 4, memory: 1Gi}}
  containers:
  - {name: a, image: app, resources: {requests: {cpu: 1}}}
  - {name: b, image: app, resources: {requests: {cpu: 500m}}}`,
			"[{cpu {1 500000000}} {memory {1073741824 0}}]", "[{cpu {4 0}} {memory {1073741824 0}}]"},
		// Every container limits cpu: 1 + 2 = 3, but the request is 5. Not every one limits memory.
		{"limits from containers, at least the request", `
  resources: {requests: {cpu: 5, memory: 1Gi}}
  containers:
  - {name: a, image: app, resources: {limits: {cpu: 1}}}
  - {name: b, image: app, resources: {limits: {cpu: 2, memory: 1Gi}}}`,
			"[{cpu {5 0}} {memory {1073741824 0}}]", "[{cpu {5 0}}]"},
		{"nothing where the pod says nothing", `
  containers:
  - {name: a, image: app, resources: {limits: {cpu: 1}}}`, "[]", "[]"},
		{"huge pages", `
  resources: {limits: {cpu: 2}}
  containers:
  - {name: a, image: app, resources: {limits: {cpu: 1, hugepages-2Mi: 4Mi}}}`,
			"[{cpu {1 0}} {hugepages-2Mi {4194304 0}}]", "[{cpu {2 0}} {hugepages-2Mi {4194304 0}}]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := one[*model.Pod](t, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:"+c.spec+"\n")
			if got := fmt.Sprint(pod.Spec.PodRequests); got != c.requests {
				t.Errorf("requests %s, want %s", got, c.requests)
			}
			if got := fmt.Sprint(pod.Spec.PodLimits); got != c.limits {
				t.Errorf("limits %s, want %s", got, c.limits)
			}
		})
	}
}

func TestOtherKindsAreCompleted(t *testing.T) {
	node := one[*model.Node](t, "apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus: {capacity: {cpu: 4, pods: 110}}")
	if got := fmt.Sprint(node.Status.Allocatable); got != "[{cpu {4 0}} {pods {110 0}}]" {
		t.Errorf("allocatable %s, want the capacity", got)
	}
	namespace := one[*model.Namespace](t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}")
	if namespace.Labels["kubernetes.io/metadata.name"] != "shop" || namespace.Phase != "Active" {
		t.Errorf("namespace %+v", namespace)
	}
	class := one[*model.StorageClass](t, "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}\nprovisioner: x")
	if class.BindingMode != "Immediate" || class.ReclaimPolicy != "Delete" || !class.Default {
		t.Errorf("storage class %+v", class)
	}
	priority := one[*model.PriorityClass](t, "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 10")
	if priority.PreemptionPolicy != "PreemptLowerPriority" || priority.Value != 10 {
		t.Errorf("priority class %+v", priority)
	}
	volume := one[*model.PersistentVolume](t, "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], csi: {driver: d, volumeHandle: h}}")
	if volume.VolumeMode != "Filesystem" || volume.ReclaimPolicy != "Retain" || volume.Phase != "Pending" || volume.SourceKind != "csi" || volume.Handle != "h" {
		t.Errorf("volume %+v", volume)
	}
	driver := one[*model.CSIDriver](t, "apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {name: d}\nspec: {storageCapacity: true}")
	if !driver.AttachRequired || !driver.StorageCapacity || driver.PreventPodSchedulingIfMissing {
		t.Errorf("driver %+v", driver)
	}
}

func TestQuantitiesAreExact(t *testing.T) {
	for _, c := range []struct {
		text string
		want model.Quantity
	}{
		{"0", model.Quantity{}},
		{"500m", model.Quantity{Nanos: 500_000_000}},
		{"1.5", model.Quantity{Units: 1, Nanos: 500_000_000}},
		{"-1500m", model.Quantity{Units: -1, Nanos: -500_000_000}},
		{"1n", model.Quantity{Nanos: 1}},
		{"0.1n", model.Quantity{Nanos: 1}}, // rounded up: finer is not held
		{"1e3", model.Quantity{Units: 1000}},
		{"1E", model.Quantity{Units: 1_000_000_000_000_000_000}},
		{"16Gi", model.Quantity{Units: 16 << 30}},
		{"1.5Ki", model.Quantity{Units: 1536}},
		{"9223372036854775806", model.Quantity{Units: 1<<63 - 2}},
		{"9223372036854775.5", model.Quantity{Units: 9223372036854775, Nanos: 500_000_000}},
	} {
		got, err := ParseQuantity(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s is %+v, %v; want %+v", c.text, got, err, c.want)
		}
		back := toQuantity("memory", got)
		if again := fromQuantity(back); again != got {
			t.Errorf("%s is written as %s, which is %+v", c.text, back.String(), again)
		}
	}
	for _, text := range []string{"", "x", "1x", "1 Gi", "1GiB", "8Ei", "9223372036854775807", "-9223372036854775808", "1e30", "0x10", "١", "1e99999999999", "NaN", "1..2"} {
		if q, err := ParseQuantity(text); err == nil {
			t.Errorf("%q is taken for %+v", text, q)
		}
	}
}
