package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// reserve runs a pod's cycle up to Reserve on the node.
func (b *bench) reserve(pl *volumeBinding, p *model.Pod, n *framework.NodeInfo) (state any, got string) {
	state, got = b.preFilter(pl, p)
	if got == "" {
		got = verdict(pl.Filter(state, b.info(p), n))
	}
	if got == "" {
		got = verdict(pl.Reserve(state, b.info(p), n))
	}
	return state, got
}

func TestAssumedBindings(t *testing.T) {
	b := withObjects(t, aClass("wait", noProvisioner), aVolume("large", 5), aVolume("small", 2), aClaim("a"), aClaim("b"), aClaim("c"))
	n := b.node("n", nil)
	pl := b.plugin(VolumeBinding, nil).(*volumeBinding)
	first, got := b.reserve(pl, pod(nil, claiming("a")), n)
	if got != "" {
		t.Fatal(got)
	}
	writes := pl.PreBindWrites(first)
	if len(writes) != 1 {
		t.Fatalf("writes %v, want one volume", writes)
	}
	v := writes[0].(*model.PersistentVolume)
	if v.Name != "small" || v.ClaimName != "a" || v.ClaimNamespace != "default" || v.ClaimUID != "default/a" || v.Annotations[boundByControllerAnnotation] != "yes" {
		t.Errorf("writes %+v, want the small volume with a claimRef to a", v)
	}
	if _, got := b.reserve(pl, pod(nil, claiming("b")), n); got != "" {
		t.Errorf("the second claim: got %q, want the large volume", got)
	}
	const none = "UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind"
	if _, got := b.reserve(pl, pod(nil, claiming("c")), n); got != none {
		t.Errorf("the third claim: got %q, want %q", got, none)
	}
	if _, got := b.reserve(pl, pod(nil, claiming("a")), n); got != "" {
		t.Errorf("the first claim again: got %q, want its own volume", got)
	}
	pl.Unreserve(first, nil, n)
	if _, got := b.reserve(pl, pod(nil, claiming("c")), n); got != "" {
		t.Errorf("the third claim once the first is undone: got %q", got)
	}
	// What is heard of counts more than what was assumed.
	b.set(aVolume("large", 5, func(v *model.PersistentVolume) { v.ResourceVersion = 7 }))
	if _, got := b.reserve(pl, pod(nil, claiming("b")), n); got != "" {
		t.Errorf("the large volume is free again: got %q", got)
	}
}

func TestAssumedProvisioning(t *testing.T) {
	b := withObjects(t, aClass("wait", exampleDriver), aClaim("a"))
	n, m := b.node("n", nil), b.node("m", nil)
	pl := b.plugin(VolumeBinding, nil).(*volumeBinding)
	p := pod(nil, claiming("a"))
	state, got := b.reserve(pl, p, n)
	if got != "" {
		t.Fatal(got)
	}
	if verdict(pl.PreBindPreFlight(state, b.info(p), n)) != "" {
		t.Error("there is something to bind")
	}
	writes := pl.PreBindWrites(state)
	if len(writes) != 1 || writes[0].Meta().Name != "a" || writes[0].Meta().Annotations[selectedNodeAnnotation] != "n" {
		t.Errorf("writes %v, want the claim with the node", writes)
	}
	if _, got := b.reserve(pl, p, m); got == "" {
		t.Error("another pod of the claim passes on another node")
	}
	if _, got := b.reserve(pl, p, n); got != "" {
		t.Errorf("another pod of the claim on the same node: got %q", got)
	}

	bound := pod(nil)
	state, _ = b.preFilter(pl, bound)
	pl.Reserve(state, b.info(bound), n)
	if got := verdict(pl.PreBindPreFlight(state, b.info(bound), n)); got != "Skip: " || pl.PreBindWrites(state) != nil {
		t.Errorf("a pod without claims: got %q and writes %v", got, pl.PreBindWrites(state))
	}
}

func TestSmallClaimsChooseFirst(t *testing.T) {
	b := withObjects(t, aClass("wait", noProvisioner), aVolume("v2", 2), aVolume("v3", 3), aClaim("a", asking(2)), aClaim("b"))
	n := b.node("n", nil)
	pl := b.plugin(VolumeBinding, nil).(*volumeBinding)
	state, got := b.reserve(pl, pod(nil, claiming("a", "b")), n)
	if got != "" {
		t.Fatal(got)
	}
	// b asks for less, so it comes first and takes the smaller volume, though that would do for a.
	bindings := map[string]string{}
	for _, w := range pl.PreBindWrites(state) {
		bindings[w.(*model.PersistentVolume).ClaimName] = w.Meta().Name
	}
	if bindings["a"] != "v3" || bindings["b"] != "v2" {
		t.Errorf("got %v, want b on v2 and a on v3", bindings)
	}
}
