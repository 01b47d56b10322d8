package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// ownership is who owns whom: a node for each object that has owners, or is one.
// Source: kubernetes v1.37.2 pkg/controller/garbagecollector/graph_builder.go.
type ownership struct {
	nodes map[string]*owning // by UID
	count uint64
	// gone are owners that were deleted lately: what refers to them and comes after them is to go, too.
	young, old map[string]bool
}

// owning is an object among its owners and dependents.
type owning struct {
	kind       model.Kind
	name       apiserver.Name
	uid        string
	number     uint64 // in the order in which they came
	owners     []model.OwnerReference
	dependents map[*owning]struct{}
}

// manyGone bounds how many deleted owners are remembered: twice as many at most. What was on its way when
// its owner went comes long before they are forgotten.
const manyGone = 4096

func newOwnership() ownership {
	return ownership{nodes: map[string]*owning{}, young: map[string]bool{}, old: map[string]bool{}}
}

// node returns the node of an object, made when there is none.
func (g *ownership) node(kind model.Kind, name apiserver.Name, uid string) *owning {
	n, ok := g.nodes[uid]
	if !ok {
		g.count++
		n = &owning{kind: kind, name: name, uid: uid, number: g.count}
		g.nodes[uid] = n
	}
	return n
}

// of returns the node of an object that is there.
func (g *ownership) of(o model.Object) *owning {
	return g.node(o.Kind(), apiserver.NameOf(o), o.Meta().UID)
}

// link makes an object a dependent of its owners.
func (g *ownership) link(n *owning, owners []model.OwnerReference) {
	n.owners = owners
	for i := range owners {
		owner := g.node(model.Kind(owners[i].Kind), ownerName(n, &owners[i]), owners[i].UID)
		if owner.dependents == nil {
			owner.dependents = map[*owning]struct{}{}
		}
		owner.dependents[n] = struct{}{}
	}
}

// ownerName is the name of an owner: in the namespace of what it owns, unless its kind has none.
func ownerName(n *owning, ref *model.OwnerReference) apiserver.Name {
	if r, ok := apiserver.ResourceOf(model.Kind(ref.Kind)); ok && !r.Namespaced {
		return apiserver.Name{Name: ref.Name}
	}
	return apiserver.Name{Namespace: n.name.Namespace, Name: ref.Name}
}

// unlink takes an object from the dependents of its owners. Owners that are left with nothing, and own
// nothing themselves, need no node any more.
func (g *ownership) unlink(n *owning) {
	for i := range n.owners {
		owner, ok := g.nodes[n.owners[i].UID]
		if !ok {
			continue
		}
		delete(owner.dependents, n)
		if len(owner.dependents) == 0 && len(owner.owners) == 0 {
			delete(g.nodes, owner.uid)
		}
	}
	n.owners = nil
}

// remove forgets an object that is gone.
func (g *ownership) remove(n *owning) {
	g.unlink(n)
	delete(g.nodes, n.uid)
}

// bury remembers that an owner is gone.
func (g *ownership) bury(uid string) {
	if len(g.young) >= manyGone {
		g.young, g.old = g.old, g.young
		clear(g.young)
	}
	g.young[uid] = true
}

// buried says whether an owner went lately.
func (g *ownership) buried(uid string) bool { return g.young[uid] || g.old[uid] }

// ownedBy are the dependents of a node in the order in which they came.
func (n *owning) ownedBy() []*owning {
	out := make([]*owning, 0, len(n.dependents))
	for d := range n.dependents {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *owning) int { return cmp.Compare(a.number, b.number) })
	return out
}

// blocking are the dependents that must be gone before the object that is deleted in the foreground goes.
func (n *owning) blocking() []*owning {
	return slices.DeleteFunc(n.ownedBy(), func(d *owning) bool {
		return !slices.ContainsFunc(d.owners, func(r model.OwnerReference) bool { return r.UID == n.uid && r.BlockOwnerDeletion })
	})
}
