package traffic

import (
	"math"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/kubelet"
)

// share holds what each pod's container is sent against what is wanted.
func (b *bed) share(want map[*model.Pod]float64) {
	b.t.Helper()
	for p, rate := range want {
		if got := b.sent(p, 1); math.Abs(got-rate) > 1e-9 {
			b.t.Errorf("%s is sent %v requests a second, want %v", p.Name, got, rate)
		}
	}
}

func TestRequestsGoToReadyEndpointsAlike(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1", "b1"})
	p, q, r, late := b.pod("p", "a1"), b.pod("q", "a1"), b.pod("r", "b1"), b.pod("late", "b1")
	b.endpoint(late, func(e *model.Endpoint) { e.Ready, e.Serving = false, false })
	b.write()
	b.until(1)
	b.share(map[*model.Pod]float64{p: 30, q: 30, r: 30, late: 0})
	if got := b.sent(p, 0); got != 0 {
		t.Errorf("the container without the port is sent %v requests a second", got)
	}
	got := b.totals(10)
	got.want(t, 900, 0, 0, 0)
	if got.MostEndpoints != 3 || got.PeakOfOne != 30 || got.Failed() != 0 || got.FailingFor != 0 {
		t.Errorf("%+v", *got)
	}
}

func TestEndingPodsServeWhereNoneIsReady(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1"})
	p, q := b.pod("p", "a1"), b.pod("q", "a1")
	b.endpoint(p, func(e *model.Endpoint) { e.Ready, e.Terminating = false, true })
	b.write()
	b.until(1)
	b.share(map[*model.Pod]float64{p: 0, q: 90})
	b.endpoint(q, func(e *model.Endpoint) { e.Ready, e.Serving = false, false })
	b.write()
	b.until(3)
	b.share(map[*model.Pod]float64{p: 90, q: 0})
	b.totals(3).want(t, 270, 0, 0, 0)
}

// A pod ends at 10 s; that it is no endpoint is written at 10.5 s.
func TestWhatIsSentToAPodThatIsGoneFails(t *testing.T) {
	for _, test := range []struct {
		name   string
		before float64 // when another change made the proxies sync, 0: none
		lag    float64 // of the proxies
	}{
		{"a first change is taken over at once", 0, 0},
		{"one soon after another waits until a second is over", 10.2, 0.7}, // synced at 10.2, and again at 11.2
		{"one long after another does not wait", 9, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, steady(100), []string{"a1"})
			p := b.pod("p", "a1")
			b.pod("q", "a1")
			b.write()
			if test.before > 0 && test.before < 10 {
				b.until(test.before)
				b.write()
			}
			b.until(10)
			b.stop(p)
			if test.before > 10 {
				b.until(test.before)
				b.write()
			}
			b.until(10.5)
			b.endpoint(p, func(e *model.Endpoint) { e.Ready, e.Serving = false, false })
			b.write()
			// Half of 100 a second, for half a second and the proxies' lag.
			got := b.totals(20)
			got.want(t, 2000, 0, 50*(0.5+test.lag), 0)
			if want := time.Duration((0.5 + test.lag) * 1e9).Round(time.Microsecond); got.FailingFor.Round(time.Microsecond) != want || got.LongestFailing.Round(time.Microsecond) != want {
				t.Errorf("failing for %v, at most %v, want %v", got.FailingFor, got.LongestFailing, want)
			}
		})
	}
}

func TestAContainerThatRunsAgainAnswersAgain(t *testing.T) {
	b := newBed(t, steady(100), []string{"a1"})
	p := b.pod("p", "a1")
	b.write()
	b.until(10)
	b.stop(p)
	b.until(12)
	b.manager.Runs(b.engine.Now(), p, 1)
	b.totals(20).want(t, 2000, 0, 200, 0) // 2 s of 100
}

func TestWithoutEndpointsAllFails(t *testing.T) {
	b := newBed(t, steady(100), []string{"a1"})
	b.until(5)
	b.pod("p", "a1")
	b.write()
	got := b.totals(10)
	got.want(t, 1000, 500, 0, 0)
	if got.NoEndpointFor != 5*time.Second || got.FewestEndpoints != 0 || got.MostEndpoints != 1 || math.Abs(got.EndpointSeconds-5) > 1e-9 {
		t.Errorf("%+v", *got)
	}
}

