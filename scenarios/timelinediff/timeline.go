package timelinediff

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Options say what is compared and how strictly. All times are in seconds.
type Options struct {
	// Containers compares states of containers, restarts and all conditions of pods, too.
	Containers bool
	// Floor and Relative are the tolerance: so much, and this share of the instant or interval. The floor of a
	// stream may be another (Slack).
	Floor, Relative float64
	Slack           map[string]float64
	// Transient states, shorter than this, are not compared.
	Transient float64
	// From and Until are the span that is compared, in the time of the recording; Until 0: until its end.
	From, Until float64
	// Shift is added to the times of simulated streams.
	Shift float64
}

// Defaults are the tolerances of the recordings: 0.25 s and 1 %.
func Defaults() Options { return Options{Floor: 0.25, Relative: 0.01, Transient: 0.5} }

// set names a set of interchangeable objects, or one object.
type set struct{ stream, namespace, name string }

func (s set) label() string { return s.stream + "/" + s.namespace + "/" + s.name }

// state is a fact that holds from an instant on.
type state struct {
	t    float64
	fact string
}

// Timeline is one watch stream: the histories of the members of each set, and how many events were told.
type Timeline struct {
	options    Options
	shift      float64
	sets       map[set][]*history
	members    map[string]*history
	names      names
	events     map[string]int
	counted    map[string]int
	components map[string]bool
}

type history struct{ states []state }

// NewTimeline returns a timeline without any rows; rows of a simulated one are shifted.
func NewTimeline(o Options, simulated bool) *Timeline {
	if o.Until == 0 {
		o.Until = math.Inf(1)
	}
	t := &Timeline{options: o, sets: map[set][]*history{}, members: map[string]*history{}, names: newNames(),
		events: map[string]int{}, counted: map[string]int{}, components: map[string]bool{}}
	if simulated {
		t.shift = o.Shift
	}
	return t
}

// Read reads the rows of a recording, a JSON object a line, and puts them in the order of their times.
func Read(r io.Reader) ([]Row, error) {
	var rows []Row
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		row, err := readRow(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		switch {
		case a.T < b.T:
			return -1
		case a.T > b.T:
			return 1
		}
		return 0
	})
	return rows, lines.Err()
}

// readRow reads one row. Of what was done to the cluster only the time counts: such rows have objects of forms of
// their own, and the last one is the end of the recording.
func readRow(line []byte) (Row, error) {
	var row Row
	if bytes.Contains(line, []byte(`"stream":"action"`)) {
		row.Stream = "action"
		err := json.Unmarshal(line, &struct{ T *float64 }{&row.T})
		return row, err
	}
	err := json.Unmarshal(line, &row)
	return row, err
}

// Recorded returns the timeline of a recording. Without an Until it ends shortly before the recording does.
func Recorded(rows []Row, o Options) *Timeline {
	if o.Until == 0 && len(rows) > 0 {
		o.Until = rows[len(rows)-1].T - o.Transient
	}
	t := NewTimeline(o, false)
	for i := range rows {
		t.Add(&rows[i])
	}
	return t
}

// Add takes the next row.
func (t *Timeline) Add(r *Row) {
	at := r.T + t.shift
	switch r.Stream {
	case "events":
		if r.Type != "DELETED" && t.options.From <= at && at <= t.options.Until {
			t.event(&r.Object)
		}
		return
	case "action", "leases", "controllerrevisions":
		return
	}
	m := &r.Object.Metadata
	key := r.Stream + "/" + m.UID
	if m.UID == "" {
		key += m.Namespace + "/" + m.Name
	}
	h, ok := t.members[key]
	if !ok {
		h = &history{}
		t.members[key] = h
		s := t.names.of(r.Stream, &r.Object)
		t.sets[s] = append(t.sets[s], h)
	}
	f, compared := "gone", true
	if r.Type != "DELETED" {
		f, compared = fact(r.Stream, &r.Object, t.options.Containers)
	}
	if n := len(h.states); compared && (n == 0 || h.states[n-1].fact != f) {
		h.states = append(h.states, state{at, f})
	}
}

// Generated suffixes of names.
var (
	podSuffix  = regexp.MustCompile(`-[a-z0-9]{5}$`)
	hashSuffix = regexp.MustCompile(`-[bcdfghjklmnpqrstvwxz2456789]{6,10}$`)
)

// event counts an event.
func (t *Timeline) event(o *object) {
	about := o.InvolvedObject
	if about.Kind == "" {
		about = o.Regarding
	}
	component := o.Source.Component
	if component == "" {
		component = o.ReportingComponent
	}
	n := max(o.Count, o.Series.Count, 1)
	uid := o.Metadata.UID
	if uid == "" {
		uid = o.Metadata.Name
	}
	who := about.Name
	if about.Kind == "Pod" {
		who = podSuffix.ReplaceAllString(who, "")
	}
	who = hashSuffix.ReplaceAllString(who, "")
	key := strings.Join([]string{component, about.Kind, about.Namespace, who, o.Type, o.Reason}, "/")
	t.events[key] += n - t.counted[uid]
	t.counted[uid] = n
	t.components[component] = true
}

// names gives objects the names of their sets: the same on both sides, whatever the generated suffixes are.
type names struct {
	revisions map[[2]string]string
	seen      map[[2]string]int
}

func newNames() names { return names{map[[2]string]string{}, map[[2]string]int{}} }

func (n *names) of(stream string, o *object) set {
	m := &o.Metadata
	kind, parent := o.owner()
	s := set{stream, m.Namespace, m.Name}
	switch {
	case stream == "replicasets" && kind == "Deployment":
		s.name = n.replicaSet(m.Namespace, m.Name, parent)
	case stream == "pods" && kind == "ReplicaSet":
		s.name = n.replicaSet(m.Namespace, parent, "") + "/pod"
	case stream == "pods" && (kind == "Job" || kind == "DaemonSet"):
		s.name = parent + "/pod"
	case stream == "jobs" && kind == "CronJob":
		s.name = parent + "/job"
	}
	return s
}

// replicaSet is "web/rs0" for the first set of the Deployment web.
func (n *names) replicaSet(namespace, name, deployment string) string {
	key := [2]string{namespace, name}
	if known, ok := n.revisions[key]; ok {
		return known
	}
	if deployment == "" {
		deployment = name
		if i := strings.LastIndex(name, "-"); i >= 0 {
			deployment = name[:i]
		}
	}
	parent := [2]string{namespace, deployment}
	n.revisions[key] = fmt.Sprintf("%s/rs%d", deployment, n.seen[parent])
	n.seen[parent]++
	return n.revisions[key]
}
