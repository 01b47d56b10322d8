package world_test

import (
	"flag"
	"fmt"
	"math"
	"sort"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// These tests hold the whole simulator against queueing theory: c nodes that fit one pod each are the c
// servers, pods are the customers, and neither decisions nor bindings take time. The closed forms are
// those of any textbook (Gross, Shortle, Thompson, Harris 2008, "Fundamentals of Queueing Theory",
// sections 2.2, 2.3 and 5.1).

var long = flag.Bool("long", false, "also run the tests that take minutes")

// station is one queue: Poisson arrivals at rate lambda, c servers, a service of mean 1 s.
type station struct {
	name    string
	c       int
	lambda  float64
	service sim.Dist
	// wait is the mean wait in the queue that theory gives.
	wait float64
	// runs independent runs of so many pods each.
	runs int
	pods int64
	slow bool
}

// erlangC is the probability that an arrival has to wait, for offered load a on c servers.
func erlangC(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	rho := a / float64(c)
	return b / (1 - rho*(1-b))
}

// waitMMc is the mean wait of M/M/c with service rate 1.
func waitMMc(c int, lambda float64) float64 { return erlangC(c, lambda) / (float64(c) - lambda) }

// waitMG1 is the Pollaczek–Khinchine mean wait for a service of mean 1 and second moment m2.
func waitMG1(lambda, m2 float64) float64 { return lambda * m2 / (2 * (1 - lambda)) }

func exponential(t testing.TB, mean float64) sim.Dist {
	d, ok := sim.Distribution("exponential")
	if !ok {
		t.Fatal("no exponential distribution")
	}
	dist, err := d.New(map[string]float64{"mean": mean})
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

func TestErlangCIsThatOfTheTables(t *testing.T) {
	for _, c := range []struct {
		servers int
		rho     float64
		want    float64
	}{{1, .8, .8}, {2, .8, .71111111}, {4, .8, .59643247}, {10, .95, .82558558}, {1000, .99, .65908042}} {
		if got := erlangC(c.servers, c.rho*float64(c.servers)); math.Abs(got-c.want) > 1e-8 {
			t.Errorf("C(%d, %v) = %.9f, want %.8f", c.servers, c.rho, got, c.want)
		}
	}
}

func TestWaitsAreThoseOfQueueingTheory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes tens of seconds")
	}
	memoryless := exponential(t, 1)
	stations := []station{
		{name: "M/M/1", c: 1, lambda: .5, service: memoryless, wait: waitMMc(1, .5), runs: 60, pods: 4400},
		{name: "M/M/2", c: 2, lambda: 1, service: memoryless, wait: waitMMc(2, 1), runs: 60, pods: 7800},
		{name: "M/D/1", c: 1, lambda: .5, service: sim.Constant(1), wait: waitMG1(.5, 1), runs: 60, pods: 1200},
		{name: "M/M/1 at 0.8", c: 1, lambda: .8, service: memoryless, wait: 4, runs: 100, pods: 24000, slow: true},
		{name: "M/M/3 at 0.7", c: 3, lambda: 2.1, service: memoryless, wait: waitMMc(3, 2.1), runs: 100, pods: 16000, slow: true},
	}
	for _, s := range stations {
		t.Run(s.name, func(t *testing.T) {
			if s.slow && !*long {
				t.Skip("run with -long")
			}
			s.check(t)
		})
	}
}

// queueRun is what one run gives: its mean wait, and by how much its controls were off what is expected.
type queueRun struct {
	wait     float64
	controls []float64
}

// check estimates the mean wait from independent runs. What the gaps and services that were drawn
// explain of it is taken out by regression on control variates, whose expectations are known (Law 2015,
// "Simulation Modeling and Analysis", section 11.4).
func (s *station) check(t *testing.T) {
	gaps := exponential(t, 1/s.lambda)
	runs, err := world.Sweep(s.runs, 2, func(i int) (queueRun, error) { return s.run(gaps, uint64(i)+1) })
	if err != nil {
		t.Fatal(err)
	}
	wait, half := controlled(runs)
	t.Logf("mean wait %.5f ± %.5f s (95 %%), theory %.5f s", wait, half, s.wait)
	if half > 0.01*s.wait {
		t.Errorf("the interval's half-width is %.2f %% of the mean, want at most 1 %%", 100*half/s.wait)
	}
	// The interval misses the truth in one of twenty tests; twice its length in one of ten thousand.
	if math.Abs(wait-s.wait) > 2*half {
		t.Errorf("mean wait %.5f ± %.5f s, theory says %.5f s", wait, half, s.wait)
	}
}

func (s *station) run(gaps sim.Dist, seed uint64) (queueRun, error) {
	draws := sim.NewKey(seed, "service")
	services := make([]float64, s.pods)
	sum := &waits{created: make([]float64, 0, s.pods)}
	cfg := &world.Config{Name: s.name, Seed: seed, Kubelet: seenAtOnce(), Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), UntilIdle: true,
		Sample: 1000 * time.Hour, TerminatedPods: 1000,
		Arrivals: []world.Arrivals{stream{count: s.pods, every: gaps, spec: spec(), run: func(_ uint64, i int64) *float64 {
			src := draws.Draw(uint64(i))
			services[i] = s.service.Sample(&src)
			return &services[i]
		}}}}
	for i := range s.c {
		cfg.Objects = append(cfg.Objects, node(fmt.Sprintf("server-%d", i), 1))
	}
	f, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{sum}})
	if err != nil {
		return queueRun{}, err
	}
	if int64(len(sum.created)) != s.pods || !f.Idle {
		return queueRun{}, fmt.Errorf("%d of %d pods ended", len(sum.created), s.pods)
	}
	// Little's law holds exactly on a run that has drained: the number in the queue, summed over time, is
	// the sum of the waits.
	if got := f.Queue.Mean * f.End.Seconds(); math.Abs(got-sum.wait) > 1e-6*(1+sum.wait) {
		return queueRun{}, fmt.Errorf("the queue's integral is %v pod·s, the waits sum to %v s", got, sum.wait)
	}
	sort.Float64s(sum.created)
	return queueRun{sum.wait / float64(s.pods), s.controls(sum.created, services)}, nil
}