func TestAServiceThatIsDeletedAnswersNobody(t *testing.T) {
	b := newBed(t, steady(100), []string{"a1"})
	b.pod("p", "a1")
	b.write()
	b.until(10)
	if err := b.api.Delete(model.KindService, "default", "web", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	b.totals(12).want(t, 1200, 200, 0, 0)
}

func TestANodeWithoutPowerIsUnreachableUntilItsEndpointsAreGone(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1", "a2", "b1"})
	b.pod("p", "a1")
	b.pod("q", "a2")
	lost := b.pod("r", "b1")
	b.write()
	b.until(10)
	b.stop(lost)
	b.manager.NodeOff(b.engine.Now(), "b1", true)
	b.until(57) // nobody has noticed for 47 s
	b.endpoint(lost, func(e *model.Endpoint) { e.Ready, e.Serving = false, false })
	b.write()
	b.totals(100).want(t, 9000, 0, 0, 30*47)
}

func TestANodeThatIsGoneIsUnreachable(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1", "b1"})
	b.pod("p", "a1")
	b.pod("q", "b1")
	b.write()
	b.until(10)
	if err := b.api.Delete(model.KindNode, "", "b1", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	b.totals(20).want(t, 1800, 0, 0, 450) // half of 90 for 10 s
}

func TestNodesThatAreCutOffReachNothingButThemselves(t *testing.T) {
	for _, test := range []struct {
		name  string
		learn bool // at 15 s the others learn that the node's pod is no endpoint
		want  float64
	}{
		// Half of the clients are on either node, and half of the requests of each go to the other: 50 a second.
		{"as long as nobody notices", false, 500},
		// Those of the first node fail for 5 s; the node that is cut off keeps its rules: 25 · 5 + 25 · 10.
		{"whose rules stay as they were", true, 375},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, steady(100), []string{"a1", "b1"})
			p, q := b.pod("p", "a1"), b.pod("q", "b1")
			b.write()
			b.until(10)
			b.manager.NodeCut(b.engine.Now(), "b1", true)
			b.share(map[*model.Pod]float64{p: 25, q: 25})
			b.until(15)
			if test.learn {
				b.endpoint(q, func(e *model.Endpoint) { e.Ready = false })
				b.write()
			}
			b.until(20)
			b.manager.NodeCut(b.engine.Now(), "b1", false)
			b.endpoint(q, func(e *model.Endpoint) { e.Ready = true })
			b.write()
			b.until(22)
			b.share(map[*model.Pod]float64{p: 50, q: 50})
			b.totals(30).want(t, 3000, 0, 0, test.want)
		})
	}
}

func TestClientsOutsideComeByNodesThatCanBeReached(t *testing.T) {
	b := newBed(t, steady(100, Clients{Where: Outside}), []string{"a1", "b1"}, func(s *model.Service) { s.Type, s.ExternalTrafficPolicy = "NodePort", "Cluster" })
	b.pod("p", "a1")
	b.write()
	b.until(10)
	b.manager.NodeCut(b.engine.Now(), "b1", true) // all come by a1 now
	b.until(20)
	b.manager.NodeCut(b.engine.Now(), "a1", true) // there is no way in
	b.totals(25).want(t, 2500, 0, 0, 500)
}

func TestLocalPoliciesKeepRequestsOnTheirNode(t *testing.T) {
	internal := func(s *model.Service) { s.InternalTrafficPolicy = "Local" }
	port := func(s *model.Service) { s.Type, s.ExternalTrafficPolicy = "NodePort", "Local" }
	balancer := func(s *model.Service) { s.Type, s.ExternalTrafficPolicy = "LoadBalancer", "Local" }
	for _, test := range []struct {
		name    string
		change  func(*model.Service)
		p, q, r float64 // p and q are on a1, r is on b1, none is on a2
		fails   float64 // a second
	}{
		{"inside, clients on a node without one get none", internal, 15, 15, 30, 30},
		{"so do those who come by such a node", port, 15, 15, 30, 30},
		{"a load balancer does not send them there", balancer, 22.5, 22.5, 45, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, steady(90), []string{"a1", "a2", "b1"}, test.change)
			p, q, r := b.pod("p", "a1"), b.pod("q", "a1"), b.pod("r", "b1")
			b.write()
			b.until(1)
			b.share(map[*model.Pod]float64{p: test.p, q: test.q, r: test.r})
			b.totals(10).want(t, 900, 10*test.fails, 0, 0)
		})
	}
}

// hints has every endpoint hinted as a distribution has it.
func (b *bed) hints(nodes, zones bool) {
	for i := range b.slice.Endpoints {
		e := &b.slice.Endpoints[i]
		if e.ForNodes, e.ForZones = nil, nil; nodes {
			e.ForNodes = []string{e.NodeName}
		}
		if zones {
			e.ForZones = []string{e.Zone}
		}
	}
}

