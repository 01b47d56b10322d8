package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

var nodeColumns = &KubectlKind{Kind: model.KindNode, Names: []string{"nodes", "node", "no"},
	Heads:     []string{"NAME", "STATUS", "ROLES", "AGE", "VERSION"},
	WideHeads: []string{"INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		n := o.(*model.Node)
		info := k.info(n)
		kernel := orWord(info.KernelVersion, unknownWord)
		if info.Architecture != "" {
			kernel += " (" + info.Architecture + ")"
		}
		return []string{n.Name, nodeStatus(n), orNone(strings.Join(nodeRoles(n), ",")), k.Age(n.Created), orWord(info.KubeletVersion, simulatedVersion)},
			[]string{nodeAddress(n, "InternalIP"), nodeAddress(n, "ExternalIP"), orWord(info.OSImage, unknownWord), kernel, orWord(info.Runtime, unknownWord)}
	}}

// simulatedVersion is that of the kubelets of nodes that do not say which they have.
const simulatedVersion = "v1.37.2"

func (k *Kubectl) info(n *model.Node) NodeInfo {
	if k.NodeInfo == nil {
		return NodeInfo{}
	}
	return k.NodeInfo(n)
}

// nodeStatus is the column STATUS.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go printNode.
func nodeStatus(n *model.Node) string {
	status := "Unknown"
	if ready := n.Status.Condition("Ready"); ready != nil {
		status = "Ready"
		if ready.Status != model.ConditionTrue {
			status = "NotReady"
		}
	}
	if n.Unschedulable {
		status += ",SchedulingDisabled"
	}
	return status
}

// rolePrefix begins the labels that give a node a role.
const rolePrefix = "node-role.kubernetes.io/"

func nodeRoles(n *model.Node) []string {
	var roles []string
	for _, key := range sortedKeys(n.Labels) {
		if role := strings.TrimPrefix(key, rolePrefix); role != key && role != "" {
			roles = append(roles, role)
		} else if key == "kubernetes.io/role" && n.Labels[key] != "" {
			roles = append(roles, n.Labels[key])
		}
	}
	slices.Sort(roles)
	return roles
}

func nodeAddress(n *model.Node, kind string) string {
	for _, a := range n.Status.Addresses {
		if a.Type == kind {
			return a.Address
		}
	}
	return noneWord
}

var namespaceColumns = &KubectlKind{Kind: model.KindNamespace, Names: []string{"namespaces", "namespace", "ns"},
	Heads: []string{"NAME", "STATUS", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		n := o.(*model.Namespace)
		return []string{n.Name, n.Phase, k.Age(n.Created)}, nil
	}}

var priorityClassColumns = &KubectlKind{Kind: model.KindPriorityClass, Names: []string{"priorityclasses", "priorityclass", "pc"}, Group: "scheduling.k8s.io",
	Heads: []string{"NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		c := o.(*model.PriorityClass)
		return []string{c.Name, strconv.Itoa(int(c.Value)), strconv.FormatBool(c.GlobalDefault), k.Age(c.Created),
			orWord(c.PreemptionPolicy, "PreemptLowerPriority")}, nil
	}}

var eventColumns = &KubectlKind{Kind: model.KindEvent, Names: []string{"events", "event", "ev"}, Namespace: true,
	Heads:     []string{"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"},
	wideHeads: []string{"LAST SEEN", "TYPE", "REASON", "OBJECT", "SUBOBJECT", "SOURCE", "MESSAGE", "FIRST SEEN", "COUNT", "NAME"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		e := o.(*model.Event)
		object := strings.ToLower(string(e.Object.Kind)) + "/" + e.Object.Name
		if k.Wide {
			return []string{k.Age(e.Last), e.Type, e.Reason, object, e.Object.FieldPath, eventSource(e), strings.TrimSpace(e.Message),
				k.Age(e.First), fmt.Sprint(e.Count), e.Name}, nil
		}
		return []string{k.Age(e.Last), e.Type, e.Reason, object, strings.TrimSpace(e.Message)}, nil
	}}

func eventSource(e *model.Event) string {
	if e.Host == "" {
		return e.Component
	}
	return e.Component + ", " + e.Host
}
