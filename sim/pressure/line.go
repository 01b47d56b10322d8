package pressure

import (
	"math"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/kubelet"
)

// line is an amount that changes evenly.
type line struct {
	value float64 // at from
	slope float64 // a second
	from  sim.Time
	until sim.Time // when it is another line
	known bool     // it has been drawn
}

func (l *line) at(t sim.Time) float64 { return max(l.value+l.slope*t.Sub(l.from).Seconds(), 0) }

// drawn is a piece of a curve as a line from now on.
func drawn(now, started sim.Time, a behaviour.Amount) line {
	l := line{value: a.Value, slope: a.Slope, from: now, until: sim.Never, known: true}
	if a.Until != behaviour.Forever {
		l.until = started.Add(a.Until)
	}
	return l
}

// shortest is the least time after which an amount is looked at again that is about to pass a limit: rounding
// may have it there a moment later than was worked out.
const shortest = time.Microsecond

// passes is when an amount that is value now and grows by slope a second is more than limit by a whole byte;
// never, when it does not grow. One that is past it is so now.
func passes(now sim.Time, value, slope, limit float64) sim.Time {
	missing := limit + 1 - value
	switch {
	case missing <= 0:
		return now
	case slope <= 0:
		return sim.Never
	}
	seconds := missing / slope
	if seconds > math.MaxInt64/2e9 {
		return sim.Never
	}
	return now.Add(max(time.Duration(math.Ceil(seconds*1e9)), shortest))
}

// page is the size in which memory and disk are given, in bytes.
const page = 4096

// pages is an amount in whole pages, in bytes.
func pages(bytes float64) int64 { return int64(bytes) / page * page }

// over says whether an amount is more than a limit.
func over(value, limit float64) bool { return value >= limit+1 }

// draw finds the lines of a container that have ended.
func (m *Manager) draw(now sim.Time, u *use) {
	memory, cpu := !u.memory.known || u.memory.until <= now, !u.cpu.known || u.cpu.until <= now
	pids := !u.pids.known || u.pids.until <= now
	if !memory && !cpu && !pids {
		return
	}
	since, clock := now.Sub(u.Started), m.options.Clock+now.Sub(0)
	rate, slope, until := 0.0, 0.0, sim.Never
	if m.options.Load != nil {
		rate, slope, until = m.options.Load(now, u.Use)
	}
	said := u.Life.Usage()
	if memory {
		a, _ := u.Life.Memory(since, clock, rate)
		u.memory = drawn(now, u.Started, a).under(said.Memory, slope, until)
	}
	if cpu {
		a, _ := u.Life.CPU(since, clock, rate)
		u.cpu = drawn(now, u.Started, a).under(said.CPU, slope, until)
	}
	if pids {
		a, _ := u.Life.PIDs(since, clock, rate)
		u.pids = drawn(now, u.Started, a).under(said.PIDs, slope, until)
	}
}

// under is the line while the requests a second grow by so much a second, until that ends.
func (l line) under(c *behaviour.Curve, slope float64, until sim.Time) line {
	if c != nil && c.PerRequest != 0 {
		l.slope += c.PerRequest * slope
		l.until = min(l.until, until)
	}
	return l
}

// Changing tells that the requests that a pod is sent are about to take another course: what its containers
// use is worked out anew at this instant.
func (m *Manager) Changing(now sim.Time, p *model.Pod) {
	n := m.nodes[p.NodeName]
	if n == nil {
		return
	}
	found := false
	for _, u := range n.uses {
		if u.Pod.UID == kubelet.UIDOf(p) && u.perRequest() {
			u.memory.until, u.cpu.until, u.pids.until, found = now, now, now, true
		}
	}
	if found {
		m.plan(n, now)
	}
}

// perRequest says whether what a container uses depends on the requests that it is sent.
func (u *use) perRequest() bool {
	said := u.Life.Usage()
	for _, c := range [...]*behaviour.Curve{said.CPU, said.Memory, said.PIDs} {
		if c != nil && c.PerRequest != 0 {
			return true
		}
	}
	return false
}

// measure finds the lines on which what is used lies, and says when the first of them ends.
func (m *Manager) measure(now sim.Time, n *node) sim.Time {
	next, throttles := sim.Never, n.throttles()
	for _, u := range n.uses {
		m.draw(now, u)
		next = min(next, u.memory.until, u.pids.until)
		if throttles {
			next = min(next, u.cpu.until)
		}
	}
	return next
}
