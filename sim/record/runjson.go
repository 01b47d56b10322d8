package record

import (
	"encoding/json"
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
)

// runDoc is run.json. Field names are API: adding is free. The doc tags go to the documentation.
type runDoc struct {
	Format       string        `json:"format" doc:"form of this file"`
	Version      string        `json:"version" doc:"of towtank"`
	Name         string        `json:"name" doc:"metadata.name of the scenario"`
	Description  string        `json:"description,omitempty" doc:"metadata.description of the scenario; left out when it has none"`
	Seed         uint64        `json:"seed" doc:"seed of every draw"`
	ScenarioHash string        `json:"scenarioHash" doc:"hex SHA-256 over the scenario and the files it refers to"`
	Fingerprint  string        `json:"fingerprint" doc:"hash over everything that happened: equal runs have equal fingerprints"`
	Interrupted  bool          `json:"interrupted" doc:"whether the run was stopped before its end; all files are complete up to simulated_seconds"`
	Idle         bool          `json:"idle" doc:"whether the run ended because nothing was left to happen"`
	Start        time.Time     `json:"start" doc:"wall clock of the simulation at its start"`
	Planned      seconds       `json:"planned_seconds" doc:"planned length; with untilIdle the limit, 0 for none"`
	UntilIdle    bool          `json:"untilIdle" doc:"whether the run was to end once idle"`
	Simulated    seconds       `json:"simulated_seconds" doc:"simulated time"`
	Events       uint64        `json:"events" doc:"events of the simulation"`
	Counts       counts        `json:"counts"`
	Extended     []string      `json:"extendedResources" doc:"extended resources of the nodes, sorted; each has two columns in series.csv"`
	Resources    []resourceDoc `json:"resources"`
	Nodes        extremesDoc   `json:"nodes" doc:"number of nodes over time"`
	Used         extremesDoc   `json:"nodesInUse" doc:"number of nodes with a pod that has not ended, over time"`
	Queue        extremesDoc   `json:"queue" doc:"number of pods waiting to be scheduled, over time"`
	Notes        []noteDoc     `json:"notes"`
	Parameters   []Parameter   `json:"parameters" doc:"every effective parameter: name and value as text"`
	Inputs       []inputDoc    `json:"inputs"`
}

// counts sums up the rows of a run.
type counts struct {
	Pods        int64 `json:"pods" doc:"rows of pods.csv"`
	Scheduled   int64 `json:"scheduled" doc:"pods that the scheduler placed"`
	Pending     int64 `json:"pending" doc:"pods in phase Pending at the end"`
	Running     int64 `json:"running" doc:"pods in phase Running at the end"`
	Succeeded   int64 `json:"succeeded" doc:"pods that ended in phase Succeeded"`
	Failed      int64 `json:"failed" doc:"pods that ended in phase Failed"`
	Deleted     int64 `json:"deleted" doc:"pods that are gone and were in neither"`
	Nodes       int64 `json:"nodes" doc:"rows of nodes.csv"`
	Attempts    int64 `json:"attempts" doc:"rows of attempts.csv"`
	EventRows   int64 `json:"eventRows" doc:"rows of events.csv"`
	EventsTotal int64 `json:"eventsTotal" doc:"Kubernetes events, each as often as it was reported"`
	Samples     int64 `json:"samples" doc:"rows of series.csv"`
	Containers  int64 `json:"containerStarts" doc:"rows of containers.csv"`
	Workloads   int64 `json:"workloads" doc:"rows of workloads.csv"`
	Services    int64 `json:"services" doc:"rows of services.csv"`
	Volumes     int64 `json:"volumes" doc:"rows of volumes.csv"`
}

type resourceDoc struct {
	Name        string  `json:"name" doc:"cpu, memory, pods or an extended resource"`
	Requested   float64 `json:"requested_integral" doc:"requested by pods on nodes, summed over time: cores, bytes or units times seconds"`
	Allocatable float64 `json:"allocatable_integral" doc:"offered by all nodes, summed over time"`
	PeakShare   float64 `json:"peak_share" doc:"largest requested / allocatable at one time, above 1 when overcommitted"`
	PeakAt      seconds `json:"peak" doc:"first instant of the peak, in seconds"`
}

type extremesDoc struct {
	Min  int64   `json:"min" doc:"at least"`
	Max  int64   `json:"max" doc:"at most"`
	Mean float64 `json:"mean" doc:"mean weighted by time"`
}

type noteDoc struct {
	Text  string `json:"text" doc:"remark on the run, such as what was left out"`
	Count int64  `json:"count" doc:"how often it applies"`
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
func (c *counts) pod(r *PodRow) {
	c.Pods++
	if _, ok := r.Wait(); ok {
		c.Scheduled++
	}
	switch {
	case r.Gone:
		c.Deleted++
	case r.Phase == "Succeeded":
		c.Succeeded++
	case r.Phase == "Failed":
		c.Failed++
	case r.Phase == "Running":
		c.Running++
	default:
		c.Pending++
	}
}

func newRunDoc(h *Header, f *Footer, sums counts, inputs []inputDoc) *runDoc {
	d := &runDoc{
		Format: RunLayout.Format, Version: h.Version, Name: h.Name, Description: h.Description, Seed: h.Seed,
		ScenarioHash: h.ScenarioHash, Fingerprint: f.Fingerprint, Interrupted: f.Interrupted, Idle: f.Idle,
		Start: h.Start, Planned: seconds(h.Duration), UntilIdle: h.UntilIdle, Simulated: seconds(f.End),
		Events: f.Events, Counts: sums, Extended: list(h.Extended), Resources: []resourceDoc{},
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
