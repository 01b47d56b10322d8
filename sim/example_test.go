package sim_test

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
)

// shop serves customers one at a time.
type shop struct {
	engine  *sim.Engine
	self    sim.Actor
	waiting int
	busy    bool
}

const (
	arrive uint16 = iota
	leave
)

func (s *shop) Handle(now sim.Time, ev sim.Event) {
	switch ev.Op {
	case arrive:
		s.waiting++
	case leave:
		s.busy = false
		fmt.Printf("%v: customer served, %d waiting\n", now, s.waiting)
	}
	if !s.busy && s.waiting > 0 {
		s.waiting--
		s.busy = true
		s.engine.After(90*time.Second, sim.Event{Phase: sim.PhaseAct, Actor: s.self, Op: leave})
	}
}

// A handler is registered once; events name it and say what to do.
func Example() {
	e := sim.NewEngine(1)
	s := &shop{engine: e}
	s.self = e.Register("shop", s)
	for i := range 3 {
		e.Schedule(sim.At(time.Duration(i)*time.Minute), sim.Event{Phase: sim.PhaseInput, Actor: s.self, Op: arrive})
	}
	e.RunUntilIdle(sim.Never)
	fmt.Println("quiet at", e.Now(), "after", e.Processed(), "events")
	// Output:
	// 1m30s: customer served, 1 waiting
	// 3m0s: customer served, 1 waiting
	// 4m30s: customer served, 0 waiting
	// quiet at 4m30s after 6 events
}

// printer prints the op of each event.
type printer struct{}

func (printer) Handle(now sim.Time, ev sim.Event) { fmt.Println(now, ev.Op) }

func ExampleEngine_Reschedule() {
	e := sim.NewEngine(1)
	p := e.Register("printer", printer{})
	timeout := e.Schedule(sim.At(30*time.Second), sim.Event{Actor: p, Op: 1})
	e.Schedule(sim.At(40*time.Second), sim.Event{Actor: p, Op: 2})
	e.Reschedule(timeout, sim.At(time.Minute)) // heard from in time: put it off
	e.RunUntil(sim.At(2 * time.Minute))
	fmt.Println("cancelled:", e.Cancel(timeout)) // too late
	// Output:
	// 40s 2
	// 1m0s 1
	// cancelled: false
}

func ExampleEngine_Stream() {
	e := sim.NewEngine(42)
	fmt.Println(e.Stream("arrivals").IntN(100), e.Stream("latency").IntN(100), e.Stream("arrivals").IntN(100))
	other := sim.NewEngine(42)
	fmt.Println(other.Stream("arrivals").IntN(100), other.Stream("arrivals").IntN(100))
	// Output:
	// 30 98 80
	// 30 80
}

func ExampleDistributionInfo_New() {
	lognormal, _ := sim.Distribution("lognormal")
	runTime, err := lognormal.New(map[string]float64{"median": 600, "p99": 3600, "max": 7200})
	fmt.Println(runTime, err)
	fmt.Printf("mean %.1f s\n", runTime.Mean())
	_, err = lognormal.New(map[string]float64{"median": 600, "p99": 60})
	fmt.Println(err)
	// Output:
	// lognormal{median: 600, sigma: 0.7702027238582287, max: 7200} <nil>
	// mean 802.0 s
	// lognormal.p99: 60 is not above median (600)
}

func ExampleKeyedSource() {
	exponential, _ := sim.Distribution("exponential")
	runTime, _ := exponential.New(map[string]float64{"mean": 600})
	for _, pod := range []string{"web-1", "web-0", "web-1"} { // the order of asking does not matter
		src := sim.KeyedSource(7, "behaviours[0].run", pod, 0)
		fmt.Println(pod, sim.SampleDuration(runTime, &src).Round(time.Second))
	}
	// Output:
	// web-1 10m16s
	// web-0 1m37s
	// web-1 10m16s
}

func ExampleTime_TruncateFrom() {
	wall := sim.At(-250 * time.Millisecond) // the run starts a quarter past a whole second
	now := sim.At(1500 * time.Millisecond)
	fmt.Println(now.TruncateFrom(wall, time.Second), now.Truncate(time.Second))
	// Output: 750ms 1s
}

func ExampleFingerprint() {
	var f sim.Fingerprint
	f.Mix(42)
	f.MixString("node-1")
	fmt.Println(f.String())
	// Output: f7603b02cd0e7604
}
