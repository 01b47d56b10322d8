package images

import (
	"math"
	"slices"

	"towtank.dev/towtank/sim"
)

// network is what is between registries and nodes: every download crosses two links, that of its registry and
// that of its node. What a link carries is shared as fairly as it goes: no download could be faster without one
// that is no faster becoming slower (max-min fairness, as long-lived TCP connections come to).
// Source: Bertsekas and Gallager 1992, Data Networks, section 6.5.2.
type network struct {
	flows []*flow // in the order of their beginning
	event sim.Handle
	// of one computation:
	links   []*link
	arrived []*flow
	// moving: rates are being computed.
	moving bool
}

// link carries downloads.
type link struct {
	capacity float64 // bytes a second
	// of one computation:
	left  float64
	flows int
	share float64
}

// flow is the download of one pull: its layers one after another.
type flow struct {
	pull *Pull
	// rate holds since an instant, at which position bytes had come.
	rate     float64
	since    sim.Time
	position float64
	// target is the layer whose end is waited for, which comes at due.
	target int
	due    sim.Time
	// of one computation: the fair rate, and whether it is settled.
	fair  float64
	fixed bool
}

// parcel is a layer that a pull downloads for its node.
type parcel struct {
	layer *layer
	upto  float64 // position of the flow when it has come
	// waiting are other pulls of the node that need it.
	waiting []*Pull
}

// join begins a download, or goes on with one that had come to its end.
func (m *Manager) join(now sim.Time, p *Pull) {
	f := &flow{pull: p, since: now, due: sim.Never}
	if p.next > 0 {
		f.position = p.own[p.next-1].upto
	}
	p.flow = f
	m.network.flows = append(m.network.flows, f)
	m.rates(now)
}

// leave ends a download, done or not.
func (m *Manager) leave(now sim.Time, f *flow) {
	m.network.flows = slices.DeleteFunc(m.network.flows, func(have *flow) bool { return have == f })
	f.pull.flow = nil
	m.rates(now)
}

// rates has the rates computed anew, once all that this instant changes has changed.
func (m *Manager) rates(now sim.Time) {
	if !m.network.moving && !m.engine.Reschedule(m.network.event, now) {
		m.network.event = m.at(now, opNetwork, nil)
	}
}

// flowing moves downloads on: first those that have come to the end of a layer, then all to their new rates.
func (m *Manager) flowing(now sim.Time) {
	w := &m.network
	w.moving = true
	w.arrived = w.arrived[:0]
	for _, f := range w.flows {
		if f.due <= now {
			w.arrived = append(w.arrived, f)
		}
	}
	for _, f := range w.arrived {
		m.reached(now, f)
	}
	w.share()
	next := sim.Never
	for _, f := range w.flows {
		if f.fair != f.rate || f.due <= now {
			m.advance(now, f)
			f.rate = f.fair
			f.aim(now)
		}
		next = min(next, f.due)
	}
	w.moving = false
	if next != sim.Never {
		w.event = m.at(next, opNetwork, nil)
	}
}

// share computes the fair rates: link after link is used up, the one with the least for each of its flows first.
func (w *network) share() {
	links := w.count()
	for open := len(w.flows); open > 0; {
		least := unlimited
		for _, l := range links {
			if l.flows > 0 {
				l.share = l.left / float64(l.flows)
				least = min(least, l.share)
			}
		}
		for _, f := range w.flows {
			if f.fixed || f.from().share > least && f.to().share > least {
				continue
			}
			f.fixed, f.fair = true, least
			open--
			for _, l := range [2]*link{f.from(), f.to()} {
				l.flows--
				if least < unlimited {
					l.left = max(0, l.left-least)
				}
			}
		}
	}
}

// count lists the links in use, with the number of flows on each.
func (w *network) count() []*link {
	for _, f := range w.flows {
		f.fixed = false
		f.from().flows, f.to().flows = 0, 0
	}
	links := w.links[:0]
	for _, f := range w.flows {
		for _, l := range [2]*link{f.from(), f.to()} {
			if l.flows == 0 {
				l.left = l.capacity
				links = append(links, l)
			}
			l.flows++
		}
	}
	w.links = links
	return links
}

func (f *flow) from() *link { return &f.pull.registry.link }
func (f *flow) to() *link   { return &f.pull.node.link }

// aim sets the layer whose end is waited for: the next one that another pull needs, or the last.
func (f *flow) aim(now sim.Time) {
	own := f.pull.own
	f.target = min(f.pull.next, len(own)-1)
	for f.target < len(own)-1 && len(own[f.target].waiting) == 0 {
		f.target++
	}
	switch left := own[f.target].upto - f.position; {
	case left <= 0 || f.rate == unlimited:
		f.due = now
	case f.rate <= 0:
		f.due = sim.Never
	default:
		f.due = after(now, left/f.rate)
	}
}

// after is an instant some seconds later, rounded up to nanoseconds.
func after(now sim.Time, seconds float64) sim.Time {
	if seconds > maxSeconds {
		seconds = maxSeconds
	}
	return now + sim.Time(math.Ceil(float64(seconds*1e9)))
}

// maxSeconds bounds spans to a hundred years: nothing simulated lasts to see their end.
const maxSeconds = 100 * 365 * 24 * 3600

// advance brings a download to an instant at the rate that it had, and tells of the layers that came.
func (m *Manager) advance(now sim.Time, f *flow) {
	p := f.pull
	position := p.own[f.target].upto
	if now < f.due {
		gained := float64(f.rate * now.Sub(f.since).Seconds())
		position = min(position, f.position+gained)
	}
	for p.next <= f.target && p.own[p.next].upto <= position {
		at := now
		if f.rate > 0 && f.rate < unlimited {
			at = min(now, after(f.since, (p.own[p.next].upto-f.position)/f.rate))
		}
		m.came(at, p)
	}
	f.position, f.since = position, now
}

// reached is a download at the end of the layer that was waited for.
func (m *Manager) reached(now sim.Time, f *flow) {
	m.advance(now, f)
	if p := f.pull; p.next == len(p.own) {
		m.leave(now, f)
		m.tryEnd(now, p)
	}
}
