package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/plugins"
)

// placing is how pods are placed without time. Its flags are common to place and explain.
type placing struct {
	config   string
	order    string
	tieBreak string
	seed     uint64
}

var orders = []string{place.OrderGiven, place.OrderQueue}

func (p *placing) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.config, "config", "", "a KubeSchedulerConfiguration; all nodes are scored unless it says otherwise")
	f.StringVar(&p.order, "order", place.OrderGiven, "which pending pod comes first: "+strings.Join(orders, ", ")+" (by priority)")
	f.StringVar(&p.tieBreak, "tie-break", scheduler.TieUpstream, "which of equally good nodes: "+strings.Join(tieBreaks, ", "))
	f.Uint64Var(&p.seed, "seed", 1, "seed of --tie-break random")
	complete(c, "order", orders)
	complete(c, "tie-break", tieBreaks)
}

// options are the flags as placing takes them.
func (p *placing) options(known *plugins.Registry) (place.Options, error) {
	for _, f := range []struct {
		flag, value string
		words       []string
	}{{"order", p.order, orders}, {"tie-break", p.tieBreak, tieBreaks}} {
		if !contains(f.words, f.value) {
			return place.Options{}, usageError{fmt.Errorf("--%s: %q is not known, want %s", f.flag, f.value, strings.Join(f.words, ", "))}
		}
	}
	return place.Options{Order: p.order, TieBreak: p.tieBreak, Seed: p.seed, Plugins: known, Running: place.Running}, nil
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// placeFlags are the flags of towtank place.
type placeFlags struct {
	placing
	pod       string
	count     int
	untilFull bool
	form      output
	quiet     bool
}

func (a *app) placeCommand() *cobra.Command {
	flags := new(placeFlags)
	c := &cobra.Command{
		Use:   "place FILE...",
		Short: "Schedule the pending pods of a snapshot once, without time",
		Long: `Place reads what kubectl get -o yaml (or json) prints, of any size, and gives every pending pod one try: what
it takes is taken, and the next one sees it. Pods that preempt others are tried again at once. FILE may be a
folder, or - for standard input. With --pod it says how many further pods of a template fit, where they
go and what stops the next one.

What the API server would refuse, and where the snapshot contradicts itself, are warnings on standard
error. With -o json every attempt is told with every verdict and score.`,
		Example: `  kubectl get nodes,pods,pvc,pv,sc,priorityclasses,pdb -A -o yaml | towtank place -
  towtank place cluster.yaml --config scheduler.yaml --order queue
  towtank place cluster.yaml --pod template.yaml --until-full
  towtank place cluster.yaml --pod template.yaml --count 500`,
		RunE: func(c *cobra.Command, files []string) error {
			if err := flags.check(c, files); err != nil {
				return err
			}
			o, err := flags.options(a.plugins)
			if err != nil {
				return err
			}
			return a.place(c, flags, files, o)
		},
	}
	flags.flags(c)
	f := c.Flags()
	f.StringVar(&flags.pod, "pod", "", "a file with a Pod: how many of it fit beside what is there?")
	f.IntVar(&flags.count, "count", 0, "so many pods of --pod")
	f.BoolVar(&flags.untilFull, "until-full", false, "as many pods of --pod as fit")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing on standard error but errors")
	outputFlag(c, &flags.form)
	return c
}

func (f *placeFlags) check(c *cobra.Command, files []string) error {
	counted := c.Flags().Changed("count")
	switch {
	case len(files) == 0:
		return usageError{errors.New("nothing to place, want a snapshot: files of manifests, folders, or - for standard input")}
	case f.pod == "" && (counted || f.untilFull):
		return usageError{errors.New("--count and --until-full belong to a template, want --pod FILE as well")}
	case f.pod != "" && counted == f.untilFull:
		return usageError{errors.New("--pod needs a number: want either --count N or --until-full")}
	case counted && f.count < 1:
		return usageError{fmt.Errorf("--count: %d, want 1 or more", f.count)}
	}
	return nil
}

// place reads, places and prints.
func (a *app) place(c *cobra.Command, flags *placeFlags, files []string, o place.Options) error {
	s, err := scenarios.LoadSnapshot(files, c.InOrStdin())
	if err != nil {
		return err
	}
	config, err := scenarios.PlacingConfig(flags.config, a.plugins)
	if err != nil {
		return err
	}
	if !flags.quiet {
		a.remark(s.Warnings)
	}
	name := strings.Join(files, " ")
	if flags.pod != "" {
		return a.fill(flags, s, name, func(template *model.Pod) (*place.Filling, error) {
			return place.Fill(s.Objects, template, flags.count, config, o)
		})
	}
	told := newTeller(s.Objects, o.TieBreak)
	if flags.form != "json" {
		detailed := reports.Detailed(told.pending)
		o.Explain = func(*model.Pod) bool { return detailed }
	}
	o.Cycle = told.cycle
	result, err := place.Place(s.Objects, config, o)
	if err != nil {
		return err
	}
	if flags.form == "json" {
		return a.printJSON(result)
	}
	return a.show(flags.form, told.placement(name, result).Doc())
}

// fill says how many pods of the template fit.
func (a *app) fill(flags *placeFlags, s *scenarios.Snapshot, name string, fill func(*model.Pod) (*place.Filling, error)) error {
	template, warnings, err := scenarios.LoadTemplate(flags.pod)
	if err != nil {
		return err
	}
	if !flags.quiet {
		a.remark(warnings)
	}
	f, err := fill(template)
	if err != nil {
		return fmt.Errorf("%s: %w", flags.pod, err)
	}
	doc := &reports.Filling{Snapshot: name, Template: flags.pod, Nodes: len(f.Before.NodeOrder), Wanted: flags.count, Placed: f.Placed,
		Before: len(f.Before.Pods), On: f.On, Order: f.Before.NodeOrder, Endless: f.Endless}
	for i := range f.Before.Pods {
		if f.Before.Pods[i].Node == "" {
			doc.Unplaced++
		}
	}
	if f.Next != nil {
		doc.Result, doc.Message = f.Next.Result, f.Next.Message
	}
	if f.Stop != nil {
		doc.Stop = decision(f.Stop, doc.Nodes, flags.tieBreak)
	}
	return a.show(flags.form, doc.Doc())
}

// remark prints warnings.
func (a *app) remark(warnings []string) {
	for _, warning := range warnings {
		fmt.Fprintln(a.stderr, "warning: "+warning)
	}
}

// printJSON prints a value for programs.
func (a *app) printJSON(v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	return a.print(b.Bytes())
}
