package controllers

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// selections are the pods that autoscalers select, by namespace. They are kept as pods come and go: nobody
// looks for them at every look at an autoscaler.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/hpa_selector_store.go hpaSelectorStore.
type selections struct {
	spaces map[string]*selectionSpace
}

// selectionSpace are those of a namespace, in the order of their coming.
type selectionSpace struct {
	list []*selection
	// by is how many autoscalers select a pod, where any does.
	by map[apiserver.Name]int
}

// selection are the pods of an autoscaler. Its selector is nil, and selects nothing, until it is known.
type selection struct {
	name     apiserver.Name
	selector *model.Selector
	order    []chosen
	chosen   map[apiserver.Name]uint64
	last     uint64
}

// chosen is a pod of a selection, void when the number is not that which the selection has for its name.
type chosen struct {
	name   apiserver.Name
	number uint64
}

func newSelections() selections { return selections{map[string]*selectionSpace{}} }

// add takes an autoscaler that is new.
func (s *selections) add(name apiserver.Name) {
	space := s.spaces[name.Namespace]
	if space == nil {
		space = &selectionSpace{by: map[apiserver.Name]int{}}
		s.spaces[name.Namespace] = space
	}
	if space.of(name) == nil {
		space.list = append(space.list, &selection{name: name})
	}
}

// drop forgets an autoscaler.
func (s *selections) drop(name apiserver.Name) {
	space := s.spaces[name.Namespace]
	if space == nil {
		return
	}
	if known := space.of(name); known != nil {
		space.clear(known)
		space.list = slices.DeleteFunc(space.list, func(have *selection) bool { return have == known })
	}
	if len(space.list) == 0 {
		delete(s.spaces, name.Namespace)
	}
}

// forget has no selector be known.
func (s *selections) forget() {
	for _, space := range s.spaces {
		clear(space.by)
		for _, known := range space.list {
			*known = selection{name: known.name}
		}
	}
}

func (s *selectionSpace) of(name apiserver.Name) *selection {
	for _, known := range s.list {
		if known.name == name {
			return known
		}
	}
	return nil
}

// selects takes the selector of an autoscaler, and says whether there is such an autoscaler.
func (s *selections) selects(name apiserver.Name, selector *model.Selector, pods *Informer[*model.Pod]) bool {
	space := s.spaces[name.Namespace]
	if space == nil {
		return false
	}
	known := space.of(name)
	if known == nil {
		return false
	}
	if known.selector == selector || reflect.DeepEqual(known.selector, selector) {
		return true
	}
	space.clear(known)
	known.selector = selector
	for p := range pods.All() {
		if p.Namespace == name.Namespace && selector.Matches(p.Labels) {
			space.choose(known, apiserver.NameOf(p))
		}
	}
	return true
}

func (s *selectionSpace) clear(known *selection) {
	for name := range known.chosen {
		s.leave(name)
	}
	known.order, known.chosen = nil, nil
}

func (s *selectionSpace) choose(known *selection, pod apiserver.Name) {
	if known.chosen == nil {
		known.chosen = map[apiserver.Name]uint64{}
	}
	if _, ok := known.chosen[pod]; ok {
		return
	}
	known.last++
	known.chosen[pod] = known.last
	known.order = append(known.order, chosen{pod, known.last})
	s.by[pod]++
}

func (s *selectionSpace) leave(pod apiserver.Name) {
	if s.by[pod]--; s.by[pod] == 0 {
		delete(s.by, pod)
	}
}

func (s *selectionSpace) reject(known *selection, pod apiserver.Name) {
	if _, ok := known.chosen[pod]; ok {
		delete(known.chosen, pod)
		s.leave(pod)
	}
}

func (s *selections) podAdded(p *model.Pod) {
	space := s.spaces[p.Namespace]
	if space == nil {
		return
	}
	name := apiserver.NameOf(p)
	for _, known := range space.list {
		if known.selector.Matches(p.Labels) {
			space.choose(known, name)
		} else {
			space.reject(known, name)
		}
	}
}

func (s *selections) podUpdated(old, p *model.Pod) {
	if s.spaces[p.Namespace] != nil && !maps.Equal(old.Labels, p.Labels) {
		s.podAdded(p)
	}
}

func (s *selections) podGone(p *model.Pod) {
	space := s.spaces[p.Namespace]
	if space == nil || space.by[apiserver.NameOf(p)] == 0 {
		return
	}
	for _, known := range space.list {
		space.reject(known, apiserver.NameOf(p))
	}
}

// pods are those that an autoscaler selects, in the order of their coming.
func (s *selections) pods(name apiserver.Name, all *Informer[*model.Pod]) []*model.Pod {
	known := s.spaces[name.Namespace].of(name)
	known.order = slices.DeleteFunc(known.order, func(c chosen) bool { return known.chosen[c.name] != c.number })
	out := make([]*model.Pod, 0, len(known.order))
	for _, c := range known.order {
		if p, ok := all.Get(c.name.Namespace, c.name.Name); ok {
			out = append(out, p)
		}
	}
	return out
}

// rivals are two autoscalers that select a pod which one of that name selects too, none when it has all its
// pods for itself. Upstream names any two; these are the first.
func (s *selections) rivals(name apiserver.Name) []apiserver.Name {
	space := s.spaces[name.Namespace]
	for _, c := range space.of(name).order {
		if space.by[c.name] < 2 {
			continue
		}
		var both []apiserver.Name
		for _, known := range space.list {
			if _, ok := known.chosen[c.name]; ok && len(both) < 2 {
				both = append(both, known.name)
			}
		}
		return both
	}
	return nil
}

// chosenPods finds the pods of the workload. They must be this autoscaler's alone.
// Source: kubernetes v1.37.2 pkg/controller/podautoscaler/horizontal.go validateAndParseSelector.
func (l *look) chosenPods() ([]*model.Pod, error) {
	c, selector := l.c, l.scale.Selector
	if selector == nil || selector.Empty() {
		l.warn("SelectorRequired", "selector is required")
		l.say(model.AutoscalerScalingActive, model.ConditionFalse, "InvalidSelector", "the HPA target's scale is missing a selector")
		return nil, fmt.Errorf("selector is required")
	}
	if !c.selected.selects(l.key, selector, c.pods) {
		return nil, fmt.Errorf("HPA %s/%s was deleted during reconciliation", l.h.Namespace, l.h.Name)
	}
	pods := c.selected.pods(l.key, c.pods)
	if both := c.selected.rivals(l.key); len(both) > 0 {
		err := fmt.Errorf("pods by selector %s are controlled by more than one HPA (e.g. [%s/%s %s/%s])", selector,
			both[0].Namespace, both[0].Name, both[1].Namespace, both[1].Name)
		l.warn("AmbiguousSelector", "%v", err)
		l.say(model.AutoscalerScalingActive, model.ConditionFalse, "AmbiguousSelector", "%v", err)
		return nil, err
	}
	return pods, nil
}
