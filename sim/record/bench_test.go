package record

import "testing"

// BenchmarkDir writes rows of pods.csv and attempts.csv, one of each in turn, to real files.
func BenchmarkDir(b *testing.B) {
	d, err := OpenDir(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	m := quantised()
	sink := Multi(d)
	sink.Begin(&m.Header)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		sink.Pod(&m.Pods[rows%len(m.Pods)])
		sink.Attempt(&m.Attempts[rows%len(m.Attempts)])
		rows++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*rows), "ns/row")
	if err := sink.End(&m.Footer); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRead reads a folder of 20,000 rows.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	d, err := OpenDir(dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := many(Multi(d), 10_000); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Read(dir, discard{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(20_000*b.N), "ns/row")
}

// discard is a sink that does nothing.
type discard struct{}

func (discard) Begin(*Header)           {}
func (discard) Pod(*PodRow)             {}
func (discard) Node(*NodeRow)           {}
func (discard) Attempt(*AttemptRow)     {}
func (discard) Container(*ContainerRow) {}
func (discard) Workload(*WorkloadRow)   {}
func (discard) Service(*ServiceRow)     {}
func (discard) Volume(*VolumeRow)       {}
func (discard) Event(*EventRow)         {}
func (discard) Sample(*Sample)          {}
func (discard) End(*Footer) error       { return nil }
