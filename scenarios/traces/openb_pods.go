package traces

import (
	"fmt"
	"math"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// openbPods are the arrivals of one pod list under one replay.
type openbPods struct {
	options Options
	// listed says that the rows are held in memory and put in order: shuffled, or by time when the list
	// is not in order of time.
	listed bool
}

// newOpenbPods looks through the list once: whether it is one, and whether its times go forward.
func newOpenbPods(o Options) (*openbPods, error) {
	pods := &openbPods{options: o, listed: o.Replay == "shuffled"}
	rows, err := pods.open()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	usable, last := 0, math.Inf(-1)
	for {
		row, ok, err := rows.row()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		usable++
		pods.listed = pods.listed || row.created < last
		last = row.created
	}
	if usable == 0 {
		return nil, Problems{fmt.Sprintf("%s:2:1: no usable pod: %s", o.Pods, rows.left.why())}
	}
	return pods, nil
}

// why names the reasons in one line.
func (s *skipped) why() string {
	if len(s.reasons) == 0 {
		return "the list has no rows"
	}
	return fmt.Sprintf("%s (line %d)", s.reasons[0].text, s.reasons[0].line)
}

func (p *openbPods) open() (*openbSeq, error) {
	wanted := []string{"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"}
	if p.options.Replay == "time" {
		wanted = append(wanted, "creation_time", "deletion_time", "scheduled_time")
	}
	t, err := openTable(p.options.Pods, wanted...)
	if err != nil {
		return nil, err
	}
	return &openbSeq{
		table: t, options: p.options, left: skipped{file: p.options.Pods},
		specs: map[openbShape]*model.PodSpec{}, labels: map[string]map[string]string{},
	}, nil
}

// Open starts one pass over the pods. The seed draws the order of a shuffled replay.
func (p *openbPods) Open(seed uint64) (world.ArrivalSeq, error) {
	seq, err := p.open()
	if err != nil || !p.listed {
		return seq, err
	}
	for {
		row, ok, err := seq.row()
		if err != nil {
			seq.Close()
			return nil, err
		}
		if !ok {
			break
		}
		seq.rows = append(seq.rows, row)
	}
	seq.listed = true
	if p.options.Replay == "shuffled" {
		sim.NewStream(seed, "traces/openb/shuffled").Shuffle(len(seq.rows), func(i, j int) {
			seq.rows[i], seq.rows[j] = seq.rows[j], seq.rows[i]
		})
		return seq, nil
	}
	slices.SortStableFunc(seq.rows, func(a, b openbRow) int {
		switch {
		case a.created < b.created:
			return -1
		case a.created > b.created:
			return 1
		}
		return 0
	})
	return seq, nil
}

// openbSeq is one pass over a pod list.
type openbSeq struct {
	table   *table
	options Options
	left    skipped
	listed  bool
	rows    []openbRow // when listed: what is still to come
	begun   bool
	specs   map[openbShape]*model.PodSpec
	labels  map[string]map[string]string
}

// maxShapes bounds the specs that are kept for sharing.
const maxShapes = 4096

// row reads the next usable row of the file.
func (s *openbSeq) row() (openbRow, bool, error) {
	for {
		more, err := s.table.next()
		if !more || err != nil {
			return openbRow{}, false, err
		}
		row, why := parseOpenbRow(s.table, s.options.Replay == "time")
		if why == "" {
			return row, true, nil
		}
		s.left.add(s.table.line(), why)
	}
}

// Next returns the next pod.
func (s *openbSeq) Next() (world.Arrival, bool, error) {
	var row openbRow
	if s.listed {
		if len(s.rows) == 0 {
			return world.Arrival{}, false, nil
		}
		row, s.rows = s.rows[0], s.rows[1:]
	} else {
		var ok bool
		var err error
		if row, ok, err = s.row(); !ok || err != nil {
			return world.Arrival{}, false, err
		}
	}
	a := world.Arrival{Pod: s.pod(&row)}
	if s.options.Replay == "time" {
		a.At = sim.Time(math.Round(row.created * 1e9))
		run := row.run
		a.Run = &run
	} else {
		a.AfterPrevious = s.begun
		forever := math.Inf(1)
		a.Run = &forever
	}
	s.begun = true
	return a, true, nil
}

func (s *openbSeq) pod(row *openbRow) *model.Pod {
	shape := row.shape()
	spec := s.specs[shape]
	if spec == nil {
		if len(s.specs) >= maxShapes {
			clear(s.specs)
		}
		spec = row.podSpec(s.options.GPU)
		s.specs[shape] = spec
	}
	labels := s.labels[row.qos]
	if labels == nil && row.qos != "" {
		labels = map[string]string{LabelQoS: row.qos}
		if len(s.labels) < maxShapes {
			s.labels[row.qos] = labels
		}
	}
	return &model.Pod{
		ObjectMeta: model.ObjectMeta{Name: row.name, Namespace: openbNamespace, Labels: labels},
		Spec:       spec,
	}
}

// Notes are the rows that were left out, by reason.
func (s *openbSeq) Notes() []record.Note { return s.left.notes() }

// Close closes the file.
func (s *openbSeq) Close() error { return s.table.close() }
