package pressure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/pressure"
)

func TestScoresOfTheKernel(t *testing.T) {
	const gibi = 1 << 30
	list := func(bytes int64) model.ResourceList {
		return model.ResourceList{{Name: "memory", Quantity: model.WholeQuantity(bytes)}}
	}
	one := func(qos string, requests ...int64) *model.Pod {
		p := &model.Pod{Spec: &model.PodSpec{}, Status: model.PodStatus{QOSClass: qos}}
		for _, r := range requests {
			p.Spec.Containers = append(p.Spec.Containers, model.Container{Requests: list(r)})
		}
		return p
	}
	critical := one("Burstable", gibi)
	critical.Spec.Priority, critical.Spec.HasPriority, critical.Spec.PriorityClassName = 2_000_001_000, true, "system-node-critical"
	cluster := one("Burstable", gibi)
	cluster.Spec.Priority, cluster.Spec.HasPriority, cluster.Spec.PriorityClassName = 2_000_000_000, true, "system-cluster-critical"
	whole := one("Burstable", gibi, gibi)
	whole.Spec.PodRequests = list(4 * gibi)
	served := one("Burstable", 2*gibi, gibi)
	served.Spec.InitContainers = []model.Container{{Requests: list(gibi / 2), RestartPolicy: model.RestartAlways}}

	for _, c := range []struct {
		name     string
		pod      *model.Pod
		capacity int64
		want     int
	}{
		{"guaranteed", one("Guaranteed", gibi), 8 * gibi, -997},
		{"best effort", one("BestEffort", 0), 8 * gibi, 1000},
		{"critical for its node", critical, 8 * gibi, -997},
		// 1000 − 1000 × 1/8 = 875
		{"critical for its cluster only", cluster, 8 * gibi, 875},
		{"an eighth of the memory requested", one("Burstable", gibi), 8 * gibi, 875},
		// 1000 × 1/3 = 333.3, rounded down: 667
		{"a third requested", one("Burstable", gibi), 3 * gibi, 667},
		// 1000 − 1000 × 999/1000 = 1, and 3 at least
		{"nearly all requested", one("Burstable", 999), 1000, 3},
		// 1000 − 0, and less than best effort has
		{"burstable by its CPU alone", one("Burstable", 0), 8 * gibi, 999},
		// The pod's 4 GiB are 2 GiB more than its containers': 1 GiB for each. 1000 − 1000 × 2/8 = 750
		{"a pod that requests as a whole", whole, 8 * gibi, 750},
	} {
		if got := pressure.ScoreAdj(c.pod, &c.pod.Spec.Containers[0], c.capacity); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	// By itself 1000 − 1000 × 0.5/8 = 938; the smallest regular container's is 1000 − 1000 × 1/8 = 875.
	if got := pressure.ScoreAdj(served, &served.Spec.InitContainers[0], 8*gibi); got != 875 {
		t.Errorf("a sidecar: %d, want 875", got)
	}
}

func TestCPUIsSharedByWeightUpToLimits(t *testing.T) {
	for _, c := range []struct {
		name    string
		cores   float64
		demands []pressure.Demand
		want    []float64
	}{
		{"there is enough", 4, []pressure.Demand{{Wants: 1, Weight: 2}, {Wants: 2, Weight: 1024}}, []float64{1, 2}},
		{"a limit holds though there is enough", 4, []pressure.Demand{{Wants: 2, Weight: 1024, Limit: 0.5}, {Wants: 1, Weight: 2}}, []float64{0.5, 1}},
		// 4 cores by 3 : 1
		{"by weight when all want all", 4, []pressure.Demand{{Wants: 4, Weight: 3072}, {Wants: 4, Weight: 1024}}, []float64{3, 1}},
		// By 1 : 1 : 2 of 4 cores the first would get 1 and wants 0.4; 3.6 are left for 1 : 2
		{"what one leaves goes to the others by weight", 4,
			[]pressure.Demand{{Wants: 0.4, Weight: 1}, {Wants: 9, Weight: 1}, {Wants: 9, Weight: 2}}, []float64{0.4, 1.2, 2.4}},
		{"nobody wants anything", 4, []pressure.Demand{{Weight: 2}}, []float64{0}},
	} {
		got := pressure.Shares(c.cores, c.demands)
		for i := range c.want {
			if math.Abs(got[i]-c.want[i]) > 1e-9 {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

func TestSharesAreAllThereIsAndNoMoreThanIsWanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		cores := 1 + 8*r.Float64()
		demands := make([]pressure.Demand, 1+r.IntN(9))
		wanted, given := 0.0, 0.0
		for i := range demands {
			d := pressure.Demand{Wants: 4 * r.Float64(), Weight: float64(2 + r.IntN(4000))}
			if r.IntN(2) == 0 {
				d.Limit = 3 * r.Float64()
			}
			demands[i] = d
			wanted += capped(d)
		}
		for i, gets := range pressure.Shares(cores, demands) {
			if gets > capped(demands[i])+1e-9 || gets < 0 {
				t.Fatalf("%+v gets %v of %v cores", demands[i], gets, cores)
			}
			given += gets
		}
		if math.Abs(given-min(wanted, cores)) > 1e-9 {
			t.Fatalf("%v of %v cores given, %v wanted: %+v", given, cores, wanted, demands)
		}
	}
}

func capped(d pressure.Demand) float64 {
	if d.Limit > 0 {
		return min(d.Wants, d.Limit)
	}
	return d.Wants
}
