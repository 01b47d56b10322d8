package record

import (
	"encoding/json"
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
)

// runDoc is run.json. Field names are API: adding is free.
type runDoc struct {
	Format       string        `json:"format"`
	Version      string        `json:"version"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Seed         uint64        `json:"seed"`
	ScenarioHash string        `json:"scenarioHash"`
	Fingerprint  string        `json:"fingerprint"`
	Interrupted  bool          `json:"interrupted"`
	Idle         bool          `json:"idle"`
	Start        time.Time     `json:"start"`
	Planned      seconds       `json:"planned_seconds"`
	UntilIdle    bool          `json:"untilIdle"`
	Simulated    seconds       `json:"simulated_seconds"`
	Events       uint64        `json:"events"`
	Counts       Counts        `json:"counts"`
	Extended     []string      `json:"extendedResources"`
	Resources    []resourceDoc `json:"resources"`
	Nodes        extremesDoc   `json:"nodes"`
	Used         extremesDoc   `json:"nodesInUse"`
	Queue        extremesDoc   `json:"queue"`
	Notes        []noteDoc     `json:"notes"`
	Parameters   []Parameter   `json:"parameters"`
	Inputs       []inputDoc    `json:"inputs"`
}

// Counts sums up the rows of a run.
type Counts struct {
	Pods        int64 `json:"pods"`
	Scheduled   int64 `json:"scheduled"` // placed by the scheduler
	Pending     int64 `json:"pending"`   // in phase Pending at the end
	Running     int64 `json:"running"`   // in phase Running at the end
	Succeeded   int64 `json:"succeeded"`
	Failed      int64 `json:"failed"`
	Deleted     int64 `json:"deleted"` // gone without a terminal phase
	Nodes       int64 `json:"nodes"`
	Attempts    int64 `json:"attempts"`
	EventRows   int64 `json:"eventRows"`
	EventsTotal int64 `json:"eventsTotal"` // with their counts
	Samples     int64 `json:"samples"`
}

type resourceDoc struct {
	Name        string  `json:"name"`
	Requested   float64 `json:"requested_integral"`   // cores, bytes or units × seconds
	Allocatable float64 `json:"allocatable_integral"` // the same
	PeakShare   float64 `json:"peak_share"`
	PeakAt      seconds `json:"peak"` // instant
}

type extremesDoc struct {
	Min  int64   `json:"min"`
	Max  int64   `json:"max"`
	Mean float64 `json:"mean"`
}

type noteDoc struct {
	Text  string `json:"text"`
	Count int64  `json:"count"`
}

// seconds is a span, or an instant since the start, written as a JSON number with six decimals. An
// instant that did not happen is null.
type seconds int64

func (s seconds) MarshalJSON() ([]byte, error) {
	if sim.Time(s) == sim.Never {
		return []byte("null"), nil
	}
	return appendInstant(nil, sim.Time(s)), nil
}

func (s *seconds) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*s = seconds(sim.Never)
		return nil
	}
	t, err := parseInstant(string(b))
	*s = seconds(t)
	return err
}

// pod counts one row.
func (c *Counts) pod(r *PodRow) {
	c.Pods++
	if _, ok := r.Wait(); ok {
		c.Scheduled++
	}
	switch {
	case r.Phase == "Succeeded":
		c.Succeeded++
	case r.Phase == "Failed":
		c.Failed++
	case r.Gone:
		c.Deleted++
	case r.Phase == "Running":
		c.Running++
	default:
		c.Pending++
	}
}

func newRunDoc(h *Header, f *Footer, counts Counts, inputs []inputDoc) *runDoc {
	d := &runDoc{
		Format: RunLayout.Format, Version: h.Version, Name: h.Name, Description: h.Description, Seed: h.Seed,
		ScenarioHash: h.ScenarioHash, Fingerprint: f.Fingerprint, Interrupted: f.Interrupted, Idle: f.Idle,
		Start: h.Start, Planned: seconds(h.Duration), UntilIdle: h.UntilIdle, Simulated: seconds(f.End),
		Events: f.Events, Counts: counts, Extended: list(h.Extended), Resources: []resourceDoc{},
		Nodes: extremesDoc(f.Nodes), Used: extremesDoc(f.Used), Queue: extremesDoc(f.Queue), Notes: []noteDoc{},
		Parameters: list(h.Parameters), Inputs: list(inputs),
	}
	for _, t := range f.Totals {
		d.Resources = append(d.Resources, resourceDoc{t.Name, t.Requested, t.Allocatable, t.PeakShare, seconds(t.PeakAt)})
	}
	for _, n := range f.Notes {
		d.Notes = append(d.Notes, noteDoc(n))
	}
	return d
}

// list makes the empty list be written as [] and not as null.
func list[E any](s []E) []E {
	if s == nil {
		return []E{}
	}
	return s
}

func (d *runDoc) encode() ([]byte, error) {
	content, err := json.MarshalIndent(d, "", "  ")
	return append(content, '\n'), err
}

// decodeRun reads run.json back.
func decodeRun(content []byte) (*runDoc, error) {
	d := new(runDoc)
	if err := json.Unmarshal(content, d); err != nil {
		return nil, fmt.Errorf("is not the %s of a run: %w", RunFile, err)
	}
	if d.Format != RunLayout.Format {
		return nil, fmt.Errorf("has format %q, want %q", d.Format, RunLayout.Format)
	}
	return d, nil
}

func (d *runDoc) header() *Header {
	return &Header{
		Version: d.Version, Name: d.Name, Description: d.Description, Seed: d.Seed, ScenarioHash: d.ScenarioHash,
		Start: d.Start, Duration: time.Duration(d.Planned), UntilIdle: d.UntilIdle, Parameters: d.Parameters,
		Extended: d.Extended,
	}
}

func (d *runDoc) footer() *Footer {
	f := &Footer{
		End: sim.Time(d.Simulated), Interrupted: d.Interrupted, Idle: d.Idle, Events: d.Events,
		Fingerprint: d.Fingerprint, Nodes: Extremes(d.Nodes), Used: Extremes(d.Used), Queue: Extremes(d.Queue),
	}
	for _, r := range d.Resources {
		f.Totals = append(f.Totals, ResourceTotal{r.Name, r.Requested, r.Allocatable, r.PeakShare, sim.Time(r.PeakAt)})
	}
	for _, n := range d.Notes {
		f.Notes = append(f.Notes, Note(n))
	}
	return f
}
