package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// describeFlags are the flags of towtank describe.
type describeFlags struct {
	pastFlags
	at        string
	namespace string
}

func (a *app) describeCommand() *cobra.Command {
	flags := new(describeFlags)
	c := &cobra.Command{
		Use:   "describe pod|node NAME DIR",
		Short: "Tell of a pod or a node as kubectl describe does, as it was at an instant of a run",
		Long: `Describe prints what kubectl describe would have printed of a pod or a node at that instant: what it is, how it
is, and the events about it. DIR is the folder that a run left with --dir: the run is made again up to the
instant from the inputs kept there. A scenario is run. Times of the clock are in UTC.

The pod is NAMESPACE/NAME, or a NAME in the namespace of -n.`,
		Example: `  towtank describe pod shop/web-0 out --at 10m
  towtank describe node node-17 out --at 1h30m`,
		RunE: func(c *cobra.Command, args []string) error {
			kind, name, slash := "", "", false
			if len(args) == 2 {
				kind, name, slash = strings.Cut(args[0], "/")
			}
			switch {
			case len(args) == 3:
				kind, name = args[0], args[1]
			case !slash:
				return usageError{errors.New("want pod or node, its name, and where to look for it: the folder of a run, or a scenario")}
			}
			return a.describe(flags, kind, name, args[len(args)-1])
		},
	}
	flags.flags(c)
	c.Flags().StringVar(&flags.at, "at", "", "the instant: a duration from the start, or a time of the run's clock; without it the end of the run")
	c.Flags().StringVarP(&flags.namespace, "namespace", "n", "default", "the namespace of the pod")
	return c
}

// described is what towtank describe looks for.
type described struct {
	kind            model.Kind
	namespace, name string
}

func (flags *describeFlags) described(kind, name string) (*described, error) {
	found := reports.LookupKubectl(kind)
	if found == nil || found.Kind != model.KindPod && found.Kind != model.KindNode {
		return nil, usageError{fmt.Errorf("%q cannot be described, want pod or node; towtank get %s -o yaml prints all there is", kind, kind)}
	}
	d := &described{kind: found.Kind, name: name}
	if d.kind == model.KindPod {
		d.namespace = flags.namespace
		if namespace, name, ok := strings.Cut(name, "/"); ok {
			d.namespace, d.name = namespace, name
		}
	}
	return d, nil
}

func (d *described) is(e *model.Event) bool {
	return e.Object.Kind == d.kind && e.Object.Name == d.name && (d.kind == model.KindNode || e.Object.Namespace == d.namespace)
}

// describe makes the run again up to the instant and tells of the object.
func (a *app) describe(flags *describeFlags, kind, name, source string) error {
	what, err := flags.described(kind, name)
	if err != nil {
		return err
	}
	p, err := a.openPast(&flags.pastFlags, source)
	if err != nil {
		return err
	}
	at, err := p.instant("at", flags.at)
	if err != nil {
		return err
	}
	log := &eventLog{wanted: what.is}
	session, err := p.goTo(at, log.begin)
	if err != nil {
		return err
	}
	d := &reports.Describer{Kubectl: reports.Kubectl{Now: at, NodeInfo: p.nodeInfo}, Start: p.scenario.Config.Start, Container: p.container}
	text, err := what.tell(d, session, log)
	if err != nil {
		return err
	}
	if _, err := session.Close(); err != nil {
		return err
	}
	return a.print([]byte(text))
}

// tell finds the object and writes what there is to say.
func (what *described) tell(d *reports.Describer, s *world.Session, log *eventLog) (string, error) {
	o := s.API().Collection(what.kind).Find(what.namespace, what.name)
	if o == nil {
		return "", what.missing(s)
	}
	for _, e := range log.at(s.Now()) {
		// An event about a node may name it in place of a UID, as its kubelet's do.
		if e.Object.UID == o.Meta().UID || e.Object.UID == what.name {
			d.Events = append(d.Events, e)
		}
	}
	if pod, ok := o.(*model.Pod); ok {
		return d.Pod(pod), nil
	}
	pods := slices.DeleteFunc(slices.Clone(s.API().PodsOn(what.name)), func(pod *model.Pod) bool { return pod.Terminal() })
	slices.SortFunc(pods, func(a, b *model.Pod) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	renewed, ok := s.LeaseRenewed(what.name)
	if !ok {
		renewed = sim.Never
	}
	return d.Node(o.(*model.Node), pods, renewed), nil
}

// missing says that there is no such object, and which may be meant.
func (what *described) missing(s *world.Session) error {
	var near []string
	for _, o := range s.API().Collection(what.kind).Objects() {
		if name := o.Meta().Name; len(near) < manyNear && (strings.HasPrefix(name, what.name) || strings.HasPrefix(what.name, name)) {
			near = append(near, o.Meta().Key())
		}
	}
	return fmt.Errorf("%s %q not found at %v%s", strings.ToLower(string(what.kind)), what.name, reports.Instant(s.Now()), didYouMean(near))
}
