package reports

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// nodeDescription describes a node with its pods that have not ended.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeNode.
var nodeDescription = description{model.KindNode, func(d *Describer, s *sheet, o model.Object) {
	n := o.(*model.Node)
	s.put(0, "Name:\t%s", n.Name)
	s.put(0, "Roles:\t%s", orNone(strings.Join(nodeRoles(n), ",")))
	s.many("Labels", pairs(n.Labels, "="))
	s.annotations("Annotations", n.Annotations)
	s.put(0, "CreationTimestamp:\t%s", d.clock(n.Created))
	s.many("Taints", taints(n.Taints))
	s.put(0, "Unschedulable:\t%v", n.Unschedulable)
	if renewed, ok := d.renewed(n); ok {
		s.put(0, "Lease:")
		s.put(1, "HolderIdentity:\t%s", n.Name)
		s.put(1, "AcquireTime:\t%s", unsetWord)
		s.put(1, "RenewTime:\t%s", d.clock(renewed))
	}
	d.nodeConditions(s, n)
	s.put(0, "Addresses:")
	for _, a := range n.Status.Addresses {
		s.put(1, "%s:\t%s", a.Type, a.Address)
	}
	nodeResources(s, "Capacity", n.Status.Capacity)
	nodeResources(s, "Allocatable", n.Status.Allocatable)
	d.nodeSystem(s, n)
	s.maybe("PodCIDR", n.PodCIDR)
	s.maybe("PodCIDRs", n.PodCIDR)
	s.maybe("ProviderID", n.ProviderID)
	d.nodePods(s, n)
	d.events(s)
}}

func (d *Describer) renewed(n *model.Node) (sim.Time, bool) {
	if d.Cluster == nil {
		return 0, false
	}
	return d.Cluster.LeaseRenewed(n.Name)
}

func (d *Describer) nodeConditions(s *sheet, n *model.Node) {
	if len(n.Status.Conditions) == 0 {
		return
	}
	s.put(0, "Conditions:")
	s.put(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
	s.put(1, "----\t------\t-----------------\t------------------\t------\t-------")
	for i := range n.Status.Conditions {
		c := &n.Status.Conditions[i]
		s.put(1, "%s \t%s \t%s \t%s \t%s \t%s", c.Type, c.Status, d.clock(c.LastHeartbeat), d.clock(c.LastTransition), c.Reason, c.Message)
	}
}

func (d *Describer) nodeSystem(s *sheet, n *model.Node) {
	info := d.info(n)
	s.put(0, "System Info:")
	s.put(1, "Machine ID:\t%s", info.MachineID)
	s.put(1, "System UUID:\t%s", info.SystemUUID)
	s.put(1, "Boot ID:\t%s", info.BootID)
	s.put(1, "Kernel Version:\t%s", info.KernelVersion)
	s.put(1, "OS Image:\t%s", info.OSImage)
	s.put(1, "Operating System:\t%s", info.OperatingSystem)
	s.put(1, "Architecture:\t%s", info.Architecture)
	s.put(1, "Container Runtime Version:\t%s", info.Runtime)
	s.put(1, "Kubelet Version:\t%s", orWord(info.KubeletVersion, simulatedVersion))
}

func nodeResources(s *sheet, title string, l model.ResourceList) {
	if len(l) > 0 {
		s.put(0, "%s:", title)
	}
	for _, r := range sortedResources(l) {
		s.put(1, "%s:\t%s", r.Name, model.FormatQuantity(r.Name, r.Quantity))
	}
}

func taints(list []model.Taint) []string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b model.Taint) int {
		return strings.Compare(string(a.Effect)+","+a.Key, string(b.Effect)+","+b.Key)
	})
	var lines []string
	for i := range list {
		line := list[i].Key
		if list[i].Value != "" {
			line += "=" + list[i].Value
		}
		lines = append(lines, line+":"+string(list[i].Effect))
	}
	return lines
}

// nodePods lists the pods, and what they and all of them together ask for.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeNodeResource.
func (d *Describer) nodePods(s *sheet, n *model.Node) {
	pods := slices.DeleteFunc(objectsOf[*model.Pod](d, model.KindPod, ""), func(pod *model.Pod) bool {
		return pod.NodeName != n.Name || pod.Terminal()
	})
	room := n.Status.Allocatable
	if len(room) == 0 {
		room = n.Status.Capacity
	}
	s.put(0, "Non-terminated Pods:\t(%d in total)", len(pods))
	s.put(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
	s.put(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
	var requests, limits model.ResourceList
	for _, pod := range pods {
		req, limit := pod.EffectiveRequests(), pod.Spec.EffectiveLimits()
		requests, limits = requests.Plus(req), limits.Plus(limit)
		s.put(1, "%s\t%s\t\t%s\t%s\t%s\t%s\t%s", pod.Namespace, pod.Name, ofRoom(model.ResourceCPU, req, room),
			ofRoom(model.ResourceCPU, limit, room), ofRoom(model.ResourceMemory, req, room), ofRoom(model.ResourceMemory, limit, room), d.Age(pod.Created))
	}
	s.put(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)")
	s.put(1, "Resource\tRequests\tLimits")
	s.put(1, "--------\t--------\t------")
	for _, name := range [...]string{model.ResourceCPU, model.ResourceMemory, model.ResourceEphemeralStorage} {
		s.put(1, "%s\t%s\t%s", name, ofRoom(name, requests, room), ofRoom(name, limits, room))
	}
	for _, huge := range [...]bool{true, false} {
		for _, r := range sortedResources(room) {
			pages := strings.HasPrefix(r.Name, model.HugePagesPrefix)
			switch {
			case huge && pages:
				s.put(1, "%s\t%s\t%s", r.Name, ofRoom(r.Name, requests, room), ofRoom(r.Name, limits, room))
			case !huge && !pages && model.ExtendedResource(r.Name):
				s.put(1, "%s\t%s\t%s", r.Name, amountOf(r.Name, requests), amountOf(r.Name, limits))
			}
		}
	}
}

func amountOf(name string, l model.ResourceList) string {
	q, _ := l.Get(name)
	return model.FormatQuantity(name, q)
}

// ofRoom is an amount with its share of a node's room, in whole per cent.
func ofRoom(name string, l, room model.ResourceList) string {
	q, _ := l.Get(name)
	all, _ := room.Get(name)
	share := int64(0)
	if all.MilliValue() != 0 {
		share = int64(float64(q.MilliValue()) / float64(all.MilliValue()) * 100)
	}
	return fmt.Sprintf("%s (%d%%)", model.FormatQuantity(name, q), share)
}
