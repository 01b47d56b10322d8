package cache

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

func node(name, zone string, images ...model.ContainerImage) *model.Node {
	n := &model.Node{}
	n.Name = name
	if zone != "" {
		n.Labels = map[string]string{model.LabelZone: zone}
	}
	n.Status.Images = images
	n.Status.Allocatable = model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(4)}}
	return n
}

func order(c *Cache) string {
	c.Refresh()
	var names []string
	for _, n := range c.Snapshot().Nodes {
		names = append(names, n.Name)
	}
	return strings.Join(names, " ")
}

func newCache(nodes ...*model.Node) *Cache {
	c := New(framework.NewVocabulary())
	for _, n := range nodes {
		c.SetNode(n)
	}
	return c
}

func podOn(c *Cache, node, name string, affinity *model.Affinity) *framework.PodInfo {
	p := &model.Pod{NodeName: node, Spec: &model.PodSpec{Affinity: affinity, Containers: []model.Container{{Requests: model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(1)}}}}}}
	p.Name, p.UID = name, name
	info := c.vocabulary.Pod(p)
	c.AddPod(info)
	return info
}

func TestNodesAreSearchedZoneByZone(t *testing.T) {
	c := newCache(node("a1", "a"), node("a2", "a"), node("b1", "b"), node("a3", "a"), node("x", ""), node("b2", "b"))
	if got, want := order(c), "a1 b1 x a2 b2 a3"; got != want {
		t.Errorf("round robin over zones in order of appearance: got %s, want %s", got, want)
	}
	beta := node("c1", "a")
	beta.Labels[model.LabelZoneBeta] = "b"
	c.SetNode(beta)
	if got, want := order(c), "a1 b1 x a2 b2 a3 c1"; got != want {
		t.Errorf("the beta label wins: got %s, want %s", got, want)
	}
	c.RemoveNode("x")
	c.SetNode(node("y", ""))
	if got, want := order(c), "a1 b1 y a2 b2 a3 c1"; got != want {
		t.Errorf("a zone that was empty comes last again: got %s, want %s", got, want)
	}
}

func TestTheOrderOnlyChangesWhenNodesComeOrGo(t *testing.T) {
	c := newCache(node("a1", "a"), node("b1", "b"), node("a2", "a"))
	order(c)
	c.SetNode(node("a1", "b"))
	if got, want := order(c), "a1 b1 a2"; got != want {
		t.Errorf("after a change of zone: got %s, want %s", got, want)
	}
	c.RemoveNode("b1")
	c.SetNode(node("b1", "c"))
	if got, want := order(c), "a1 b1 a2"; got != want {
		t.Errorf("after a node left and came back between two cycles: got %s, want %s", got, want)
	}
	c.SetNode(node("d1", "d"))
	// Zones by first appearance: a has a2, b has a1 (appended after its change), c has b1, d has d1.
	if got, want := order(c), "a2 a1 b1 d1"; got != want {
		t.Errorf("after a node came: got %s, want %s", got, want)
	}
}

func TestPodsOutliveTheirNode(t *testing.T) {
	c := newCache(node("a", ""))
	order(c)
	pod := podOn(c, "a", "p", nil)
	early := podOn(c, "late", "early", nil)
	c.RemoveNode("a")
	if got := order(c); got != "" {
		t.Errorf("got %q, want no node", got)
	}
	c.SetNode(node("a", ""))
	c.SetNode(node("late", ""))
	order(c)
	for _, name := range []string{"a", "late"} {
		if n := c.Snapshot().Node(name); len(n.Pods) != 1 || n.Requested.MilliCPU != 1000 {
			t.Errorf("%s: %d pods, %dm CPU, want one pod with 1000m", name, len(n.Pods), n.Requested.MilliCPU)
		}
	}
	if !c.RemovePod(pod) || !c.RemovePod(early) || c.RemovePod(pod) {
		t.Error("each pod is removed once")
	}
	for _, n := range c.Snapshot().Nodes {
		if n.Requested.MilliCPU != 0 || n.NonZeroMilliCPU != 0 || n.NonZeroMemory != 0 {
			t.Errorf("%s still holds %+v", n.Name, n.Requested)
		}
	}
}

