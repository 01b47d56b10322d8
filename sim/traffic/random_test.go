package traffic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// plain is what the manager does, written down without groups, shares that are kept, or caches: each node has
// rules of its own, and each instant is looked at anew.
type plain struct {
	nodes []string
	off   map[string]bool
	cut   map[string]bool
	rules map[string][]*model.Endpoint // by node: those that are usable
	runs  map[string]bool              // by UID
	local bool
}

// learn has the proxies that can be reached know a slice.
func (x *plain) learn(all []model.Endpoint) {
	for _, node := range x.nodes {
		if !x.cut[node] {
			x.rules[node] = x.usable(all, node)
		}
	}
}

func (x *plain) usable(all []model.Endpoint, node string) (list []*model.Endpoint) {
	for _, ending := range []bool{false, true} {
		for i := range all {
			e := &all[i]
			if x.local && e.NodeName != node || ending && !(e.Serving && e.Terminating) || !ending && !e.Ready {
				continue
			}
			if !ending && !x.local && x.hinted(all, node) && e.ForZones[0] != node[:1] {
				continue
			}
			list = append(list, e)
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// hinted says whether a node keeps to its zone.
func (x *plain) hinted(all []model.Endpoint, node string) bool {
	every, mine := true, false
	for i := range all {
		if e := &all[i]; e.Ready {
			every = every && len(e.ForZones) > 0
			mine = mine || len(e.ForZones) > 0 && e.ForZones[0] == node[:1]
		}
	}
	return every && mine
}

// fate is what becomes of the requests now: parts of 1 that are asked, met no endpoint, none that runs, no node;
// and what each pod is sent.
func (x *plain) fate() (asked, none, gone, unreachable float64, sent map[string]float64) {
	sent = map[string]float64{}
	clients := 0
	for _, node := range x.nodes {
		if !x.off[node] {
			clients++
		}
	}
	for _, node := range x.nodes {
		if x.off[node] {
			continue
		}
		asked = 1
		if len(x.rules[node]) == 0 {
			none += 1 / float64(clients)
		}
		for _, e := range x.rules[node] {
			part := 1 / float64(clients) / float64(len(x.rules[node]))
			switch far := e.NodeName != node; {
			case x.off[e.NodeName] || far && (x.cut[e.NodeName] || x.cut[node]):
				unreachable += part
				continue
			case !x.runs[e.Target.UID]:
				gone += part
			}
			sent[e.Target.UID] += part
		}
	}
	return asked, none, gone, unreachable, sent
}

func TestRandomTroubleIsCountedAsAPlainCountHasIt(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { randomTrouble(t, rand.New(rand.NewPCG(seed, 0))) })
	}
}

func randomTrouble(t *testing.T, r *rand.Rand) {
	nodes := []string{"a1", "a2", "b1", "b2", "c1"}[:2+r.IntN(4)]
	x := &plain{nodes: nodes, off: map[string]bool{}, cut: map[string]bool{}, rules: map[string][]*model.Endpoint{}, local: r.IntN(4) == 0}
	c := steady(100)
	c.Proxy.MinSyncPeriod = time.Nanosecond // a write is known before the next one
	b := newBed(t, c, nodes, func(s *model.Service) {
		if x.local {
			s.InternalTrafficPolicy = "Local"
		}
	})
	x.runs = b.runs
	var pods []*model.Pod
	for i := range 1 + r.IntN(6) {
		pods = append(pods, b.pod(fmt.Sprint("p", i), nodes[r.IntN(len(nodes))]))
	}
	zones := r.IntN(2) == 0
	var want [4]float64
	last := 0.0
	learn := func() {
		b.hints(false, zones)
		b.write()
		b.until(last + 1e-6)
		x.learn(append([]model.Endpoint(nil), b.slice.Endpoints...))
	}
	b.until(0)
	learn()
	last = 1e-6 // what is asked until then meets no endpoint
	want[0], want[1] = 1e-4, 1e-4
	for range 40 {
		span := r.Float64() * 10
		b.until(last + span)
		passed := b.engine.Now().Sub(sim.At(time.Duration(math.Round(last * 1e9)))).Seconds()
		asked, none, gone, unreachable, sent := x.fate()
		for i, part := range []float64{asked, none, gone, unreachable} {
			want[i] += 100 * part * passed
		}
		for _, p := range pods {
			if got := b.sent(p, 1); math.Abs(got-100*sent[p.UID]) > 1e-9 {
				t.Fatalf("at %v %s is sent %v, want %v", b.engine.Now(), p.Name, got, 100*sent[p.UID])
			}
		}
		last = b.engine.Now().Seconds()
		now, node, pod := b.engine.Now(), nodes[r.IntN(len(nodes))], pods[r.IntN(len(pods))]
		switch r.IntN(4) {
		case 0:
			x.off[node] = !x.off[node]
			b.manager.NodeOff(now, node, x.off[node])
		case 1:
			x.cut[node] = !x.cut[node]
			b.manager.NodeCut(now, node, x.cut[node])
			if !x.cut[node] {
				x.rules[node] = x.usable(append([]model.Endpoint(nil), b.slice.Endpoints...), node)
			}
		case 2:
			if b.runs[pod.UID] = !b.runs[pod.UID]; b.runs[pod.UID] {
				b.manager.Runs(now, pod, 1)
			} else {
				b.manager.Stops(now, pod, 1)
			}
		default:
			b.endpoint(pod, func(e *model.Endpoint) {
				e.Ready, e.Serving, e.Terminating = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
			})
			was := [4]float64{}
			was[0], was[1], was[2], was[3], _ = x.fate()
			learn()
			for i := range was { // as before, for a microsecond
				want[i] += 100 * was[i] * (b.engine.Now().Seconds() - last)
			}
			last = b.engine.Now().Seconds()
		}
	}
	got := b.totals(last)
	for i, have := range []float64{got.Asked, got.NoEndpoint, got.Gone, got.Unreachable} {
		if math.Abs(have-want[i]) > 1e-3 {
			t.Errorf("asked, no endpoint, gone, unreachable: %v, want %v", have, want[i])
		}
	}
}
