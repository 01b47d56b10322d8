package controllers

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// meteredPods makes pods that request and use so many thousandths each, by group.
func meteredPods(request int64, ready []int64, unready, missing, ignored int) []metered {
	var pods []metered
	add := func(group meteredGroup, milli int64) {
		pods = append(pods, metered{group: group, milli: milli, request: request})
	}
	for _, milli := range ready {
		add(meteredReady, milli)
	}
	for range unready {
		add(meteredUnready, 900)
	}
	for range missing {
		add(meteredMissing, 0)
	}
	for range ignored {
		add(meteredIgnored, 900)
	}
	return pods
}

func TestHowManyPodsAMetricOfPodsAsksFor(t *testing.T) {
	plain := tolerance{0.1, 0.1}
	cases := []struct {
		name                        string
		aim                         aim
		ready                       []int64
		unready, missing, ignored   int
		current                     int32
		tolerance                   tolerance
		replicas, utilization, each int64
	}{
		// 100·(300+500+700)/3000 = 50 %; 50/30 = 1.667; ⌈1.667·3⌉ = 5.
		{"usage over the target makes pods more", aim{percent: 30}, []int64{300, 500, 700}, 0, 0, 0, 3, plain, 5, 50, 500},
		// 100·(100+300+500)/3000 = 30 %; 30/50 = 0.6; ⌈0.6·3⌉ = ⌈1.8⌉ = 2.
		{"usage below the target makes pods fewer", aim{percent: 50}, []int64{100, 300, 500}, 0, 0, 0, 3, plain, 2, 30, 300},
		// 100·2099/2000 = 104.95 %, of which the integer is 104; 104/100 = 1.04 is within 10 %.
		{"a ratio within the tolerance changes nothing", aim{percent: 100}, []int64{1050, 1049}, 0, 0, 0, 2, plain, 2, 104, 1049},
		// 110/100 = 1.1 is just within the tolerance, the bound belongs to it.
		{"the bound of the tolerance belongs to it", aim{percent: 100}, []int64{1100}, 0, 0, 0, 1, plain, 1, 110, 1100},
		// 100·1109/1000 = 110.9 %, the integer is 110: within the tolerance, though 1.109 is not.
		{"utilization is taken in whole per cent", aim{percent: 100}, []int64{1109}, 0, 0, 0, 1, plain, 1, 110, 1109},
		// 111/100 = 1.11 > 1.1; ⌈1.11·1⌉ = 2.
		{"one per cent more is beyond it", aim{percent: 100}, []int64{1110}, 0, 0, 0, 1, plain, 2, 111, 1110},
		// 90/100 = 0.9 = 1 − 0.1; 89/100 is beyond: ⌈0.89·10⌉ = 9.
		{"the lower bound belongs to it too", aim{percent: 100}, []int64{900}, 0, 0, 0, 1, plain, 1, 90, 900},
		{"below the lower bound pods become fewer", aim{percent: 100}, []int64{890, 890, 890, 890, 890, 890, 890, 890, 890, 890}, 0, 0, 0, 10, plain, 9, 89, 890},
		// 104/100 = 1.04 > 1 + 0.02; ⌈1.04·2⌉ = 3. Down, 0.5 would be within.
		{"each direction has its own tolerance", aim{percent: 100}, []int64{1040, 1040}, 0, 0, 0, 2, tolerance{0.6, 0.02}, 3, 104, 1040},
		{"and a wide one down keeps pods", aim{percent: 100}, []int64{500, 500}, 0, 0, 0, 2, tolerance{0.6, 0.02}, 2, 50, 500},
		// 100/50 = 2; with the unready at 0: 100·(1000+1000+0)/3000 = 66 %, 66/50 = 1.32, ⌈1.32·3⌉ = ⌈3.96⌉ = 4.
		{"unready pods count as idle on the way up", aim{percent: 50}, []int64{1000, 1000}, 1, 0, 0, 3, plain, 4, 100, 1000},
		// 120/100 = 1.2; with two unready: 100·1200/3000 = 40 %: 0.4 would be the other way, so nothing changes.
		{"where that turns the direction nothing changes", aim{percent: 100}, []int64{1200}, 2, 0, 0, 3, plain, 3, 120, 1200},
		// 20/50 = 0.4 from the two that are ready: ⌈0.4·2⌉ = 1; the unready one does not count on the way down.
		{"unready pods do not count on the way down", aim{percent: 50}, []int64{200, 200}, 1, 0, 0, 3, plain, 1, 20, 200},
		// 30/60 = 0.5; the missing one at 100 % of its request: (300+300+1000)·100/3000 = 53 %, 53/60 = 0.883, ⌈0.883·3⌉ = 3.
		{"missing pods count as fully used on the way down", aim{percent: 60}, []int64{300, 300}, 0, 1, 0, 3, plain, 3, 30, 300},
		// 30/150 = 0.2; the missing one at the target of 150 %: (300+300+1500)·100/3000 = 70 %, 70/150 = 0.467, ⌈1.4⌉ = 2.
		{"or at the target where that is higher", aim{percent: 150}, []int64{300, 300}, 0, 1, 0, 3, plain, 2, 30, 300},
		// 100/50 = 2; the missing one at 0: 66/50 = 1.32, ⌈1.32·3⌉ = 4.
		{"missing pods count as idle on the way up", aim{percent: 50}, []int64{1000, 1000}, 0, 1, 0, 3, plain, 4, 100, 1000},
		// 50/50 = 1: the missing one is not filled in, and nothing changes.
		{"missing pods keep a ratio of 1 as it is", aim{percent: 50}, []int64{500, 500}, 0, 1, 0, 3, plain, 3, 50, 500},
		// 200/100 = 2 of one pod that is ready, but ⌈2·1⌉ = 2 < 5; with a missing one at 0: 100/100 = 1, within.
		{"pods that go are not there", aim{percent: 100}, []int64{2000}, 0, 1, 3, 5, plain, 5, 200, 2000},
		// 60/50 = 1.2 by two pods; with one missing 40/50 = 0.8: the direction would turn.
		{"a change of direction by missing pods is none", aim{percent: 50}, []int64{600, 600}, 0, 1, 0, 3, plain, 3, 60, 600},
		// 150/50 = 3 of the ready one; filled up: 100·1500/2000 = 75 %, 1.5·2 = 3, fewer than the 5 there are.
		{"fewer pods than there are is no way up", aim{percent: 50}, []int64{1500}, 0, 1, 3, 5, plain, 5, 150, 1500},
		// (100+300+500)/3 = 300; 300/100 = 3; 3·3 = 9. Nothing is said of requests.
		{"a raw target compares averages", aim{each: 100}, []int64{100, 300, 500}, 0, 0, 0, 3, plain, 9, 0, 300},
		// 100/300 = 0.333; the missing one at the target: (100+100+300)/3 = 166, 166/300 = 0.553, ⌈1.66⌉ = 2.
		{"a missing pod is at the raw target on the way down", aim{each: 300}, []int64{100, 100}, 0, 1, 0, 3, plain, 2, 0, 100},
		// (10+11)/2 = 10 in whole thousandths: 10/10 = 1.
		{"averages are whole thousandths", aim{each: 10}, []int64{10, 11}, 0, 0, 0, 2, plain, 2, 0, 10},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pods := meteredPods(1000, c.ready, c.unready, c.missing, c.ignored)
			s, err := c.aim.size(pods, c.current, c.tolerance)
			if err != nil || int64(s.replicas) != c.replicas || int64(s.utilization) != c.utilization || s.average != c.each {
				t.Errorf("%+v, %v; want %d pods, %d %%, %d each", s, err, c.replicas, c.utilization, c.each)
			}
		})
	}
	if _, err := (aim{percent: 50}).size(meteredPods(0, []int64{10}, 0, 0, 0), 1, plain); err == nil || err.Error() != "no metrics returned matched known pods" {
		t.Errorf("pods that request nothing of it: %v", err)
	}
}

