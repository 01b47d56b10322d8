package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/sim/record"
)

// explainFlags are the flags of towtank explain.
type explainFlags struct {
	placing
	node    string
	nodes   bool
	attempt int
	inputs  string
	form    output
	quiet   bool
}

func (a *app) explainCommand() *cobra.Command {
	flags := new(explainFlags)
	c := &cobra.Command{
		Use:   "explain POD DIR | explain POD SCENARIO | explain POD FILE...",
		Short: "Say why a pod is where it is, or nowhere",
		Long: `Explain tells of each attempt at a pod why nodes were rejected, how the others were scored, what decided, what
preemption made of it, and what woke the pod between attempts.

The pod is NAMESPACE/NAME; a name alone will do when it is the only one. DIR is the folder that a run left
with --dir: the run is made again up to the pod's last attempt, from the inputs kept there. A scenario is
run. Anything else is a snapshot, as place takes it; a pod that is on a node there is tried anew without it.`,
		Example: `  towtank explain shop/web-0 out
  towtank explain shop/web-0 out --attempt 3 --nodes
  towtank explain web-0 cluster.yaml --node node-17`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usageError{errors.New("want a pod and where to look for it: the folder of a run, a scenario, or the files of a snapshot")}
			}
			x, err := a.explainer(c, flags, args[0], args[1:])
			if err != nil {
				return err
			}
			return a.explain(flags, x)
		},
	}
	flags.flags(c)
	f := c.Flags()
	f.StringVar(&flags.node, "node", "", "why not on this node, or how far behind is it?")
	f.BoolVar(&flags.nodes, "nodes", false, "node by node instead of by reason")
	f.IntVar(&flags.attempt, "attempt", 0, "the attempt to tell in detail; without it the last one")
	f.StringVar(&flags.inputs, "inputs", "", "the folder of the scenario, for a run whose inputs were too large to keep")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing on standard error but errors")
	outputFlag(c, &flags.form)
	return c
}

// explainer looks for the pod where the arguments say.
func (a *app) explainer(c *cobra.Command, flags *explainFlags, pod string, from []string) (*explainer, error) {
	x := &explainer{wanted: pod, source: strings.Join(from, " ")}
	if len(from) == 1 && (record.IsRun(from[0]) || scenarios.IsScenario(from[0])) {
		for _, flag := range []string{"config", "order", "tie-break", "seed"} {
			if c.Flags().Changed(flag) {
				return nil, usageError{fmt.Errorf("--%s is for snapshots: a run is explained as it went", flag)}
			}
		}
		if record.IsRun(from[0]) {
			return x, a.fromRun(x, flags, from[0])
		}
		return x, a.fromScenario(x, flags, from[0])
	}
	if flags.inputs != "" {
		return nil, usageError{errors.New("--inputs is for the folder of a run")}
	}
	o, err := flags.options(a.plugins)
	if err != nil {
		return nil, err
	}
	return x, a.fromSnapshot(x, flags, c, from, o)
}

// fromSnapshot places the pod as place would.
func (a *app) fromSnapshot(x *explainer, flags *explainFlags, c *cobra.Command, files []string, o place.Options) error {
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
	objects, err := x.standing(s.Objects)
	if err != nil {
		return err
	}
	x.tieBreak = o.TieBreak
	o.Explain, o.Cycle = x.is, x.cycle
	result, err := place.Place(objects, config, o)
	if err != nil {
		return err
	}
	x.order = result.NodeOrder
	x.untimed = true
	for i := range result.Pods {
		if p := &result.Pods[i]; p.Pod == x.wanted {
			x.result, x.message = p.Result, p.Message
		}
	}
	return nil
}

// explain prints what was found.
func (a *app) explain(flags *explainFlags, x *explainer) error {
	if n := len(x.cycles); flags.attempt < 0 || flags.attempt > n {
		return usageError{fmt.Errorf("--attempt: %d, and there are %d", flags.attempt, n)}
	}
	if flags.node != "" {
		if err := x.knows(flags.node); err != nil {
			return err
		}
	}
	if flags.form == "json" {
		return a.printJSON(x.document())
	}
	e := &reports.Explanation{Pod: x.wanted, Source: x.source, Nodes: x.nodes(), Result: x.result, Message: x.message, Moves: x.moves,
		Stays: x.stays, Alerts: x.alerts, Shown: flags.attempt, Node: flags.node, EveryNode: flags.nodes}
	for i := range x.cycles {
		e.Attempts = append(e.Attempts, *x.decision(i))
	}
	return a.show(flags.form, e.Doc())
}

// knows says whether there is such a node, and which ones are meant otherwise.
func (x *explainer) knows(node string) error {
	if slices.Contains(x.order, node) {
		return nil
	}
	var near []string
	for _, name := range x.order {
		if strings.HasPrefix(name, node) || strings.HasPrefix(node, name) {
			near = append(near, name)
		}
	}
	return fmt.Errorf("--node: there is no node %q%s", node, didYouMean(near))
}
