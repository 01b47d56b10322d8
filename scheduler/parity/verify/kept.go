package verify

import (
	"encoding/json"

	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// outcome is what came of a cycle, whoever evaluated it.
type outcome struct {
	Pod       string
	Attempt   int
	Began     sim.Time
	Result    string
	Node      string   `json:",omitempty"`
	Evaluated int      `json:",omitempty"`
	Message   string   `json:",omitempty"`
	Nominated string   `json:",omitempty"`
	Victims   []string `json:",omitempty"`
}

func outcomeOf(c *scheduler.Cycle) outcome {
	o := outcome{c.Pod.Key(), c.Attempt, c.Started, c.Result, c.Node, c.Evaluated, c.Message, c.NominatedNode, nil}
	for _, victim := range c.Victims {
		o.Victims = append(o.Victims, victim.Key())
	}
	return o
}

// text is the outcome for people, and for comparing.
func (o outcome) text() string {
	b, err := json.Marshal(o)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// keeper holds the runtime that keeps answers to what came of the same cycles before.
type keeper struct {
	outcomes []outcome
	report   *Report
	done     bool
}

var _ world.Witness = (*keeper)(nil)

func (k *keeper) run(config *world.Config, o Options) (*record.Footer, error) {
	footer, err := world.Run(config, world.RunOptions{Witness: k, Stop: func() bool { return k.done }})
	if err == nil && k.report.Found == nil && k.report.Kept < len(k.outcomes) {
		k.differ(&k.outcomes[k.report.Kept], "no cycle")
	}
	return footer, err
}

// Delivered is nothing to hold anyone to.
func (k *keeper) Delivered(sim.Time, apiserver.Change) {}

// Decided compares what came of a cycle.
func (k *keeper) Decided(_ sim.Time, c *scheduler.Cycle) {
	if k.done {
		return
	}
	got := outcomeOf(c)
	if k.report.Kept == len(k.outcomes) {
		if k.report.Complete {
			k.differ(&got, got.text())
		}
		k.done = true
		return
	}
	want := &k.outcomes[k.report.Kept]
	if want.text() != got.text() {
		k.differ(want, got.text())
		return
	}
	k.report.Kept++
}

// differ tells of a cycle that came out otherwise.
func (k *keeper) differ(want *outcome, got string) {
	k.done = true
	expected := "no cycle"
	if k.report.Kept < len(k.outcomes) {
		expected = want.text()
	}
	k.report.Found = &Found{Cycle: k.report.Kept + 1, At: want.Began, Pod: want.Pod, Attempt: want.Attempt,
		Sides: [2]string{Anew, Kept}, Differences: []compare.Difference{{Where: "what came of it", Want: expected, Got: got}}}
}

// Finished is nothing to hold anyone to.
func (k *keeper) Finished(sim.Time, *scheduler.Cycle) {}

// Unbound is nothing to hold anyone to.
func (k *keeper) Unbound(sim.Time, *scheduler.Cycle) {}
