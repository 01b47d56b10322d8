package world_test

import (
	"towtank.dev/towtank/sim/record"
)

// memory keeps a record.
type memory struct {
	header   *record.Header
	pods     []record.PodRow
	nodes    []record.NodeRow
	attempts []record.AttemptRow
	events   []record.EventRow
	samples  []record.Sample
	footer   *record.Footer

	containers []record.ContainerRow
	workloads  []record.WorkloadRow
	services   []record.ServiceRow
	volumes    []record.VolumeRow
}

func (m *memory) Begin(h *record.Header)           { m.header = h }
func (m *memory) Pod(r *record.PodRow)             { m.pods = append(m.pods, *r) }
func (m *memory) Node(r *record.NodeRow)           { m.nodes = append(m.nodes, *r) }
func (m *memory) Attempt(r *record.AttemptRow)     { m.attempts = append(m.attempts, *r) }
func (m *memory) Container(r *record.ContainerRow) { m.containers = append(m.containers, *r) }
func (m *memory) Workload(r *record.WorkloadRow)   { m.workloads = append(m.workloads, *r) }
func (m *memory) Service(r *record.ServiceRow)     { m.services = append(m.services, *r) }
func (m *memory) Volume(r *record.VolumeRow)       { m.volumes = append(m.volumes, *r) }
func (m *memory) Event(r *record.EventRow)         { m.events = append(m.events, *r) }
func (m *memory) Sample(s *record.Sample)          { m.samples = append(m.samples, *s) }
func (m *memory) End(f *record.Footer) error       { m.footer = f; return nil }
