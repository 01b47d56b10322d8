package controllers

import (
	"fmt"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// Consistency keeps a controller from syncing a key before its informers have what it has written for it.
// Source: kubernetes v1.37.2 pkg/controller/util/consistency/consistency.go (gates
// StaleControllerConsistencyReplicaSet, -StatefulSet, -DaemonSet, -Job and -HPA, on by default).
type Consistency struct {
	seen  []seen
	wrote map[apiserver.Name]written
}

// seen is how far an informer has come.
type seen struct {
	kind  model.Kind
	until func() uint64
}

// written are the resource versions of the last writes for an owner, in the order of the informers.
type written struct {
	uid      string
	versions []uint64
}

// NewConsistency returns one that looks at some informers; see Watches.
func NewConsistency() *Consistency { return &Consistency{wrote: map[apiserver.Name]written{}} }

// Watches adds the informer of a kind.
func (c *Consistency) Watches(kind model.Kind, until func() uint64) {
	c.seen = append(c.seen, seen{kind, until})
}

// WroteAt takes note of a write for an owner.
func (c *Consistency) WroteAt(owner apiserver.Name, uid string, o model.Object) {
	w, ok := c.wrote[owner]
	if !ok || w.uid != uid {
		w = written{uid, make([]uint64, len(c.seen))}
		c.wrote[owner] = w
	}
	for i := range c.seen {
		if c.seen[i].kind == o.Kind() {
			w.versions[i] = max(w.versions[i], o.Meta().ResourceVersion)
		}
	}
}

// Ready returns an error while an informer has not come as far as the controller's writes for an owner.
func (c *Consistency) Ready(owner apiserver.Name) error {
	w, ok := c.wrote[owner]
	if !ok {
		return nil
	}
	for i := range c.seen {
		if read := c.seen[i].until(); read < w.versions[i] {
			r, _ := apiserver.ResourceOf(c.seen[i].kind)
			return fmt.Errorf("read version: %d is not as new as written version: %d for group resource %s", read, w.versions[i], r)
		}
	}
	delete(c.wrote, owner)
	return nil
}

// Clear forgets the writes for an owner.
func (c *Consistency) Clear(owner apiserver.Name) { delete(c.wrote, owner) }
