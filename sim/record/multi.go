package record

import (
	"errors"
	"math"
	"time"

	"towtank.dev/towtank/sim"
)

// Resolution is the finest difference of times in a record. CSV files have six decimals of a second.
const Resolution = time.Microsecond

// Quantise rounds t down (towards the past) to a whole Resolution. Never stays Never.
func Quantise(t sim.Time) sim.Time { return t.Truncate(Resolution) }

// Multi passes a record on to several sinks in the given order. It is the way into a record: all
// instants, spans and means are brought to the precision of the files on the way, so that what is
// counted during a run and what is counted from its folder agree to the last digit. The caller's rows
// are left as they are; sinks see copies that are valid only during the call.
func Multi(sinks ...Sink) Sink { return &multi{sinks: sinks} }

type multi struct {
	sinks   []Sink
	pod     PodRow
	node    NodeRow
	attempt AttemptRow
	event   EventRow
	sample  Sample

	container ContainerRow
	workload  WorkloadRow
	service   ServiceRow
	volume    VolumeRow
}

func (m *multi) Begin(h *Header) {
	for _, s := range m.sinks {
		s.Begin(h)
	}
}

func (m *multi) Pod(r *PodRow) {
	m.pod = *r
	p := &m.pod
	for _, t := range []*sim.Time{&p.Created, &p.Tried, &p.Scheduled, &p.Started, &p.Ready, &p.Ended} {
		*t = Quantise(*t)
	}
	p.NotReadyFor = p.NotReadyFor.Truncate(Resolution)
	for _, s := range m.sinks {
		s.Pod(p)
	}
}

func (m *multi) Node(r *NodeRow) {
	m.node = *r
	n := &m.node
	n.Created, n.Removed = Quantise(n.Created), Quantise(n.Removed)
	for _, d := range []*time.Duration{&n.ReadyFor, &n.NotReadyFor, &n.UnschedulableFor, &n.PressureFor} {
		*d = d.Truncate(Resolution)
	}
	n.MeanMilliCPU = round(n.MeanMilliCPU, 1e3) // one millionth of a core
	n.MeanMemory = math.Round(n.MeanMemory)
	n.MeanPods = round(n.MeanPods, 1e6)
	for _, s := range m.sinks {
		s.Node(n)
	}
}

func (m *multi) Attempt(r *AttemptRow) {
	m.attempt = *r
	m.attempt.At = Quantise(r.At)
	for _, s := range m.sinks {
		s.Attempt(&m.attempt)
	}
}

func (m *multi) Event(r *EventRow) {
	m.event = *r
	m.event.First, m.event.Last = Quantise(r.First), Quantise(r.Last)
	for _, s := range m.sinks {
		s.Event(&m.event)
	}
}

func (m *multi) Container(r *ContainerRow) {
	m.container = *r
	c := &m.container
	for _, t := range []*sim.Time{&c.Waiting, &c.Created, &c.Started, &c.Ready, &c.Ended} {
		*t = Quantise(*t)
	}
	c.Pull, c.HeldBack = c.Pull.Truncate(Resolution), c.HeldBack.Truncate(Resolution)
	for _, s := range m.sinks {
		s.Container(c)
	}
}

func (m *multi) Workload(r *WorkloadRow) {
	m.workload = *r
	w := &m.workload
	for _, t := range []*sim.Time{&w.Created, &w.Gone, &w.Completed} {
		*t = Quantise(*t)
	}
	for _, d := range []*time.Duration{&w.BelowFor, &w.RolloutFor, &w.LongestRollout} {
		*d = d.Truncate(Resolution)
	}
	w.WantedIntegral, w.AvailableIntegral = round(w.WantedIntegral, 1e6), round(w.AvailableIntegral, 1e6)
	for _, s := range m.sinks {
		s.Workload(w)
	}
}

func (m *multi) Volume(r *VolumeRow) {
	m.volume = *r
	m.volume.Vanished = Quantise(m.volume.Vanished)
	m.volume.Bytes = round(m.volume.Bytes, 1)
	for _, s := range m.sinks {
		s.Volume(&m.volume)
	}
}

func (m *multi) Service(r *ServiceRow) {
	m.service = *r
	w := &m.service
	for _, d := range []*time.Duration{&w.FailingFor, &w.LongestFailing, &w.NoEndpointFor} {
		*d = d.Truncate(Resolution)
	}
	for _, x := range []*float64{&w.Asked, &w.NoEndpoint, &w.Gone, &w.Unreachable, &w.Peak, &w.PeakOfOne} {
		*x = round(*x, 1e3)
	}
	w.MeanEndpoints = round(w.MeanEndpoints, 1e6)
	for _, s := range m.sinks {
		s.Service(w)
	}
}

func (m *multi) Sample(r *Sample) {
	m.sample = *r
	m.sample.At = Quantise(r.At)
	for _, s := range m.sinks {
		s.Sample(&m.sample)
	}
}

// End ends every sink, also after one has met an error, and returns all their errors.
func (m *multi) End(f *Footer) error {
	last := *f
	last.End = Quantise(f.End)
	last.Totals = make([]ResourceTotal, len(f.Totals))
	for i, t := range f.Totals {
		t.PeakAt = Quantise(t.PeakAt)
		last.Totals[i] = t
	}
	var errs []error
	for _, s := range m.sinks {
		if err := s.End(&last); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// round brings x to a whole number of 1/scale. The reader computes the same quotient from the digits
// in the file, so the two are equal to the last bit.
func round(x, scale float64) float64 { return math.Round(x*scale) / scale }