func TestHintsKeepRequestsNear(t *testing.T) {
	for _, test := range []struct {
		name         string
		nodes, zones bool
		unhinted     string // a pod without a hint
		unready      string // one that is not ready
		p, q         float64
	}{
		{"without hints all get the same", false, false, "", "", 45, 45},
		{"zones with more clients have more requests", false, true, "", "", 60, 30}, // two nodes of three
		{"a zone without a ready endpoint sends its requests to all", false, true, "", "q", 90, 0},
		{"one endpoint without a hint, and hints do not count", false, true, "q", "", 45, 45},
		// a1 keeps to p, b1 to q; a2 has none on itself and keeps to its zone, which is that of p.
		{"nodes without one of their own keep to their zone", true, true, "", "", 60, 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, steady(90), []string{"a1", "a2", "b1"})
			p, q := b.pod("p", "a1"), b.pod("q", "b1")
			b.hints(test.nodes, test.zones)
			for _, x := range []*model.Pod{p, q} {
				b.endpoint(x, func(e *model.Endpoint) {
					if x.Name == test.unhinted {
						e.ForZones = nil
					}
					if x.Name == test.unready {
						e.Ready, e.Serving = false, false
					}
				})
			}
			b.write()
			b.until(1)
			b.share(map[*model.Pod]float64{p: test.p, q: test.q})
			b.totals(10).want(t, 900, 0, 0, 0)
		})
	}
}

func TestClientsMayBeInOneZone(t *testing.T) {
	selector := &model.Selector{Requirements: []model.Requirement{{Key: model.LabelZone, Operator: model.OpIn, Values: []string{"b"}}}}
	b := newBed(t, steady(90, Clients{Where: Inside, Selector: selector}), []string{"a1", "b1", "b2"})
	p, q := b.pod("p", "a1"), b.pod("q", "b1")
	b.hints(false, true)
	b.write()
	b.until(1)
	b.share(map[*model.Pod]float64{p: 0, q: 90})
	b.until(10)
	b.manager.NodeOff(b.engine.Now(), "b2", true) // the others ask for all
	b.until(20)
	b.share(map[*model.Pod]float64{p: 0, q: 90})
	b.stop(q)
	b.manager.NodeOff(b.engine.Now(), "b1", true) // nobody is left who asks
	b.until(30)
	b.manager.NodeOff(b.engine.Now(), "b2", false)
	b.totals(32).want(t, 90*22, 0, 0, 180) // 20 s well, 2 s to a node without power
}

func TestEntriesOfOneServiceAddUp(t *testing.T) {
	b := newBed(t, Config{Entries: []Entry{{Load: Curve{Points: []Point{{Rate: 60}}}}, {Load: Curve{Points: []Point{{From: 5 * time.Second, Rate: 40}}}}}}, []string{"a1"})
	p, q := b.pod("p", "a1"), b.pod("q", "a1")
	b.write()
	b.until(6)
	b.share(map[*model.Pod]float64{p: 50, q: 50})
	got := b.totals(10)
	got.want(t, 800, 0, 0, 0)
	if got.Peak != 100 || got.PeakOfOne != 50 || got.MostEndpoints != 2 {
		t.Errorf("%+v", *got)
	}
}

func TestAPodInTwoSlicesCountsOnce(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1"})
	p, q := b.pod("p", "a1"), b.pod("q", "a1")
	b.write()
	b.load(&model.EndpointSlice{ObjectMeta: model.ObjectMeta{Name: "web-2", Namespace: "default", Labels: b.slice.Labels},
		Ports: b.slice.Ports, Endpoints: b.slice.Endpoints[:1]})
	b.until(1)
	b.share(map[*model.Pod]float64{p: 45, q: 45})
}

func TestEndpointsThatAreNoPodsAlwaysAnswer(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1"})
	b.slice.Endpoints = []model.Endpoint{{Addresses: []string{"192.0.2.1"}, Ready: true, Serving: true}}
	b.write()
	b.totals(10).want(t, 900, 0, 0, 0)
}

// A change is told before it is so, and only of pods for which it is one.
func TestChangesOfLoadAreToldBefore(t *testing.T) {
	b := newBed(t, steady(90), []string{"a1"})
	p, q, r := b.pod("p", "a1"), b.pod("q", "a1"), b.pod("r", "a1")
	b.endpoint(r, func(e *model.Endpoint) { e.Ready = false })
	b.write()
	b.until(1)
	b.changed = nil
	var before []float64
	b.manager.OnChanging(func(now sim.Time, pod *model.Pod) {
		rate, slope, until := b.manager.Load(now, &kubelet.Use{Pod: pod, Index: 1})
		if slope != 0 || until != sim.Never {
			t.Errorf("slope %v until %v", slope, until)
		}
		before = append(before, rate)
	})
	b.write() // nothing is new
	b.until(3)
	if len(b.changed) != 0 {
		t.Errorf("told of %v, though nothing has changed", b.changed)
	}
	b.endpoint(r, func(e *model.Endpoint) { e.Ready = true })
	b.write()
	b.until(5)
	if !slices.Equal(b.changed, []string{"p", "q", "r"}) || !slices.Equal(before, []float64{45, 45, 0}) {
		t.Errorf("told of %v, which were sent %v", b.changed, before)
	}
	b.share(map[*model.Pod]float64{p: 30, q: 30, r: 30})
}
