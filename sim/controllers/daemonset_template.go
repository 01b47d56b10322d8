package controllers

import (
	"slices"
	"strconv"

	"towtank.dev/towtank/model"
)

// daemonTemplate is what a DaemonSet's template means for nodes: where its pods belong, and their specs.
type daemonTemplate struct {
	template    *model.PodTemplate
	tolerations []model.Toleration
	verdicts    map[string]daemonVerdict
	specs       map[string]*model.PodSpec // by node
}

// daemonVerdict is what was found of a node as it stood.
type daemonVerdict struct {
	node      *model.Node
	run, keep bool
}

// template returns what a set's template means.
func (c *daemonSets) template(s *model.DaemonSet) *daemonTemplate {
	t, ok := c.templates[s.Template]
	if !ok {
		t = &daemonTemplate{template: s.Template, tolerations: daemonTolerations(s.Template.Spec),
			verdicts: map[string]daemonVerdict{}, specs: map[string]*model.PodSpec{}}
		c.templates[s.Template] = t
	}
	return t
}

// daemonTolerations are the tolerations of a spec with those that every pod of a DaemonSet has.
// Source: kubernetes v1.37.2 pkg/controller/daemon/util/daemonset_util.go AddOrUpdateDaemonPodTolerations.
func daemonTolerations(spec *model.PodSpec) []model.Toleration {
	out := slices.Clone(spec.Tolerations)
	add := func(key string, effect model.Effect) {
		t := model.Toleration{Key: key, Operator: "Exists", Effect: effect}
		i := slices.IndexFunc(out, func(o model.Toleration) bool {
			return o.Key == t.Key && o.Operator == t.Operator && o.Value == t.Value && o.Effect == t.Effect
		})
		if i >= 0 {
			out[i] = t
			return
		}
		out = append(out, t)
	}
	add(model.TaintNotReady, model.NoExecute)
	add(model.TaintUnreachable, model.NoExecute)
	add("node.kubernetes.io/disk-pressure", model.NoSchedule)
	add("node.kubernetes.io/memory-pressure", model.NoSchedule)
	add("node.kubernetes.io/pid-pressure", model.NoSchedule)
	add(model.TaintUnschedulable, model.NoSchedule)
	if spec.HostNetwork {
		add("node.kubernetes.io/network-unavailable", model.NoSchedule)
	}
	return out
}

// wants says whether a pod is to be made on a node, and whether one that is there may stay.
// Source: kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod.
func (t *daemonTemplate) wants(n *model.Node) (run, keep bool) {
	if v, ok := t.verdicts[n.Name]; ok && v.node == n {
		return v.run, v.keep
	}
	run, keep = t.judge(n)
	t.verdicts[n.Name] = daemonVerdict{n, run, keep}
	return run, keep
}

func (t *daemonTemplate) judge(n *model.Node) (run, keep bool) {
	spec := t.template.Spec
	for k, v := range spec.NodeSelector {
		if have, ok := n.Labels[k]; !ok || have != v {
			return false, false
		}
	}
	if spec.Affinity != nil && spec.Affinity.NodeRequired != nil && !spec.Affinity.NodeRequired.Matches(n.Name, n.Labels) {
		return false, false
	}
	run, keep = true, true
	for i := range n.Taints {
		taint := &n.Taints[i]
		if taint.Effect == model.PreferNoSchedule || taint.ToleratedBy(t.tolerations) {
			continue
		}
		run = false
		if taint.Effect == model.NoExecute {
			keep = false
		}
	}
	return run, keep
}

// specOn is the spec of the pod for a node: the scheduler finds no other node for it.
// Source: kubernetes v1.37.2 pkg/controller/daemon/util/daemonset_util.go ReplaceDaemonSetPodNodeNameNodeAffinity.
func (t *daemonTemplate) specOn(node string) *model.PodSpec {
	if spec, ok := t.specs[node]; ok {
		return spec
	}
	spec := *t.template.Spec
	spec.Tolerations = t.tolerations
	affinity := model.Affinity{}
	if spec.Affinity != nil {
		affinity = *spec.Affinity
	}
	affinity.NodeRequired = &model.NodeSelector{Terms: []model.NodeSelectorTerm{{MatchFields: []model.Requirement{
		{Key: model.FieldName, Operator: model.OpIn, Values: []string{node}}}}}}
	spec.Affinity = &affinity
	t.specs[node] = &spec
	return &spec
}

// targetOf is the node that a pod is on, or is meant for.
// Source: kubernetes v1.37.2 pkg/controller/daemon/util/daemonset_util.go GetTargetNodeName.
func targetOf(p *model.Pod) (string, bool) {
	if p.NodeName != "" {
		return p.NodeName, true
	}
	if p.Spec.Affinity == nil || p.Spec.Affinity.NodeRequired == nil {
		return "", false
	}
	for i := range p.Spec.Affinity.NodeRequired.Terms {
		for _, r := range p.Spec.Affinity.NodeRequired.Terms[i].MatchFields {
			if r.Key == model.FieldName && r.Operator == model.OpIn {
				return r.Values[0], len(r.Values) == 1
			}
		}
	}
	return "", false
}

// updated says whether a pod is of the present template.
// Source: kubernetes v1.37.2 pkg/controller/daemon/util/daemonset_util.go IsPodUpdated.
func updated(s *model.DaemonSet, p *model.Pod, hash string) bool {
	return hash != "" && p.Labels[model.LabelRevisionHash] == hash ||
		s.TemplateGeneration != 0 && p.Labels[model.LabelPodTemplateGen] == strconv.FormatInt(s.TemplateGeneration, 10)
}
