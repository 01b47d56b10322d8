package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

const exampleDriver = "csi.example.com"

func TestNodeVolumeLimits(t *testing.T) {
	const exceeded = "Unschedulable: node(s) exceed max volume count"
	ebs := func(id string) func(*model.Pod) {
		return withDisk("awsElasticBlockStore", model.DiskSource{ID: id})
	}
	attachment := func(volume string) *model.VolumeAttachment {
		a := &model.VolumeAttachment{Attacher: exampleDriver, NodeName: "n", PersistentVolume: volume}
		a.Name = "attached-" + volume
		return a
	}
	for _, c := range []struct {
		name    string
		csiNode *model.CSINode
		others  []model.Object
		present []*model.Pod
		pod     *model.Pod
		want    string
	}{
		{"one place and one volume", aCSINode("n", exampleDriver, 1), nil, nil, pod(nil, claiming("a")), ""},
		{"one place and two volumes", aCSINode("n", exampleDriver, 1), nil, nil, pod(nil, claiming("a", "b")), exceeded},
		{"one place that is taken", aCSINode("n", exampleDriver, 1), nil, []*model.Pod{pod(nil, claiming("b"))}, pod(nil, claiming("a")), exceeded},
		{"the volume is there already", aCSINode("n", exampleDriver, 1), nil, []*model.Pod{pod(nil, claiming("a"))}, pod(nil, claiming("a")), ""},
		{"two names for one volume of the pod", aCSINode("n", exampleDriver, 1), nil, nil, pod(nil, claiming("a", "a")), ""},
		{"a volume that is attached though no pod uses it", aCSINode("n", exampleDriver, 1), []model.Object{attachment("b")}, nil, pod(nil, claiming("a")), exceeded},
		{"an attached volume that a pod uses counts once", aCSINode("n", exampleDriver, 2), []model.Object{attachment("b")}, []*model.Pod{pod(nil, claiming("b"))}, pod(nil, claiming("a")), ""},
		{"no limit", aCSINode("n", exampleDriver, -1), nil, []*model.Pod{pod(nil, claiming("b"))}, pod(nil, claiming("a")), ""},
		{"the limit of another driver", aCSINode("n", "other", 0), nil, nil, pod(nil, claiming("a")), ""},
		{"nothing known of the node's drivers", nil, nil, nil, pod(nil, claiming("a")), ""},
		// A claim that waits stands for the volume its class will make.
		{"a volume yet to be made", aCSINode("n", exampleDriver, 0), nil, nil, pod(nil, claiming("waits")), exceeded},
		{"an EBS volume counts for its CSI driver", aCSINode("n", "ebs.csi.aws.com", 1), nil, []*model.Pod{pod(nil, ebs("vol-1"))}, pod(nil, ebs("vol-2")), exceeded},
		{"the same EBS volume by its long name", aCSINode("n", "ebs.csi.aws.com", 1), nil, []*model.Pod{pod(nil, ebs("vol-1"))}, pod(nil, ebs("aws://za/vol-1")), ""},
		{"an EBS volume with an impossible name", aCSINode("n", "ebs.csi.aws.com", 1), nil, nil, pod(nil, ebs("aws://za/disk")),
			"Error: converting volume(disk) from inline to csi: failed to translate Kubernetes ID to EBS Volume ID Invalid format for AWS volume (aws://za/disk)"},
		{"a claim that is not there", aCSINode("n", exampleDriver, 1), nil, nil, pod(nil, claiming("gone")),
			`UnschedulableAndUnresolvable: looking up PVC default/gone: persistentvolumeclaim "gone" not found`},
		{"a pod on the node has a claim that is not there", aCSINode("n", exampleDriver, 1), nil, []*model.Pod{pod(nil, claiming("gone"))}, pod(nil, claiming("a")), ""},
		{"an ephemeral volume whose claim is another's", aCSINode("n", exampleDriver, 1), []model.Object{aClaim("p-v")}, nil, pod(nil, ephemeralVolume),
			"Error: PVC default/p-v was not created for pod default/p (pod is not owner)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, append([]model.Object{aClass("wait", exampleDriver), aClaim("waits"),
				aVolume("a", 1, csiVolume(exampleDriver)), aClaim("a", boundBy("a")),
				aVolume("b", 1, csiVolume(exampleDriver)), aClaim("b", boundBy("b"))}, c.others...)...)
			if c.csiNode != nil {
				b.set(c.csiNode)
			}
			n := b.node("n", nil, c.present...)
			if got := b.filter(b.plugin(NodeVolumeLimits, nil), c.pod, n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMissingDriver(t *testing.T) {
	strict := &model.CSIDriver{PreventPodSchedulingIfMissing: true}
	strict.Name = exampleDriver
	const missing = "Unschedulable: csi.example.com CSI driver is not installed on the node"
	for _, c := range []struct {
		name    string
		driver  *model.CSIDriver
		csiNode *model.CSINode
		want    string
	}{
		{"the driver is there", strict, aCSINode("n", exampleDriver, -1), ""},
		{"the driver is not there", strict, aCSINode("n", "other", -1), missing},
		{"nothing known of the node's drivers", strict, nil, missing},
		{"nothing known of the driver", nil, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, aVolume("a", 1, csiVolume(exampleDriver)), aClaim("a", boundBy("a")))
			if c.driver != nil {
				b.set(c.driver)
			}
			if c.csiNode != nil {
				b.set(c.csiNode)
			}
			if got := b.filter(b.plugin(NodeVolumeLimits, nil), pod(nil, claiming("a")), b.node("n", nil)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNodeVolumeLimitsHints(t *testing.T) {
	b := withObjects(t)
	pl := b.plugin(NodeVolumeLimits, nil)
	event := func(r framework.EventResource, a framework.ActionType) framework.ClusterEvent {
		return framework.ClusterEvent{Resource: r, Action: a}
	}
	changed, detached := event(framework.CSINode, framework.Update), event(framework.VolumeAttachment, framework.Delete)
	on := func(p *model.Pod) { p.NodeName = "n" }
	ebs := withDisk("awsElasticBlockStore", model.DiskSource{ID: "vol-1"})
	attached := func(driver string) *model.VolumeAttachment { return &model.VolumeAttachment{Attacher: driver} }
	for _, c := range []struct {
		name     string
		event    framework.ClusterEvent
		pod      *model.Pod
		old, new model.Object
		want     string
	}{
		{"a CSI node comes", event(framework.CSINode, framework.Add), pod(nil), nil, aCSINode("n"), "Queue"},
		{"a limit grows", changed, pod(nil), aCSINode("n", "d", 1), aCSINode("n", "d", 2), "Queue"},
		{"a limit falls", changed, pod(nil), aCSINode("n", "d", 2), aCSINode("n", "d", 1), "QueueSkip"},
		{"a limit goes", changed, pod(nil), aCSINode("n", "d", 2), aCSINode("n", "d", -1), "QueueSkip"},
		{"a driver with a limit comes", changed, pod(nil), aCSINode("n"), aCSINode("n", "d", 1), "Queue"},
		{"a pod with a claim goes", framework.EventAssignedPodDelete, pod(nil, claiming("a")), pod(nil, claiming("b"), on), nil, "Queue"},
		{"a pod with an EBS volume goes", framework.EventAssignedPodDelete, pod(nil), pod(nil, ebs, on), nil, "Queue"},
		{"a pod without volumes goes", framework.EventAssignedPodDelete, pod(nil, claiming("a")), pod(nil, on), nil, "QueueSkip"},
		{"a pod that had no node goes", framework.EventAssignedPodDelete, pod(nil, claiming("a")), pod(nil, claiming("b")), nil, "QueueSkip"},
		{"the claim of an ephemeral volume comes", event(framework.PersistentVolumeClaim, framework.Add), pod(nil, ephemeralVolume), nil, aClaim("p-v"), "Queue"},
		{"another claim comes", event(framework.PersistentVolumeClaim, framework.Add), pod(nil, claiming("a")), nil, aClaim("b"), "QueueSkip"},
		{"a volume is detached and the pod has a claim", detached, pod(nil, claiming("a")), attached("d"), nil, "Queue"},
		{"a volume of the disk's driver is detached", detached, pod(nil, ebs), attached("ebs.csi.aws.com"), nil, "Queue"},
		{"a volume of another driver is detached", detached, pod(nil, ebs), attached("d"), nil, "QueueSkip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.hint(pl, c.event, c.pod, c.old, c.new); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
