package controllers

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// podLabels finds the pods that a new selector may take. Pods are listed by the labels of those names only that
// a selector was looked up by.
type podLabels struct {
	pods  *Informer[*model.Pod]
	names []string
	lists map[spacedLabel]map[apiserver.Name]uint64 // with the order of their coming
	last  uint64
}

type spacedLabel struct {
	namespace string
	label     model.Label
}

// podLabelsOf returns the manager's.
func podLabelsOf(m *Manager) *podLabels {
	if m.podLabels == nil {
		l := &podLabels{pods: InformerOf[*model.Pod](m, model.KindPod), lists: map[spacedLabel]map[apiserver.Name]uint64{}}
		m.podLabels = l
		l.pods.Index(l.changed)
	}
	return m.podLabels
}

// mayMatch yields the pods of a namespace that a selector may take which requires these labels: all that it does,
// and some that it does not.
func (l *podLabels) mayMatch(namespace string, required []model.Label) iter.Seq[*model.Pod] {
	if len(required) == 0 {
		return l.pods.All()
	}
	var shortest map[apiserver.Name]uint64
	for i, label := range required {
		l.follow(label.Name)
		if list := l.lists[spacedLabel{namespace, label}]; i == 0 || len(list) < len(shortest) {
			shortest = list
		}
	}
	return func(yield func(*model.Pod) bool) {
		names := slices.Collect(maps.Keys(shortest))
		slices.SortFunc(names, func(a, b apiserver.Name) int { return cmp.Compare(shortest[a], shortest[b]) })
		for _, name := range names {
			if p, ok := l.pods.Get(name.Namespace, name.Name); ok && !yield(p) {
				return
			}
		}
	}
}

// follow lists pods by their labels of a name from now on.
func (l *podLabels) follow(name string) {
	if slices.Contains(l.names, name) {
		return
	}
	l.names = append(l.names, name)
	for p := range l.pods.All() {
		l.move(name, nil, p)
	}
}

func (l *podLabels) changed(old, p *model.Pod) {
	for _, name := range l.names {
		l.move(name, old, p)
	}
}

// move takes a pod from the list of its label of a name to that of its new one.
func (l *podLabels) move(name string, old, p *model.Pod) {
	from, was := labelOf(name, old)
	to, is := labelOf(name, p)
	if was == is && from == to {
		return
	}
	if was {
		delete(l.lists[from], apiserver.NameOf(old))
		if len(l.lists[from]) == 0 {
			delete(l.lists, from)
		}
	}
	if is {
		if l.lists[to] == nil {
			l.lists[to] = map[apiserver.Name]uint64{}
		}
		l.last++
		l.lists[to][apiserver.NameOf(p)] = l.last
	}
}

func labelOf(name string, p *model.Pod) (spacedLabel, bool) {
	if p == nil {
		return spacedLabel{}, false
	}
	value, ok := p.Labels[name]
	return spacedLabel{p.Namespace, model.Label{Name: name, Value: value}}, ok
}