// walks are the lengths of the walks that serve as controls.
var walks = []int{1, 2, 3, 4, 6, 8, 12, 16}

// controls are the means of the gaps and services, and for each k the mean of the positive part of the
// random walk over k customers, whose step is a service (shared by c servers) less the next gap; each
// less its expectation. By Spitzer's identity the mean wait of a single server is the sum of the latter
// over all k, each divided by k, so that they explain most of it (Asmussen 2003, "Applied Probability
// and Queues", section VIII.4).
func (s *station) controls(created, services []float64) []float64 {
	n := len(created)
	gap := func(i int) float64 { return created[i] - created[i-1] }
	mean := 0.0
	for _, d := range services {
		mean += d / float64(n)
	}
	out := []float64{created[n-1]/float64(n) - 1/s.lambda}
	_, constant := s.service.(sim.Constant)
	if !constant {
		out = append(out, mean-1)
	}
	for _, k := range walks {
		sum, count := 0.0, 0.0
		for i := 0; i+k < n; i++ {
			step := 0.0
			for j := i; j < i+k; j++ {
				step += services[j]/float64(s.c) - gap(j+1)
			}
			sum, count = sum+max(step, 0), count+1
		}
		if constant {
			out = append(out, sum/count-walkConstant(k, s.lambda))
		} else {
			out = append(out, sum/count-walkMemoryless(k, float64(s.c), s.lambda))
		}
	}
	return out
}

// walkMemoryless is the expected positive part of the sum of k exponential services at rate mu less the
// sum of k exponential gaps at rate lambda. In the race of the two, the k-th gap is over when j services
// are with a negative binomial probability, and then k-j services are left.
func walkMemoryless(k int, mu, lambda float64) float64 {
	q, p := lambda/(lambda+mu), mu/(lambda+mu)
	probability, sum := math.Pow(q, float64(k)), 0.0
	for j := range k {
		sum += probability * float64(k-j) / mu
		probability *= p * float64(k+j) / float64(j+1)
	}
	return sum
}

// walkConstant is the expected positive part of k services of 1 s less k exponential gaps.
func walkConstant(k int, lambda float64) float64 {
	t := float64(k)
	before := func(m int) float64 { // the sum of m gaps is below t
		term, sum := math.Exp(-lambda*t), 0.0
		for i := range m {
			sum += term
			term *= lambda * t / float64(i+1)
		}
		return 1 - sum
	}
	return t*before(k) - t/lambda*before(k+1)
}

// waits is a sink that sums up the waits.
type waits struct {
	nowhere
	wait    float64
	created []float64
}

func (w *waits) Pod(r *record.PodRow) {
	if r.Phase == string(model.PodSucceeded) {
		w.wait += r.Scheduled.Sub(r.Created).Seconds()
		w.created = append(w.created, r.Created.Seconds())
	}
}

// controlled is the mean wait and the half-width of its 95 % interval, by linear regression of the waits
// on the controls: the estimate is the wait at which all controls are as expected.
func controlled(runs []queueRun) (mean, half float64) {
	n, m := len(runs), len(runs[0].controls)+1
	// Normal equations for wait = b0 + b·controls; the first column of the inverse gives b0's variance.
	system := make([][]float64, m)
	for i := range system {
		system[i] = make([]float64, m+2)
	}
	system[0][m+1] = 1
	for _, r := range runs {
		row := append([]float64{1}, r.controls...)
		for i := range m {
			for j := range m {
				system[i][j] += row[i] * row[j]
			}
			system[i][m] += row[i] * r.wait
		}
	}
	solve(system)
	rest := 0.0
	for _, r := range runs {
		e := r.wait - system[0][m]
		for i, x := range r.controls {
			e -= system[i+1][m] * x
		}
		rest += e * e
	}
	const student = 2.02 // 97.5 % of Student's t for 40 degrees of freedom, of which there are more
	return system[0][m], student * math.Sqrt(rest/float64(n-m)*system[0][m+1])
}

// solve turns the left square of a system into the unit matrix (Gauss and Jordan, with pivoting).
func solve(a [][]float64) {
	for i := range a {
		best := i
		for j := i; j < len(a); j++ {
			if math.Abs(a[j][i]) > math.Abs(a[best][i]) {
				best = j
			}
		}
		a[i], a[best] = a[best], a[i]
		for k := len(a[i]) - 1; k >= i; k-- {
			a[i][k] /= a[i][i]
		}
		for j := range a {
			if j == i {
				continue
			}
			for k := len(a[j]) - 1; k >= i; k-- {
				a[j][k] -= a[j][i] * a[i][k]
			}
		}
	}
}
