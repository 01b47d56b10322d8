package record

// Dir is the sink that writes a run's folder: run.json, the CSV files and inputs/. Every file is
// written whole or not at all, and an earlier run's files are replaced together at End.
type Dir struct {
	folder   *Folder
	inputs   []inputDoc
	head     *Header
	pods     table[PodRow]
	nodes    table[NodeRow]
	series   table[Sample]
	attempts table[AttemptRow]

	containers table[ContainerRow]
	workloads  table[WorkloadRow]
	services   table[ServiceRow]
	volumes    table[VolumeRow]
	events     table[EventRow]
	counts     counts
}

var _ Sink = (*Dir)(nil)

// OpenDir prepares the folder of a run and begins its files, so that a folder that cannot be written
// to is known before the run starts. It refuses a folder that holds anything but an earlier run and the files
// beside it that are named. Whoever does not come as far as End calls Abort.
func OpenDir(path string, inputs []Input, beside ...string) (*Dir, error) {
	layout := RunLayout
	layout.Beside = beside
	folder, err := OpenFolder(path, layout)
	if err != nil {
		return nil, err
	}
	d := &Dir{folder: folder}
	if err := d.open(inputs); err != nil {
		folder.Abort()
		return nil, err
	}
	return d, nil
}

func (d *Dir) open(inputs []Input) (err error) {
	if d.inputs, err = d.folder.keepInputs(inputs); err != nil {
		return err
	}
	if d.pods, err = newTable(d.folder, PodsFile, podColumns); err != nil {
		return err
	}
	if d.nodes, err = newTable(d.folder, NodesFile, nodeColumns); err != nil {
		return err
	}
	// The columns of the series wait for the header: it names the extended resources.
	if d.series, err = newTable[Sample](d.folder, SeriesFile, nil); err != nil {
		return err
	}
	if d.attempts, err = newTable(d.folder, AttemptsFile, attemptColumns); err != nil {
		return err
	}
	if d.containers, err = newTable(d.folder, ContainersFile, containerColumns); err != nil {
		return err
	}
	if d.workloads, err = newTable(d.folder, WorkloadsFile, workloadColumns); err != nil {
		return err
	}
	if d.services, err = newTable(d.folder, ServicesFile, serviceColumns); err != nil {
		return err
	}
	if d.volumes, err = newTable(d.folder, VolumesFile, volumeColumns); err != nil {
		return err
	}
	d.events, err = newTable(d.folder, EventsFile, eventColumns)
	return err
}

// Abort removes everything this sink has written. It does nothing after End.
func (d *Dir) Abort() { d.folder.Abort() }

// Begin writes the header lines.
func (d *Dir) Begin(h *Header) {
	d.head = h
	d.series.columns = seriesColumns(h.Extended)
	d.pods.header()
	d.nodes.header()
	d.series.header()
	d.attempts.header()
	d.events.header()
	d.containers.header()
	d.workloads.header()
	d.services.header()
	d.volumes.header()
}

// Pod writes a row of pods.csv.
func (d *Dir) Pod(r *PodRow) {
	d.counts.pod(r)
	d.pods.row(r)
}

// Node writes a row of nodes.csv.
func (d *Dir) Node(r *NodeRow) {
	d.counts.Nodes++
	d.nodes.row(r)
}

// Attempt writes a row of attempts.csv.
func (d *Dir) Attempt(r *AttemptRow) {
	d.counts.Attempts++
	d.attempts.row(r)
}

// Event writes a row of events.csv.
func (d *Dir) Event(r *EventRow) {
	d.counts.EventRows++
	d.counts.EventsTotal += int64(r.Count)
	d.events.row(r)
}

// Container writes a row of containers.csv.
func (d *Dir) Container(r *ContainerRow) {
	d.counts.Containers++
	d.containers.row(r)
}

// Workload writes a row of workloads.csv.
func (d *Dir) Workload(r *WorkloadRow) {
	d.counts.Workloads++
	d.workloads.row(r)
}

// Volume writes a row of volumes.csv.
func (d *Dir) Volume(r *VolumeRow) {
	d.counts.Volumes++
	d.volumes.row(r)
}

// Service writes a row of services.csv.
func (d *Dir) Service(r *ServiceRow) {
	d.counts.Services++
	d.services.row(r)
}

// Sample writes a row of series.csv.
func (d *Dir) Sample(r *Sample) {
	d.counts.Samples++
	d.series.row(r)
}

// End writes run.json and puts all files in their places. On error, which names the file, nothing of
// this run is left behind.
func (d *Dir) End(f *Footer) error {
	content, err := newRunDoc(d.head, f, d.counts, d.inputs).encode()
	if err == nil {
		err = d.folder.WriteFile(RunFile, content)
	}
	if err != nil {
		d.folder.Abort()
		return err
	}
	return d.folder.Commit()
}
