package faults

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
)

// spell is something that is broken for a while: what begins it, what ends it, and how long it lasts.
type spell struct {
	// of keys the draws, beside the place.
	of         string
	begin, end func(env *verbs.Env)
	// lasts is in seconds; nil: to the end of the run.
	lasts sim.Dist
}

// strike begins a spell now; it ends when its time is over.
func (s *spell) strike(env *verbs.Env) {
	s.begin(env)
	if at, ends := s.until(env, 0); ends {
		env.Start(&ending{s, at})
	}
}

// until is the end of the n-th spell that begins now.
func (s *spell) until(env *verbs.Env, n uint64) (at sim.Time, ends bool) {
	if s.lasts == nil {
		return 0, false
	}
	src := sim.NewKey(env.Seed, env.Place+".for").Of(s.of).Draw(n)
	return env.Now.Add(sim.SampleDuration(s.lasts, &src)), true
}

// ending ends a spell.
type ending struct {
	spell *spell
	at    sim.Time
}

// Step ends the spell when its time has come.
func (e *ending) Step(env *verbs.Env) (sim.Time, error) {
	if env.Now < e.at {
		return e.at, nil
	}
	e.spell.end(env)
	return sim.Never, nil
}

// recur has a spell begin after a time drawn from every, end, and so on.
func (s *spell) recur(env *verbs.Env, every sim.Dist) {
	r := &returning{spell: s, every: every}
	r.next = env.Now.Add(r.rests(env))
	env.Start(r)
}

// returning begins and ends a spell in turn.
type returning struct {
	spell  *spell
	every  sim.Dist
	times  uint64
	broken bool
	next   sim.Time
}

// Endless says that it goes on for ever.
func (r *returning) Endless() {}

// Step begins or ends the spell when its time has come.
func (r *returning) Step(env *verbs.Env) (sim.Time, error) {
	if env.Now < r.next {
		return r.next, nil
	}
	if r.broken {
		r.spell.end(env)
		r.broken = false
		r.next = env.Now.Add(r.rests(env))
		return r.next, nil
	}
	r.spell.begin(env)
	at, ends := r.spell.until(env, r.times)
	r.times++
	if !ends {
		return sim.Never, nil
	}
	r.broken, r.next = true, at
	return at, nil
}

// rests draws how long all is well this time.
func (r *returning) rests(env *verbs.Env) time.Duration {
	s := sim.NewKey(env.Seed, env.Place+".every").Of(r.spell.of).Draw(r.times)
	return sim.SampleDuration(r.every, &s)
}
