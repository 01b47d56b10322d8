package faults

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
)

// Lasting is a fault that is over after a while.
type Lasting interface {
	verbs.Verb
	// Last sets how long it lasts.
	Last(d sim.Dist)
}

// Recurring is a fault that can strike again and again.
type Recurring interface {
	verbs.Verb
	// Recur begins to strike each of what the fault is aimed at by itself: after a time drawn from every, and
	// again after such a time once it is mended.
	Recur(env *verbs.Env, every sim.Dist) error
}

// Recur has each node break after a time drawn from every, stay broken as long as For says, and so on. Nodes
// that come later are not struck.
func (f *NodeFault) Recur(env *verbs.Env, every sim.Dist) error {
	nodes, err := f.nodes(env)
	if err != nil {
		return err
	}
	for _, node := range nodes {
		r := &recurring{fault: f, every: every, node: node}
		r.next = env.Now.Add(r.up(env))
		env.Start(r)
	}
	return nil
}

// recurring breaks and mends one node in turn.
type recurring struct {
	fault  *NodeFault
	every  sim.Dist
	node   string
	struck uint64
	broken bool
	next   sim.Time
}

// Endless says that breaking goes on for ever.
func (r *recurring) Endless() {}

// Step breaks or mends the node when its time has come.
func (r *recurring) Step(env *verbs.Env) (sim.Time, error) {
	if env.Now < r.next {
		return r.next, nil
	}
	if _, there := env.API.Nodes.Get("", r.node); !there {
		return sim.Never, nil
	}
	if r.broken {
		r.fault.How.End(env.Machines, env.Now, r.node)
		r.broken = false
		r.next = env.Now.Add(r.up(env))
		return r.next, nil
	}
	r.fault.How.Begin(env.Machines, env.Now, r.node)
	at, ends := r.fault.lasts(env, r.node, r.struck)
	r.struck++
	if !ends {
		return sim.Never, nil
	}
	r.broken, r.next = true, at
	return at, nil
}

// up draws how long the node holds this time.
func (r *recurring) up(env *verbs.Env) time.Duration {
	s := sim.NewKey(env.Seed, env.Place+".every").Of(r.node).Draw(r.struck)
	return sim.SampleDuration(r.every, &s)
}
