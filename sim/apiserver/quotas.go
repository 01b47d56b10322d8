package apiserver

import (
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// quotas are the names of the quotas of each namespace, sorted; nil while there is none, so that clusters
// without quotas pay nothing.
type quotas map[string][]string

// judgeQuotas refuses what would use more than a quota of its namespace allows. old is nil for a new object.
// What is used is written into the quotas by account, with the object.
// Source: kubernetes v1.37.2 apiserver pkg/admission/plugin/resourcequota/controller.go CheckRequest.
func (s *Server) judgeQuotas(old, o model.Object) error {
	m := o.Meta()
	names := s.quotas[m.Namespace]
	if len(names) == 0 || m.Namespace == "" {
		return nil
	}
	use := s.usageOf(o)
	if old != nil {
		use = increase(use, s.usageOf(old))
	}
	for _, name := range names {
		quota, ok := s.ResourceQuotas.Get(m.Namespace, name)
		if !ok || !covers(quota, o) {
			continue
		}
		if err := s.judgeQuota(quota, old, o, masked(use, quota.Hard)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) judgeQuota(quota *model.ResourceQuota, old, o model.Object, use model.ResourceList) error {
	r := s.Collection(o.Kind()).Resource()
	if pod, ok := o.(*model.Pod); ok && old == nil {
		if fault := unspecified(quota, pod.Spec); fault != "" {
			return forbidden(r, pod.Name, fmt.Sprintf("failed quota: %s: %s", quota.Name, fault))
		}
	}
	var requested, used, hard model.ResourceList
	for i := range use {
		name := use[i].Name
		most, _ := quota.Hard.Get(name)
		now, _ := quota.Status.Used.Get(name)
		if use[i].Quantity.IsZero() || now.Add(use[i].Quantity).Cmp(most) <= 0 {
			continue
		}
		requested, used, hard = requested.With(name, use[i].Quantity), used.With(name, now), hard.With(name, most)
	}
	if len(requested) == 0 {
		return nil
	}
	return forbidden(r, o.Meta().Name, fmt.Sprintf("exceeded quota: %s, requested: %s, used: %s, limited: %s", quota.Name,
		model.FormatResources(requested), model.FormatResources(used), model.FormatResources(hard)))
}

// needed are the resources that each container must name when a quota is about them.
// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/pods.go validationSet.
var needed = []string{"cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"}

// unspecified tells which containers do not name what a quota is about, "" for none.
// Source: kubernetes v1.37.2 pkg/quota/v1/evaluator/core/pods.go Constraints, enforcePodContainerConstraints.
func unspecified(quota *model.ResourceQuota, spec *model.PodSpec) string {
	if len(spec.PodRequests)+len(spec.PodLimits) > 0 {
		return ""
	}
	var faults []string
	for _, name := range needed {
		if _, about := quota.Hard.Get(name); !about {
			continue
		}
		var without []string
		for _, list := range [2][]model.Container{spec.Containers, spec.InitContainers} {
			for i := range list {
				if !specifies(&list[i], name) {
					without = append(without, list[i].Name)
				}
			}
		}
		if len(without) > 0 {
			slices.Sort(without)
			faults = append(faults, name+" for: "+strings.Join(slices.Compact(without), ","))
		}
	}
	if len(faults) == 0 {
		return ""
	}
	return "must specify " + strings.Join(faults, "; ")
}

// specifies says whether a container requests, or limits, a resource as quotas call it.
func specifies(c *model.Container, name string) bool {
	list := c.Requests
	if resource, limit := strings.CutPrefix(name, "limits."); limit {
		list, name = c.Limits, resource
	}
	_, has := list.Get(strings.TrimPrefix(name, "requests."))
	return has
}

// account follows a write: the quotas themselves, and what is used of them.
//
// Differs from upstream: what is given back is so at once. There the quota controller finds out after a
// moment.
func (s *Server) account(c Change) {
	o := c.Object()
	if quota, ok := o.(*model.ResourceQuota); ok {
		s.listQuota(quota, c)
		return
	}
	m := o.Meta()
	listed := s.quotas[m.Namespace]
	if len(listed) == 0 || m.Namespace == "" {
		return
	}
	for _, name := range listed {
		quota, ok := s.ResourceQuotas.Get(m.Namespace, name)
		if !ok {
			continue
		}
		used := quota.Status.Used
		if c.Old != nil && covers(quota, c.Old) {
			used = used.Minus(masked(s.usageOf(c.Old), quota.Hard))
		}
		if c.New != nil && covers(quota, c.New) {
			used = used.Plus(masked(s.usageOf(c.New), quota.Hard))
		}
		s.setUsed(quota, used)
	}
}

// setUsed writes what is used of a quota, when it has changed.
func (s *Server) setUsed(quota *model.ResourceQuota, used model.ResourceList) {
	if slices.Equal(used, quota.Status.Used) && slices.Equal(quota.Hard, quota.Status.Hard) {
		return
	}
	next := copyOf(quota)
	next.Status = model.QuotaStatus{Hard: quota.Hard, Used: used}
	s.put(s.ResourceQuotas, Change{Type: Modified, Old: quota, New: next})
}

// listQuota notes a quota that comes or goes. What is used of a new one, or of one that is about other
// things than before, is counted from all that is there.
// Source: kubernetes v1.37.2 pkg/controller/resourcequota/resource_quota_controller.go syncResourceQuota.
func (s *Server) listQuota(quota *model.ResourceQuota, c Change) {
	at := quota.Namespace
	i, known := slices.BinarySearch(s.quotas[at], quota.Name)
	switch {
	case c.Type == Deleted && known:
		s.quotas[at] = slices.Delete(s.quotas[at], i, i+1)
		return
	case c.Type == Deleted:
		return
	case !known:
		s.quotas[at] = slices.Insert(s.quotas[at], i, quota.Name)
	case slices.Equal(quota.Hard, quota.Status.Hard):
		return
	}
	var used model.ResourceList
	for i := range quota.Hard {
		used = used.With(quota.Hard[i].Name, model.Quantity{})
	}
	for _, store := range s.collections() {
		if !store.Resource().Namespaced {
			continue
		}
		for _, o := range store.Objects() {
			if o.Meta().Namespace == at && covers(quota, o) {
				used = used.Plus(masked(s.usageOf(o), quota.Hard))
			}
		}
	}
	s.setUsed(quota, used)
}

// masked is the part of a list that a quota is about.
func masked(use, hard model.ResourceList) model.ResourceList {
	var out model.ResourceList
	for i := range use {
		if _, about := hard.Get(use[i].Name); about {
			out = append(out, use[i])
		}
	}
	return out
}

// increase is what a list has more than another, name by name.
// Source: kubernetes v1.37.2 apiserver pkg/quota/v1/resources.go SubtractWithNonNegativeResult.
func increase(now, before model.ResourceList) model.ResourceList {
	out := now.Minus(before)
	for i := range out {
		if out[i].Quantity.Cmp(model.Quantity{}) < 0 {
			out[i].Quantity = model.Quantity{}
		}
	}
	return out
}