func TestHowManyPodsAMetricBesidePodsAsksFor(t *testing.T) {
	plain := tolerance{0.1, 0.1}
	podsOf := func(ready, others int) []*model.Pod {
		var pods []*model.Pod
		for i := range ready + others {
			p := &model.Pod{}
			p.Status.Phase = model.PodRunning
			if i < ready {
				p.Status.Conditions = []model.PodCondition{{Type: model.PodReady, Status: "True"}}
			}
			pods = append(pods, p)
		}
		return pods
	}
	for _, c := range []struct {
		name          string
		usage, target int64
		current, want int32
		pods          []*model.Pod
	}{
		// 20/10 = 2; 2·3 ready pods = 6: the one that is not ready does not count.
		{"by how much it is off, times the pods that are ready", 20, 10, 4, 6, podsOf(3, 1)},
		{"a ratio within the tolerance changes nothing", 105, 100, 4, 4, podsOf(2, 2)},
		// ⌈25/10⌉ = 3, whatever the tolerance.
		{"from no pod, as many as it is times its target", 25, 10, 0, 3, nil},
		{"a small value is a reason for one pod", 1, 10, 0, 1, nil},
		{"nothing is none", 0, 10, 0, 0, nil},
		{"and takes the last pod away", 0, 10, 2, 0, podsOf(2, 0)},
		// 4·10¹⁸/1 times 2 is more than an int32 can hold.
		{"a monstrous value is the largest number", 4e18, 1, 2, 1<<31 - 1, podsOf(2, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n, err := whole(c.usage, c.target, c.current, c.pods, plain); err != nil || n != c.want {
				t.Errorf("%d, %v, want %d", n, err, c.want)
			}
		})
	}
	if _, err := whole(20, 10, 1, nil, plain); err == nil || !strings.HasPrefix(err.Error(), "unable to calculate ready pods: no pods") {
		t.Errorf("without pods: %v", err)
	}
	for _, c := range []struct {
		name          string
		usage, target int64
		pods, want    int32
		each          int64
	}{
		// 100/(10·4) = 2.5; ⌈100/10⌉ = 10; each has ⌈100/4⌉ = 25.
		{"a share too large makes pods more", 100, 10, 4, 10, 25},
		// 41/(10·4) = 1.025 is within; ⌈41/4⌉ = 11.
		{"a share within the tolerance changes nothing", 41, 10, 4, 4, 11},
		{"no pods share what there is as an amd64 divides by zero", 41, 10, 0, 5, -1 << 63},
		{"no pods share nothing", 0, 10, 0, 0, -1 << 63},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n, each := shared(c.usage, c.target, c.pods, plain); n != c.want || each != c.each {
				t.Errorf("%d pods with %d each, want %d with %d", n, each, c.want, c.each)
			}
		})
	}
}

