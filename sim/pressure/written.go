package pressure

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
)

// The kinds of places to which containers write.
const (
	layer    = "layer"
	emptyDir = "emptyDir"
	hostPath = "hostPath"
	claim    = "persistentVolumeClaim"
)

// Written is what containers have written to one place.
type Written struct {
	Kind            string // layer, emptyDir, hostPath or persistentVolumeClaim
	Namespace, Name string // of the pod, or of the claim; empty for a hostPath
	Where           string // container, volume of the pod, or path
	Node            string // empty for a claim
	Bytes           float64
	// Containers and Pods are how many of those that wrote to it have ended, or gone, while it was there.
	Containers, Pods int32
}

// keeping is a pod's volume that outlives it.
type keeping struct {
	name string
	*Written
}

// keeps is the volume of that name that outlives the pod, nil when it has none.
func (p *pod) keeps(name string) *Written {
	for i := range p.kept {
		if p.kept[i].name == name {
			return p.kept[i].Written
		}
	}
	return nil
}

// kept is what is, or will be, written to a volume that outlives pods: paths of a host and claims; nil for any
// other.
func (m *Manager) kept(n *node, p *model.Pod, v *model.Volume) *Written {
	w := Written{}
	switch v.Kind {
	case hostPath:
		w = Written{Kind: hostPath, Where: v.Path, Node: n.name}
	case claim:
		w = Written{Kind: claim, Namespace: p.Namespace, Name: v.Claim}
	default:
		return nil
	}
	at := w // of which nothing is written yet
	if have := m.places[at]; have != nil {
		return have
	}
	m.places[at] = &w
	m.lasting = append(m.lasting, &w)
	if w.Kind == hostPath {
		n.paths = append(n.paths, &w)
	}
	return &w
}

// ended is the end of a container: what it wrote to its own layer is lost, what it wrote to volumes is not.
func (m *Manager) ended(now sim.Time, n *node, ends *kubelet.Use) {
	for _, u := range n.uses {
		if u.Use != ends {
			continue
		}
		if u.layer > 0 {
			m.lost(now, m.ofLayer(n, u))
		}
		u.pod.ended++
		for _, g := range u.Life.Usage().EmptyDirs {
			if k := u.pod.keeps(g.Volume); k != nil {
				k.Containers++
			}
		}
	}
}

// vanish is the end of a pod on its node: its emptyDirs are lost.
func (m *Manager) vanish(now sim.Time, n *node, uid string) {
	for _, p := range n.pods {
		if p.UID != uid {
			continue
		}
		for i := range p.volumes {
			if p.volumes[i].bytes > 0 {
				m.lost(now, n.ofVolume(p, &p.volumes[i]))
			}
		}
		for i := range p.kept {
			if p.kept[i].Bytes > 0 {
				p.kept[i].Pods++
			}
		}
	}
}

func (m *Manager) lost(now sim.Time, w *Written) {
	if m.options.Lost != nil {
		m.options.Lost(now, w)
	}
}

func (m *Manager) ofLayer(n *node, u *use) *Written {
	return &Written{Kind: layer, Namespace: u.Pod.Namespace, Name: u.Pod.Name, Where: u.Spec.Name, Node: n.name, Bytes: u.layer}
}

func (n *node) ofVolume(p *pod, v *written) *Written {
	return &Written{Kind: emptyDir, Namespace: p.Namespace, Name: p.Name, Where: v.name, Node: n.name, Bytes: v.bytes, Containers: p.ended}
}

// Left calls a function with what is written and still there: by node, in the order of their creation, layers and
// emptyDirs; then what outlives pods.
func (m *Manager) Left(now sim.Time, each func(w *Written)) {
	for _, object := range m.api.Nodes.List() {
		n := m.nodes[object.Name]
		if n == nil {
			continue
		}
		n.writes(now)
		for _, u := range n.uses {
			if u.layer > 0 {
				each(m.ofLayer(n, u))
			}
		}
		for _, p := range n.pods {
			for i := range p.volumes {
				if p.volumes[i].bytes > 0 {
					each(n.ofVolume(p, &p.volumes[i]))
				}
			}
		}
	}
	for _, w := range m.lasting {
		if w.Bytes > 0 {
			each(w)
		}
	}
}
