package behaviour

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Set is the behaviours of a run, with the seed of their draws. It is not safe for use by several
// goroutines: draws share a scratch stream.
type Set struct {
	seed    uint64
	sources []source
	plans   map[plan]*plan // one of each kind
	scratch sim.KeyedStream
}

// NewSet returns the set of behaviours in order of precedence. The list is not written to.
func NewSet(seed uint64, list []Behaviour) *Set {
	s := &Set{seed: seed, plans: map[plan]*plan{}}
	for i := range list {
		s.sources = append(s.sources, newSource(seed, &list[i]))
	}
	return s
}

// Lives are what the behaviours come to for the containers of one pod. A nil *Lives is a pod of which
// nothing is said; all methods take it.
type Lives struct {
	set   *Set
	plans []*plan // by container: init containers, then regular ones; nil where nothing is said
}

// For resolves the behaviours for a pod: own, which are the pod's by annotation, before those of the set.
// It returns nil when none is about any of its containers.
func (s *Set) For(pod *model.Pod, own []Behaviour) *Lives {
	var mine []source
	for i := range own {
		mine = append(mine, newSource(s.seed, &own[i]))
	}
	var lives *Lives
	inits := len(pod.Spec.InitContainers)
	for i := range inits + len(pod.Spec.Containers) {
		c := containerAt(pod.Spec, i)
		p := s.resolve(pod, c, i < inits && !c.Sidecar(), i >= inits, mine)
		if p == nil {
			continue
		}
		if lives == nil {
			lives = &Lives{set: s, plans: make([]*plan, inits+len(pod.Spec.Containers))}
		}
		lives.plans[i] = p
	}
	return lives
}

// Life returns the life of a pod's container: index counts the init containers first and then the regular
// ones, restart is 0 for the first start. The pod must be the one that the Lives are of.
func (l *Lives) Life(pod *model.Pod, index int, restart int32) Life {
	inits := len(pod.Spec.InitContainers)
	c := containerAt(pod.Spec, index)
	life := Life{pod: pod, spec: c, restart: restart, init: index < inits && !c.Sidecar()}
	if l != nil {
		life.set, life.plan = l.set, l.plans[index]
	}
	return life
}

func containerAt(spec *model.PodSpec, index int) *model.Container {
	if index < len(spec.InitContainers) {
		return &spec.InitContainers[index]
	}
	return &spec.Containers[index-len(spec.InitContainers)]
}