func TestWhichPodsCountForAnAutoscaler(t *testing.T) {
	at := func(s float64) sim.Time { return sim.At(time.Duration(s * 1e9)) }
	const now = 1000.0
	type pod struct {
		phase            model.Phase
		deleting         bool
		condition        string
		started, changed float64
	}
	running := func(condition string, started, changed float64) pod {
		return pod{model.PodRunning, false, condition, started, changed}
	}
	for _, c := range []struct {
		name     string
		pod      pod
		resource string
		sample   float64 // when it was taken, negative: never
		want     meteredGroup
	}{
		{"a pod that goes is ignored", pod{model.PodRunning, true, "True", 0, 10}, "cpu", 990, meteredIgnored},
		{"one that failed too", pod{model.PodFailed, false, "False", 0, 10}, "cpu", 990, meteredIgnored},
		{"a pending one is unready, measured or not", pod{model.PodPending, false, "", 0, 0}, "memory", 990, meteredUnready},
		{"one without a sample is missing", running("True", 0, 10), "cpu", -1, meteredMissing},
		{"memory counts from the first sample on", running("False", 990, 990), "memory", 995, meteredReady},
		{"CPU does not without a condition", pod{model.PodRunning, false, "", 0, 0}, "cpu", 990, meteredUnready},
		// Started at 701, 299 s ago: the sample must lie a window of 15 s behind the change at 980.
		{"in the first five minutes a sample that covers a time before it was ready says nothing", running("True", 701, 980), "cpu", 994.9, meteredUnready},
		{"one that does not, does", running("True", 701, 980), "cpu", 995, meteredReady},
		{"nor does one of a pod that is unready", running("False", 701, 720), "cpu", 995, meteredUnready},
		// Started at 700, 300 s ago: the five minutes are over, 700 + 300 > 1000 does not hold.
		{"after five minutes an unready pod that was ready counts", running("False", 700, 731), "cpu", 999, meteredReady},
		{"one that has never been so does not", running("False", 700, 729), "cpu", 999, meteredUnready},
		{"30 s after its start it may have been", running("False", 700, 730), "cpu", 999, meteredReady},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t, quick)
			b.engine.RunUntil(at(now))
			p := &model.Pod{ObjectMeta: model.ObjectMeta{Deleting: c.pod.deleting}}
			p.Status = model.PodStatus{Phase: c.pod.phase, Started: at(c.pod.started), HasStarted: c.pod.condition != ""}
			if c.pod.condition != "" {
				p.Status.Conditions = []model.PodCondition{{Type: model.PodReady, Status: c.pod.condition, LastTransition: at(c.pod.changed)}}
			}
			r := Reading{Known: c.sample >= 0, At: at(max(c.sample, 0)), Window: 15 * time.Second}
			if got := b.manager.groupOf(p, c.resource, r); got != c.want {
				t.Errorf("group %d, want %d", got, c.want)
			}
		})
	}
}