// TestImageCountsAgeWithTheirNode: upstream copies the count with the node, so that a node that did not
// change keeps the old count.
func TestImageCountsAgeWithTheirNode(t *testing.T) {
	app := model.ContainerImage{Names: []string{"app:1", "app@sha256:1"}, SizeBytes: 100}
	other := model.ContainerImage{Names: []string{"app:1"}, SizeBytes: 999}
	c := newCache(node("a", "", app), node("b", ""))
	order(c)
	number := c.vocabulary.Image("app:1")
	count := func(name string) int { return c.Snapshot().Node(name).Image(number).Nodes }
	c.SetNode(node("b", "", other))
	order(c)
	if count("a") != 1 || count("b") != 2 {
		t.Errorf("counts: a %d, b %d, want 1 (not changed since) and 2", count("a"), count("b"))
	}
	if size := c.Snapshot().Node("b").Image(number).Size; size != 100 {
		t.Errorf("the size is that of the first node: got %d, want 100", size)
	}
	podOn(c, "a", "p", nil)
	order(c)
	if count("a") != 2 {
		t.Errorf("after a change on a: got %d, want 2", count("a"))
	}
	c.RemoveNode("b")
	podOn(c, "a", "q", nil)
	order(c)
	if count("a") != 1 {
		t.Errorf("after b is gone and a changed: got %d, want 1", count("a"))
	}
}

func TestAffinityListsFollowThePods(t *testing.T) {
	term := []model.PodAffinityTerm{{TopologyKey: "zone"}}
	c := newCache(node("a", "a"), node("b", "b"), node("c", "c"))
	order(c)
	list := func(nodes []*framework.NodeInfo) (names []string) {
		for _, n := range nodes {
			names = append(names, n.Name)
		}
		return
	}
	anti := podOn(c, "c", "anti", &model.Affinity{PodAntiRequired: term})
	podOn(c, "b", "soft", &model.Affinity{PodPreferred: []model.WeightedPodAffinityTerm{{Weight: 1}}})
	podOn(c, "a", "plain", &model.Affinity{NodeRequired: &model.NodeSelector{}})
	order(c)
	if got := list(c.Snapshot().WithPodAffinity); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("with pod affinity: %v, want b and c in order of search", got)
	}
	if got := list(c.Snapshot().WithRequiredAnti); !slices.Equal(got, []string{"c"}) {
		t.Errorf("with required anti-affinity: %v, want c", got)
	}
	c.RemovePod(anti)
	order(c)
	if got := list(c.Snapshot().WithRequiredAnti); len(got) != 0 {
		t.Errorf("with required anti-affinity: %v, want none", got)
	}
}

// TestAgainstDumbCache lets nodes and pods come and go at random, and holds sums and indexes against
// what a count from scratch says.
func TestAgainstDumbCache(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newCache()
		alive := map[string]bool{}
		var pods []*framework.PodInfo
		for step := range 400 {
			name := fmt.Sprintf("n%d", r.IntN(12))
			switch r.IntN(5) {
			case 0:
				c.SetNode(node(name, string(rune('a'+r.IntN(3)))))
				alive[name] = true
			case 1:
				c.RemoveNode(name)
				delete(alive, name)
			case 2:
				if len(pods) > 0 {
					i := r.IntN(len(pods))
					if !c.RemovePod(pods[i]) {
						t.Fatalf("seed %d step %d: a pod is missing on %s", seed, step, pods[i].Node)
					}
					pods = slices.Delete(pods, i, i+1)
				}
			default:
				pods = append(pods, podOn(c, name, fmt.Sprint(step), nil))
			}
			if r.IntN(3) == 0 {
				compareDumb(t, c, alive, pods)
			}
		}
	}
}

func compareDumb(t *testing.T, c *Cache, alive map[string]bool, pods []*framework.PodInfo) {
	t.Helper()
	c.Refresh()
	if len(c.Snapshot().Nodes) != len(alive) || len(c.Snapshot().ByName) != len(alive) {
		t.Fatalf("%d nodes in the list, %d by name, want %d", len(c.Snapshot().Nodes), len(c.Snapshot().ByName), len(alive))
	}
	indexes := map[int]bool{}
	for _, n := range c.Snapshot().Nodes {
		count := 0
		for _, p := range pods {
			if p.Node == n.Name {
				count++
			}
		}
		if !alive[n.Name] || len(n.Pods) != count || n.Requested.MilliCPU != int64(count)*1000 {
			t.Fatalf("%s: alive %v, %d pods, %dm, want %d pods", n.Name, alive[n.Name], len(n.Pods), n.Requested.MilliCPU, count)
		}
		if indexes[n.Index] || n.Index >= c.Indexes() {
			t.Fatalf("%s: index %d is taken or beyond %d", n.Name, n.Index, c.Indexes())
		}
		indexes[n.Index] = true
	}
}
