package reports

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim/record"
)

// base keeps header and footer and passes over all rows: a report overrides what it reads.
type base struct {
	header record.Header
	footer record.Footer
	ended  bool
}

func (b *base) Begin(h *record.Header)         { b.header = *h }
func (b *base) Pod(*record.PodRow)             {}
func (b *base) Node(*record.NodeRow)           {}
func (b *base) Attempt(*record.AttemptRow)     {}
func (b *base) Event(*record.EventRow)         {}
func (b *base) Container(*record.ContainerRow) {}
func (b *base) Workload(*record.WorkloadRow)   {}
func (b *base) Service(*record.ServiceRow)     {}
func (b *base) Volume(*record.VolumeRow)       {}
func (b *base) Sample(*record.Sample)          {}

func (b *base) End(f *record.Footer) error {
	b.footer, b.ended = *f, true
	return nil
}

// doc begins a document on the run.
func (b *base) doc(report string) *Doc {
	if !b.ended {
		panic("reports: " + report + " of a record that has not ended")
	}
	return &Doc{
		Report: report,
		Title:  b.header.Name,
		Facts: []Part{
			{Key: "seed", Before: "seed ", Value: Seed(b.header.Seed)},
			{Key: "simulated_seconds", Value: Instant(b.footer.End), After: " simulated"},
			{Key: "fingerprint", Before: "fingerprint ", Value: Text(b.footer.Fingerprint)},
		},
		Origin: []Part{
			{Key: "version", Before: "towtank ", Value: Text(b.header.Version)},
			{Key: "scenario_hash", Before: "scenario ", Value: Text(shortHash(b.header.ScenarioHash))},
			{Key: "events", Value: Count(int64(b.footer.Events)), After: " events"},
		},
		Alerts: b.alerts(),
	}
}

// shortHash is enough of a hash to tell two scenarios apart.
func shortHash(hash string) string { return hash[:min(len(hash), 12)] }

func (b *base) alerts() []string {
	switch f := &b.footer; {
	case f.Interrupted:
		return []string{fmt.Sprintf("Interrupted at %s%s: everything below counts up to that instant.", Instant(f.End), ofPlanned(b.header.Duration))}
	case b.header.UntilIdle && !f.Idle:
		return []string{fmt.Sprintf("Still busy at the limit of %s, where the run was to end once idle.", Instant(f.End))}
	}
	return nil
}

func ofPlanned(planned time.Duration) string {
	if planned == 0 {
		return ""
	}
	return " of " + Span(planned).String()
}
