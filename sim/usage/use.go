package usage

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/kubelet"
)

// use is a container that runs, or has run up to a moment ago.
type use struct {
	*kubelet.Use
	limit float64  // of its CPU, in cores; 0: none
	ended sim.Time // sim.Never while it runs
	part  float64  // of the CPU that it wants, got in the last read

	// done is up to when core-seconds have been added up, within the container's limit. Those of long ago may be
	// left out: differences count.
	done sim.Time
	core float64
	// marks are the last two reads, the last one behind.
	marks [2]mark
}

// mark is what a container has used up to a read, and the memory that it held then, in bytes.
type mark struct {
	at     sim.Time
	core   float64
	memory float64
	taken  bool
}

func newUse(u *kubelet.Use) *use {
	limit, _ := u.Spec.Limits.Get(model.ResourceCPU)
	return &use{Use: u, limit: float64(limit.MilliValue()) / 1000, ended: sim.Never, part: 1, done: u.Started}
}

// runs says whether the container is in the read at an instant.
func (u *use) runs(read sim.Time) bool { return u.Started < read && read < u.ended }

// wanted is how many cores it has wanted on average between the read before and one, or since its start where
// that was later, within its limit. One that has ended meanwhile has wanted nothing since.
func (u *use) wanted(read sim.Time) float64 {
	from := read.Add(-resolution)
	if u.Started >= read || u.ended <= from {
		return 0
	}
	begin, end := 0.0, u.core
	for i := range u.marks {
		switch m := &u.marks[i]; {
		case m.taken && m.at == from:
			begin = m.core
		case m.taken && m.at == read:
			end = m.core
		}
	}
	if u.runs(read) {
		from = max(from, u.Started)
	}
	return (end - begin) / read.Sub(from).Seconds()
}

// advance adds up what a container has used up to an instant. Load must still be what it was until then.
func (b *Book) advance(n *node, u *use, to sim.Time) {
	to = min(to, u.ended)
	if from := n.before(to); u.done < from {
		// What was long ago matters to nobody: begin at the read before the last.
		u.done, u.marks[1] = from, mark{}
		b.mark(u)
	}
	for u.done < to {
		next := n.last(u.done).Add(resolution)
		rate := b.cpu(u, u.done)
		end := min(to, next, rate.until)
		if end <= u.done {
			panic(fmt.Sprintf("usage: a piece of the load of %s ends at %v, where it begins", u.Pod.Key(), end))
		}
		u.core += rate.over(end.Sub(u.done), u.limit)
		u.done = end
		if end == next {
			b.mark(u)
		}
	}
}

// mark takes a read.
func (b *Book) mark(u *use) {
	load, _, _ := b.load(u, u.done)
	since := u.done.Sub(u.Started)
	a, _ := u.Life.Memory(since, b.clock(u.done), load)
	u.marks[0], u.marks[1] = u.marks[1], mark{at: u.done, core: u.core, memory: max(a.Value, 0), taken: true}
}

// piece is an amount that changes evenly until an instant.
type piece struct {
	value, slope float64
	until        sim.Time
}

// cpu is the cores that a container wants from an instant on.
func (b *Book) cpu(u *use, at sim.Time) piece {
	load, grows, until := b.load(u, at)
	a, _ := u.Life.CPU(at.Sub(u.Started), b.clock(at), load)
	p := piece{a.Value, a.Slope, until}
	if a.Until != behaviour.Forever {
		p.until = min(p.until, u.Started.Add(a.Until))
	}
	if grows != 0 {
		if said := u.Life.Usage(); said != nil && said.CPU != nil {
			p.slope += said.CPU.PerRequest * grows
		}
	}
	return p
}

// load is the requests a second that a container is sent, by how much they grow, and until when. Before the run
// they are those of its start.
func (b *Book) load(u *use, at sim.Time) (rate, slope float64, until sim.Time) {
	if b.options.Load == nil {
		return 0, 0, sim.Never
	}
	if at < 0 {
		rate, _, _ = b.options.Load(0, u.Use)
		return rate, 0, 0
	}
	return b.options.Load(at, u.Use)
}

// clock is the time of day at an instant, since a midnight before it: reads begin less than a minute before the run.
func (b *Book) clock(at sim.Time) time.Duration {
	const day = 24 * time.Hour
	return (b.options.Clock + at.Sub(0) + day) % day
}

// over adds up a piece from its beginning over a time: never less than nothing, and never more than a limit,
// unless that is 0.
func (p piece) over(d time.Duration, limit float64) float64 {
	t := d.Seconds()
	sum := positive(p.value, p.slope, t)
	if limit > 0 {
		sum -= positive(p.value-limit, p.slope, t)
	}
	return sum
}

// positive adds up the part above 0 of an amount that is value now and grows by slope a second, over t seconds.
func positive(value, slope, t float64) float64 {
	end := value + slope*t
	switch {
	case value >= 0 && end >= 0:
		return (value + end) / 2 * t
	case value <= 0 && end <= 0:
		return 0
	case value > 0:
		return value * value / (-slope) / 2
	}
	return end * end / slope / 2
}
