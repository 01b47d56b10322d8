package record

// Memory keeps a whole record. It is for tests and for runs known to be small.
type Memory struct {
	Header   Header
	Pods     []PodRow
	Nodes    []NodeRow
	Attempts []AttemptRow
	Events   []EventRow
	Samples  []Sample
	// Containers, Workloads, Services and Volumes are the rows of those files.
	Containers []ContainerRow
	Workloads  []WorkloadRow
	Services   []ServiceRow
	Volumes    []VolumeRow
	Footer     Footer
	Ended      bool
}

var _ Sink = (*Memory)(nil)

// Begin keeps the header.
func (m *Memory) Begin(h *Header) { m.Header = *h }

// Pod keeps a copy of the row.
func (m *Memory) Pod(r *PodRow) { m.Pods = append(m.Pods, *r) }

// Node keeps a copy of the row.
func (m *Memory) Node(r *NodeRow) { m.Nodes = append(m.Nodes, *r) }

// Attempt keeps a copy of the row.
func (m *Memory) Attempt(r *AttemptRow) { m.Attempts = append(m.Attempts, *r) }

// Event keeps a copy of the row.
func (m *Memory) Event(r *EventRow) { m.Events = append(m.Events, *r) }

// Container keeps a copy of the row.
func (m *Memory) Container(r *ContainerRow) { m.Containers = append(m.Containers, *r) }

// Workload keeps a copy of the row.
func (m *Memory) Workload(r *WorkloadRow) { m.Workloads = append(m.Workloads, *r) }

// Volume keeps a copy of the row.
func (m *Memory) Volume(r *VolumeRow) { m.Volumes = append(m.Volumes, *r) }

// Service keeps a copy of the row.
func (m *Memory) Service(r *ServiceRow) { m.Services = append(m.Services, *r) }

// Sample keeps a copy of the row; the writer of the record may use its Resources again.
func (m *Memory) Sample(r *Sample) {
	kept := *r
	kept.Resources = append([]Usage(nil), r.Resources...)
	m.Samples = append(m.Samples, kept)
}

// End keeps the footer. It does not fail.
func (m *Memory) End(f *Footer) error {
	m.Footer, m.Ended = *f, true
	return nil
}

// Replay passes the kept record on to another sink, table after table as Read does.
func (m *Memory) Replay(s Sink) error {
	s.Begin(&m.Header)
	for i := range m.Pods {
		s.Pod(&m.Pods[i])
	}
	for i := range m.Nodes {
		s.Node(&m.Nodes[i])
	}
	for i := range m.Containers {
		s.Container(&m.Containers[i])
	}
	for i := range m.Workloads {
		s.Workload(&m.Workloads[i])
	}
	for i := range m.Services {
		s.Service(&m.Services[i])
	}
	for i := range m.Volumes {
		s.Volume(&m.Volumes[i])
	}
	for i := range m.Samples {
		s.Sample(&m.Samples[i])
	}
	for i := range m.Attempts {
		s.Attempt(&m.Attempts[i])
	}
	for i := range m.Events {
		s.Event(&m.Events[i])
	}
	return s.End(&m.Footer)
}
