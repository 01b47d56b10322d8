package heartbeat_test

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/heartbeat"
)

func cluster(t *testing.T, nodes ...string) (*heartbeat.Keeper, *apiserver.Server) {
	t.Helper()
	engine := sim.NewEngine(7)
	api := apiserver.New(engine)
	keeper := heartbeat.New(engine, api)
	for _, name := range nodes {
		if _, err := api.Load(&model.Node{ObjectMeta: model.ObjectMeta{Name: name}}); err != nil {
			t.Fatal(err)
		}
	}
	return keeper, api
}

func TestRenewalsLieTenSecondsAndAJitterApart(t *testing.T) {
	keeper, _ := cluster(t, "a")
	previous, _ := keeper.Last(0, "a")
	if previous > 0 || previous <= sim.At(-10*time.Second) {
		t.Fatalf("the lease of a standing node was last renewed at %v, want within the 10 s before the start", previous)
	}
	distinct := map[time.Duration]bool{}
	for now := sim.Time(0); now < sim.At(time.Hour); now = now.Add(time.Second) {
		last, ok := keeper.Last(now, "a")
		if !ok || last > now {
			t.Fatalf("at %v: last renewal %v, %v", now, last, ok)
		}
		if last == previous {
			continue
		}
		// 10 s × U[1, 1.04)
		gap := last.Sub(previous)
		if gap < 10*time.Second || gap >= 10400*time.Millisecond {
			t.Fatalf("two renewals lie %v apart", gap)
		}
		distinct[gap] = true
		previous = last
	}
	if len(distinct) < 300 { // 3600 s / 10.2 s = 352 renewals, each with its own jitter
		t.Errorf("%d different intervals in an hour", len(distinct))
	}
}

func TestTheLastRenewalDoesNotDependOnHowOftenOneAsks(t *testing.T) {
	often, _ := cluster(t, "a", "b")
	seldom, _ := cluster(t, "a", "b")
	for now := sim.Time(0); now < sim.At(time.Hour); now = now.Add(time.Second) {
		often.Last(now, "a")
	}
	at := sim.At(time.Hour)
	one, _ := often.Last(at, "a")
	other, _ := seldom.Last(at, "a")
	if one != other {
		t.Errorf("asked every second %v, asked once %v", one, other)
	}
	if b, _ := seldom.Last(at, "b"); b == other {
		t.Errorf("two nodes renew at the same instant %v", b)
	}
}

func TestASilentKubeletRenewsNothingUntilItIsHeardAgain(t *testing.T) {
	keeper, api := cluster(t, "a")
	var told []sim.Time
	keeper.Observe(func(now sim.Time, node string) { told = append(told, now) })
	silent := sim.At(100 * time.Second)
	keeper.Silence(silent, "a")
	keeper.Silence(silent, "a") // once is enough
	before, _ := keeper.Last(sim.At(time.Hour), "a")
	if before > silent || silent.Sub(before) > 10400*time.Millisecond || !keeper.Silent("a") {
		t.Errorf("silent since %v: last renewal %v, silent %v", silent, before, keeper.Silent("a"))
	}
	heard := sim.At(time.Hour)
	keeper.Resume(heard, "a")
	if last, _ := keeper.Last(heard, "a"); last != heard || keeper.Silent("a") {
		t.Errorf("heard again at %v: last renewal %v, silent %v", heard, last, keeper.Silent("a"))
	}
	if len(told) != 2 || told[0] != silent || told[1] != heard {
		t.Errorf("observers were told at %v", told)
	}
	if err := api.Delete(model.KindNode, "", "a", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := keeper.Last(heard, "a"); ok {
		t.Error("the lease of a node that is gone is still there")
	}
}
