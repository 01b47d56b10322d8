// Package harness runs random cases past the real scheduler and past another one, and keeps what
// came of it: cycles compared, differences, outcomes reached.
package harness

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/oracle"
	"towtank.dev/towtank/scheduler/parity/shrink"
)

// Harness says what is compared.
type Harness struct {
	Subject compare.Subject
	Options compare.Options
	// Fast is held to what became of the pods only, because it does not tell how: nil for none.
	Fast compare.Subject
	// Features are those that the case of a seed may have.
	Features func(seed uint64) []string
	// Workers is how many cases are under way at once.
	Workers int
}

// Outcome is what came of one case.
type Outcome struct {
	Seed uint64
	Case *generate.Case
	// Want is the real scheduler's answer, nil when it refuses the case.
	Want *answer.Document
	// Refused is the real scheduler's refusal of the configuration.
	Refused error
	// Cycles counts the attempts in Want.
	Cycles int
	// Found is the first difference, nil when there is none.
	Found *compare.Difference
	// Chance says that the real scheduler, asked again, answers differently itself, and in one of its
	// ways as the subject does: where the order of a Go map decides, each order is right.
	Chance bool
}

// asks is how often the real scheduler is asked before a difference counts as one.
const asks = 12

// Run goes through the seeds from first to last and hands over each outcome, in order. It stops
// early when each returns false.
func (h *Harness) Run(first, last uint64, each func(Outcome) bool) {
	type job struct {
		seed uint64
		done chan Outcome
	}
	jobs := make(chan job)
	order := make(chan chan Outcome, 4*h.Workers)
	stop := make(chan struct{})
	var workers sync.WaitGroup
	for range h.Workers {
		workers.Go(func() {
			for j := range jobs {
				j.done <- h.seed(j.seed)
			}
		})
	}
	go func() {
		defer close(order)
		defer close(jobs)
		for seed := first; seed <= last; seed++ {
			done := make(chan Outcome, 1)
			select {
			case order <- done:
				jobs <- job{seed, done}
			case <-stop:
				return
			}
		}
	}()
	going := true
	for done := range order {
		if o := <-done; going && !each(o) {
			going = false
			close(stop)
		}
	}
	workers.Wait()
}

func (h *Harness) seed(seed uint64) Outcome {
	o := h.Compare(generate.New(seed, h.Features(seed)))
	o.Seed = seed
	return o
}

// Compare asks both schedulers about a case.
func (h *Harness) Compare(c *generate.Case) Outcome {
	o := Outcome{Case: c}
	text, err := c.JSON()
	if err != nil {
		o.Found = &compare.Difference{Where: "the case", Want: "a case that can be written", Got: err.Error()}
		return o
	}
	o.Want, o.Refused = ask(text)
	got, err := h.Subject.Answer(text)
	switch {
	case o.Refused != nil && err == nil:
		o.Found = &compare.Difference{Where: "refusal", Want: o.Refused.Error(), Got: "an answer"}
	case o.Refused != nil:
	case err != nil:
		o.Found = &compare.Difference{Where: "answer", Want: "one", Got: err.Error()}
	default:
		for i := range o.Want.Pods {
			o.Cycles += len(o.Want.Pods[i].Attempts)
		}
		h.hold(&o, text, got, h.Options)
		if h.Fast != nil && o.Found == nil {
			h.holdFast(&o, text)
		}
	}
	return o
}

// holdFast compares the answer of the fast subject.
func (h *Harness) holdFast(o *Outcome, text generate.Text) {
	got, err := h.Fast.Answer(text)
	if err != nil {
		o.Found = &compare.Difference{Where: "fast answer", Want: "one", Got: err.Error()}
		return
	}
	options := h.Options
	options.OutcomesOnly = true
	h.hold(o, text, got, options)
	if o.Found != nil {
		o.Found.Where = "fast: " + o.Found.Where
	}
}

// hold compares the answers, and asks again where they differ.
func (h *Harness) hold(o *Outcome, text generate.Text, got *answer.Document, options compare.Options) {
	found := compare.Documents(o.Want, got, options)
	if len(found) == 0 {
		return
	}
	for range asks {
		other, err := ask(text)
		if err == nil && len(compare.Documents(other, got, options)) == 0 {
			o.Chance = true
			return
		}
	}
	o.Found = &found[0]
}

// ask asks the real scheduler; its panic is an error, as no case should bring it about.
func ask(text generate.Text) (d *answer.Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			d, err = nil, fmt.Errorf("the real scheduler panics: %v", p)
		}
	}()
	c, err := oracle.Parse(text)
	if err != nil {
		return nil, err
	}
	return c.Place()
}

// Shrink makes the case of an outcome with a difference as small as it gets while the two still
// differ in the same kind of thing.
func (h *Harness) Shrink(o Outcome) *generate.Case {
	want := kind(*o.Found)
	small := shrink.Case(o.Case, func(c *generate.Case) bool {
		got := h.Compare(c)
		return got.Found != nil && kind(*got.Found) == want
	})
	small.Title = fmt.Sprintf("seed %d: %s", o.Seed, strings.ReplaceAll(want, "\n", " "))
	return small
}

var names = regexp.MustCompile(`pods\[\d+\] \S+ |attempts\[\d+\] |(scores|infeasible|candidates)\[[^]]*\]`)

// kind is a difference's place without the names of pods and nodes in it. Refusals are told apart
// by the words they begin with.
func kind(d compare.Difference) string {
	k := names.ReplaceAllString(d.Where, "$1")
	if strings.HasSuffix(d.Where, "answer") {
		k += " " + d.Got[:min(len(d.Got), 12)]
	}
	return k
}
