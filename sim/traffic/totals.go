package traffic

import (
	"time"

	"towtank.dev/towtank/sim"
)

// Totals is what has become of the traffic to a Service.
type Totals struct {
	Namespace, Name string
	// Asked are all requests. Those that failed met no endpoint in the rules, a container that does not run, or
	// a node that cannot be reached; the others were answered.
	Asked, NoEndpoint, Gone, Unreachable float64
	// Peak and PeakOfOne are the most requests a second, to the Service and to one of its endpoints.
	Peak, PeakOfOne float64
	// FailingFor is the time in which requests failed, LongestFailing the longest stretch of it, NoEndpointFor
	// the time without an endpoint to which anybody is sent.
	FailingFor, LongestFailing, NoEndpointFor time.Duration
	// EndpointSeconds are the endpoints to which somebody is sent, summed over time, of which there were
	// FewestEndpoints to MostEndpoints.
	EndpointSeconds                float64
	FewestEndpoints, MostEndpoints int
	// For is the time that has been counted.
	For time.Duration
}

// Failed are all requests that failed.
func (t *Totals) Failed() float64 { return t.NoEndpoint + t.Gone + t.Unreachable }

// advance counts up to now, by the rules as they have been since the last time.
func (m *Manager) advance(now sim.Time, f *flow) {
	if now == f.since {
		return
	}
	if f.dirty {
		f.dirty = false
		for _, s := range f.sources {
			m.judge(s)
		}
	}
	span := now.Sub(f.since)
	f.endpoints(span)
	for from := f.since; from < now; {
		from = f.stretch(from, now)
	}
	f.since = now
}

// endpoints counts endpoints over a span.
func (f *flow) endpoints(span time.Duration) {
	if f.For == 0 {
		f.FewestEndpoints, f.MostEndpoints = f.usable, f.usable
	}
	f.For += span
	f.FewestEndpoints, f.MostEndpoints = min(f.FewestEndpoints, f.usable), max(f.MostEndpoints, f.usable)
	f.EndpointSeconds += float64(f.usable) * span.Seconds()
	if f.usable == 0 {
		f.NoEndpointFor += span
	}
}

// stretch counts the requests of a stretch in which every curve is a line, and returns its end.
func (f *flow) stretch(from, to sim.Time) sim.Time {
	for _, s := range f.sources {
		to = min(to, s.Load.At(from).Until)
	}
	span := to.Sub(from)
	var first, last float64
	failed := 0.0
	for _, s := range f.sources {
		p := s.Load.At(from)
		asked := p.over(span)
		if !s.fate.asking || asked == 0 {
			continue
		}
		f.Asked += asked
		f.NoEndpoint += asked * s.fate.none
		f.Gone += asked * s.fate.gone
		f.Unreachable += asked * s.fate.unreachable
		failed += asked * (s.fate.none + s.fate.gone + s.fate.unreachable)
		first, last = first+p.Rate, last+p.after(span)
	}
	f.Peak = max(f.Peak, first, last)
	f.PeakOfOne = max(f.PeakOfOne, f.ofOne(from, 0), f.ofOne(from, span))
	f.fails(failed > 0, from, span)
	return to
}

// ofOne is the most requests a second that one endpoint is sent a span after an instant.
func (f *flow) ofOne(from sim.Time, span time.Duration) (most float64) {
	if len(f.sources) == 1 {
		p := f.sources[0].Load.At(from)
		return p.after(span) * f.sources[0].most
	}
	sums := map[string]float64{}
	for _, s := range f.sources {
		p := s.Load.At(from)
		for _, e := range s.known {
			sums[e.key] += e.share * p.after(span)
			most = max(most, sums[e.key])
		}
	}
	return most
}

// fails counts the time in which requests fail.
func (f *flow) fails(so bool, from sim.Time, span time.Duration) {
	if !so {
		f.endFailing(from)
		return
	}
	f.FailingFor += span
	if f.failing == sim.Never {
		f.failing = from
	}
}

// endFailing ends a stretch in which requests have failed, if there is one.
func (f *flow) endFailing(now sim.Time) {
	if f.failing != sim.Never {
		f.LongestFailing = max(f.LongestFailing, now.Sub(f.failing))
		f.failing = sim.Never
	}
}
