package record

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"towtank.dev/towtank/sim"
)

// Read plays the record in a run's folder into a sink: the header, then the pods, the nodes, the
// containers, the workloads, the services, the volumes, the samples, the attempts and the events, each in the order of its
// file, then the footer. It reads a row at a time. Errors name file, line, column and field; the sink's End is then not called.
func Read(dir string, sink Sink) error {
	content, err := os.ReadFile(filepath.Join(dir, RunFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: is not the folder of a run: it has no %s", dir, RunFile)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, RunFile), reason(err))
	}
	doc, err := decodeRun(content)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, RunFile), err)
	}
	sink.Begin(doc.header())
	usage := newUsage(doc.Extended)
	err = errors.Join(
		replay(dir, PodsFile, podColumns, func() PodRow { return unhappened }, sink.Pod),
		replay(dir, NodesFile, nodeColumns, fresh[NodeRow], sink.Node),
		replay(dir, ContainersFile, containerColumns, func() ContainerRow { return unstarted }, sink.Container),
		replay(dir, WorkloadsFile, workloadColumns, func() WorkloadRow { return unchanged }, sink.Workload),
		later(dir, ServicesFile, serviceColumns, fresh[ServiceRow], sink.Service),
		later(dir, VolumesFile, volumeColumns, fresh[VolumeRow], sink.Volume),
		replay(dir, SeriesFile, seriesColumns(doc.Extended), func() Sample { return Sample{Resources: usage} }, sink.Sample),
		replay(dir, AttemptsFile, attemptColumns, fresh[AttemptRow], sink.Attempt),
		replay(dir, EventsFile, eventColumns, fresh[EventRow], sink.Event),
	)
	if err != nil {
		return err
	}
	return sink.End(doc.footer())
}

// unhappened is a pod to which nothing has happened.
var unhappened = PodRow{Created: sim.Never, Tried: sim.Never, Scheduled: sim.Never, Started: sim.Never, Ready: sim.Never, Ended: sim.Never}

func fresh[R any]() R {
	var r R
	return r
}

// later is replay for a file that runs of earlier versions do not have.
func later[R any](dir, name string, columns []column[R], fresh func() R, give func(*R)) error {
	if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return replay(dir, name, columns, fresh, give)
}

// replay reads one CSV file and hands each row on. Columns are found by name, so that a later version
// may add some; computed ones are not read.
func replay[R any](dir, name string, columns []column[R], fresh func() R, give func(*R)) error {
	path := filepath.Join(dir, name)
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	defer file.Close()
	reader := csv.NewReader(bufio.NewReaderSize(file, flushAt))
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("%s:1:1: the line of column names is missing", path)
	}
	header = slices.Clone(header) // the reader uses its slice again
	readers, err := match(columns, header)
	if err != nil {
		return fmt.Errorf("%s:1:1: %w", path, err)
	}
	for {
		record, err := reader.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return csvError(path, err)
		}
		r := fresh()
		for i, read := range readers {
			if read == nil {
				continue
			}
			if err := read(&r, record[i]); err != nil {
				line, column := reader.FieldPos(i)
				return fmt.Errorf("%s:%d:%d: %s: %w", path, line, column, header[i], err)
			}
		}
		give(&r)
	}
}

// match finds for each field of the header the function that reads it.
func match[R any](columns []column[R], header []string) ([]func(*R, string) error, error) {
	readers := make([]func(*R, string) error, len(header))
	places := map[string]int{}
	for i, name := range header {
		places[name] = i
	}
	for _, c := range columns {
		if c.read == nil {
			continue
		}
		i, ok := places[c.Name]
		if !ok {
			return nil, fmt.Errorf("column %s is missing", c.Name)
		}
		readers[i] = c.read
	}
	return readers, nil
}

// csvError brings an error of the CSV reader into our form.
func csvError(path string, err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s:%d:%d: %w", path, parse.Line, max(parse.Column, 1), parse.Err)
	}
	return fmt.Errorf("%s: %w", path, reason(err))
}
