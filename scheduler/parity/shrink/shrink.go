// Package shrink makes a case in which two schedulers differ as small as it gets: the fewest
// nodes, pods and other objects, then the fewest fields.
package shrink

import (
	"maps"
	"slices"

	"towtank.dev/towtank/scheduler/parity/generate"
)

// Case takes away from the case whatever can go while keep still holds, until nothing more
// can. The case given is not changed. keep is called once for each thing tried; what it is
// given it may not change.
func Case(c *generate.Case, keep func(*generate.Case) bool) *generate.Case {
	s := &shrinker{best: clone(c), keep: keep}
	for again := true; again; {
		again = s.config() || s.objects() || s.fields()
	}
	return s.best
}

type shrinker struct {
	best *generate.Case
	keep func(*generate.Case) bool
}

// attempt takes a smaller case for the best one if it still holds.
func (s *shrinker) attempt(c *generate.Case) bool {
	if !s.keep(c) {
		return false
	}
	s.best = c
	return true
}

// config drops the configuration and the order of the queue, where they do not matter.
func (s *shrinker) config() bool {
	done := false
	if s.best.Config != nil {
		c := clone(s.best)
		c.Config = nil
		done = s.attempt(c)
	}
	if s.best.Queue {
		c := clone(s.best)
		c.Queue = false
		done = s.attempt(c) || done
	}
	return done
}

// objects drops runs of objects, half of them first, then ever fewer.
func (s *shrinker) objects() bool {
	done := false
	for size := max(1, len(s.best.Objects)/2); ; size /= 2 {
		for from := 0; from < len(s.best.Objects); {
			c := clone(s.best)
			c.Objects = slices.Delete(c.Objects, from, min(from+size, len(c.Objects)))
			if s.attempt(c) {
				done = true
			} else {
				from += size
			}
		}
		if size <= 1 {
			return done
		}
	}
}

// fields drops fields and list elements of what is left, outer ones first.
func (s *shrinker) fields() bool {
	done := false
	for i := range s.best.Objects {
		for _, p := range paths(s.best.Objects[i], nil) {
			if needed(p) {
				continue
			}
			c := clone(s.best)
			if cut(c.Objects[i], p) && s.attempt(c) {
				done = true
			}
		}
	}
	for _, p := range paths(s.best.Config, nil) {
		c := clone(s.best)
		if !needed(p) && cut(c.Config, p) && s.attempt(c) {
			done = true
		}
	}
	return done
}

// needed are the fields without which an object is none.
func needed(path []any) bool {
	if len(path) == 1 {
		return slices.Contains([]any{"apiVersion", "kind", "metadata", "spec"}, path[0])
	}
	return len(path) == 2 && path[0] == "metadata" && path[1] == "name"
}

// paths lists what can be cut from a value, a parent before its children, the last elements
// of a list first so that cutting one does not move another.
func paths(v any, at []any) [][]any {
	var out [][]any
	switch v := v.(type) {
	case generate.Object:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			p := append(slices.Clone(at), k)
			out = append(append(out, p), paths(v[k], p)...)
		}
	case []any:
		for i := len(v) - 1; i >= 0; i-- {
			p := append(slices.Clone(at), i)
			out = append(append(out, p), paths(v[i], p)...)
		}
	}
	return out
}

// cut removes the value at a path, and tells whether it was there.
func cut(v any, path []any) bool {
	switch k := path[0].(type) {
	case string:
		o, ok := v.(generate.Object)
		if !ok {
			return false
		}
		if len(path) > 1 {
			if list, ok := o[k].([]any); ok && len(path) == 2 {
				i := path[1].(int)
				if i >= len(list) {
					return false
				}
				o[k] = slices.Delete(list, i, i+1)
				return true
			}
			return cut(o[k], path[1:])
		}
		_, ok = o[k]
		delete(o, k)
		return ok
	case int:
		list, ok := v.([]any)
		return ok && k < len(list) && len(path) > 1 && cut(list[k], path[1:])
	}
	return false
}

func clone(c *generate.Case) *generate.Case {
	out := &generate.Case{Title: c.Title, Queue: c.Queue}
	for _, o := range c.Objects {
		out.Objects = append(out.Objects, copied(o).(generate.Object))
	}
	if c.Config != nil {
		out.Config = copied(c.Config).(generate.Object)
	}
	return out
}

func copied(v any) any {
	switch v := v.(type) {
	case generate.Object:
		out := generate.Object{}
		for k, x := range v {
			out[k] = copied(x)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, x := range v {
			out = append(out, copied(x))
		}
		return out
	}
	return v
}
