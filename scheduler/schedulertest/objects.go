package schedulertest

import (
	"fmt"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

// Node is a node that is ready. Its words say what it has, as name=quantity: "cpu=4", "memory=8Gi",
// "pods=20", "nvidia.com/gpu=2"; and "label:key=value". Without words it has 4 CPU, 16Gi and 110 pods,
// which also stand for what the words leave out. A word that cannot be read panics.
func Node(name string, words ...string) *model.Node {
	n := &model.Node{ObjectMeta: model.ObjectMeta{Name: name, UID: "node-" + name, ResourceVersion: 1,
		Labels: map[string]string{model.LabelHostname: name}}}
	n.Status.Conditions = []model.NodeCondition{{Type: "Ready", Status: "True"}}
	n.Status.Allocatable = read(&n.ObjectMeta, append([]string{"cpu=4", "memory=16Gi", "pods=110"}, words...))
	n.Status.Capacity = n.Status.Allocatable
	return n
}

// Pod is a pod of one container in the namespace default. Its words say what it requests, as
// name=quantity, and "label:key=value". A word that cannot be read panics.
func Pod(name string, words ...string) *model.Pod {
	p := &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "default", Name: name, UID: "pod-" + name, ResourceVersion: 1}}
	p.Status.Phase = model.PodPending
	p.Spec = &model.PodSpec{SchedulerName: "default-scheduler", HasPriority: true,
		Containers: []model.Container{{Name: "c", Image: "app:1"}}}
	p.Spec.Containers[0].Requests = read(&p.ObjectMeta, words)
	return p
}

// On is a copy of the pod that runs on a node.
func On(node string, pod *model.Pod) *model.Pod {
	running := *pod
	running.NodeName, running.Status.Phase = node, model.PodRunning
	return &running
}

// read takes labels out of the words and returns the quantities.
func read(m *model.ObjectMeta, words []string) model.ResourceList {
	var list model.ResourceList
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if label, isLabel := strings.CutPrefix(key, "label:"); isLabel && ok {
			if m.Labels == nil {
				m.Labels = map[string]string{}
			}
			m.Labels[label] = value
			continue
		}
		q, valid := quantity(value)
		if !ok || !valid {
			panic(fmt.Sprintf("schedulertest: %q is neither name=quantity nor label:key=value", word))
		}
		list = list.With(key, q)
	}
	return list
}

// suffixes are the units of quantities.
var suffixes = []struct {
	text  string
	times int64
}{{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"Ti", 1 << 40}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"", 1}}

// quantity reads a whole number with a unit, or thousandths: 4, 500m, 8Gi.
func quantity(text string) (model.Quantity, bool) {
	if digits, milli := strings.CutSuffix(text, "m"); milli {
		n, err := strconv.ParseInt(digits, 10, 64)
		return model.MilliQuantity(n), err == nil
	}
	for _, s := range suffixes {
		if digits, ok := strings.CutSuffix(text, s.text); ok {
			n, err := strconv.ParseInt(digits, 10, 64)
			return model.WholeQuantity(n * s.times), err == nil
		}
	}
	return model.Quantity{}, false
}
