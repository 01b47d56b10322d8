package usage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/kubelet"
)

// point is what a kubelet says of a container when it is read.
type point struct{ start, at, core float64 }

// server is metrics-server as it is: it keeps the last two points of each container.
type server struct{ last, prev map[string]map[string]point }

// store is its answer to a read of all pods.
func (s *server) store(read map[string]map[string]point) {
	prev := map[string]map[string]point{}
	for pod, containers := range read {
		prev[pod] = map[string]point{}
		for name, p := range containers {
			age := p.at - p.start
			if known, ok := s.last[pod][name]; age > 0 && age < 15 && age >= 10 {
				prev[pod][name] = point{p.start, p.start, 0}
			} else if ok && p.start < known.at && p.at > known.at {
				prev[pod][name] = known
			}
		}
	}
	s.last, s.prev = read, prev
}

// says is what it knows of a pod.
func (s *server) says(pod string) (milli int64, ok bool) {
	if len(s.last[pod]) == 0 {
		return 0, false
	}
	for name, last := range s.last[pod] {
		prev, known := s.prev[pod][name]
		if !known {
			return 0, false
		}
		milli += milliCores((last.core - prev.core) / (last.at - prev.at))
	}
	return milli, true
}

// spell is one run of a container.
type spell struct {
	pod        *model.Pod
	index      int
	start, end float64
	use        *kubelet.Use
}

// step is a change of the requests a second that a pod is sent.
type step struct{ at, rate float64 }

// rateAt is the rate after the last step at or before an instant.
func rateAt(steps []step, t float64) (rate float64) {
	for _, s := range steps {
		if s.at <= t {
			rate = s.rate
		}
	}
	return rate
}

// TestReadingsAreThoseOfMetricsServer has containers come and go, with loads that change, and holds every reading
// against a metrics-server that reads each 15 s what was added up in small steps.
func TestReadingsAreThoseOfMetricsServer(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { againstServer(t, rand.New(rand.NewPCG(seed, 5))) })
	}
}

func againstServer(t *testing.T, r *rand.Rand) {
	const end, grain = 300.0, 0.25
	quarter := func(most float64) float64 { return math.Floor(r.Float64()*most/grain) * grain }
	curve := &behaviour.Curve{Points: []behaviour.Point{{Value: 0.1}, {From: 20 * time.Second, Value: 0.5, Ramp: true}, {From: 41 * time.Second, Value: 0.2}}, PerRequest: 0.01}
	b := newBench(t, 1000, Options{}, cpuOf("", curve))
	var spells []spell
	loads := map[string][]step{}
	changes := map[float64][]*model.Pod{}
	for i := range 3 {
		p := podOf(fmt.Sprint("p", i), 100, 450, "a", "b")
		for at := quarter(50); at < end; at += grain + quarter(80) {
			loads[p.Name] = append(loads[p.Name], step{at, float64(r.IntN(40))})
			changes[at] = append(changes[at], p)
		}
		for index := range 2 {
			for at := quarter(60); at < end; {
				s := spell{pod: p, index: index, start: at, end: at + grain + quarter(120)}
				spells = append(spells, s)
				at = s.end + quarter(20)
			}
		}
	}
	told := 0.0 // up to when loads are told
	b.load = func(at sim.Time, u *kubelet.Use) (float64, float64, sim.Time) {
		return rateAt(loads[u.Pod.Name], min(at.Seconds(), told)), 0, sim.Never
	}
	// Core-seconds from the start of a spell: within a quarter of a second a curve is straight, and its middle is
	// its mean, except where it passes the limit of 450 m.
	added := func(s *spell, to float64) (core float64) {
		for at := s.start; at < min(to, s.end); at += grain {
			const parts = 64
			for i := range parts {
				since := at - s.start + (float64(i)+0.5)*grain/parts
				a := curve.At(time.Duration(since*1e9), 0, sim.Key{}, rateAt(loads[s.pod.Name], at))
				core += min(a.Value, 0.45) * grain / parts
			}
		}
		return core
	}
	server := server{}
	readings, known := 0, 0
	for now := 0.0; now < end; now += grain {
		for _, p := range changes[now] {
			b.Changing(at(now), p)
		}
		told = now
		for i := range spells {
			if s := &spells[i]; s.end == now {
				b.Ends(at(now), s.use)
			}
		}
		for i := range spells {
			if s := &spells[i]; s.start == now {
				s.use = b.start(now, s.pod, s.index)
			}
		}
		if now >= 5 && math.Mod(now-5, 15) == 0 {
			read := map[string]map[string]point{}
			for i := range spells {
				if s := &spells[i]; s.start < now && now < s.end {
					if read[s.pod.Name] == nil {
						read[s.pod.Name] = map[string]point{}
					}
					read[s.pod.Name][fmt.Sprint(s.index)] = point{s.start, now, added(s, now)}
				}
			}
			server.store(read)
		}
		if r.IntN(40) > 0 {
			continue
		}
		for i := range 3 {
			p := spells[0].pod
			for j := range spells {
				if spells[j].pod.Name == fmt.Sprint("p", i) {
					p = spells[j].pod
				}
			}
			got := b.Usage(at(now), p, "cpu", "")
			milli, ok := server.says(p.Name)
			readings++
			if ok {
				known++
			}
			// The small steps are off by less than a thousandth of a core, and each container is rounded up.
			if got.Listed != ok || math.Abs(float64(got.Milli-milli)) > 2 {
				t.Fatalf("%s at %v: %d, %v, want %d, %v", p.Name, now, got.Milli, got.Listed, milli, ok)
			}
		}
	}
	if known == 0 || known == readings {
		t.Errorf("%d of %d readings are known, want some of each", known, readings)
	}
}
