package cmd

import (
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

func (a *app) describeCommand() *cobra.Command {
	flags := new(getFlags)
	c := &cobra.Command{
		Use:   "describe KIND [NAME...] DIR | describe KIND/NAME... DIR",
		Short: "Tell of objects as kubectl describe does, as they were at an instant of a run",
		Long: `Describe prints what kubectl describe would have printed at that instant: what an object is, how it is, and the
events about it. KIND is one of kubectl's with its short names. Without a name all objects of the kind are described, and
no events when there are several; a name that nothing has means all that begin with it. DIR is the folder that a run left
with --dir: the run is made again up to the instant from the inputs kept there. A scenario is run. Times of the clock are
in UTC.

A NAME is one in the namespace of -n, or NAMESPACE/NAME.`,
		Example: `  towtank describe pod shop/web-0 out --at 10m
  towtank describe deploy web -n shop out --at 10m
  towtank describe node node-17 out --at 1h30m`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usageError{errors.New("want a kind, as a rule a name, and where to look for it: the folder of a run, or a scenario")}
			}
			return a.describe(flags, args[:len(args)-1], args[len(args)-1])
		},
	}
	flags.flags(c)
	flags.choosing(c)
	return c
}

// describe makes the run again up to the instant and tells of the objects.
func (a *app) describe(flags *getFlags, args []string, source string) error {
	r, err := newRequest(flags, args)
	if err != nil {
		return err
	}
	for _, kind := range r.kinds {
		if !reports.CanDescribe(kind.Kind) {
			return usageError{fmt.Errorf("%s cannot be described; towtank get %s -o yaml prints all there is", kind.Names[0], kind.Names[0])}
		}
	}
	p, err := a.openPast(&flags.pastFlags, source)
	if err != nil {
		return err
	}
	at, err := p.instant("at", flags.at)
	if err != nil {
		return err
	}
	log := &eventLog{wanted: r.tells}
	session, err := p.goTo(at, log.begin)
	if err != nil {
		return err
	}
	d := &reports.Describer{Kubectl: reports.Kubectl{Now: at, Start: p.scenario.Config.Start, NodeInfo: p.nodeInfo},
		Cluster: &cluster{session: session, lists: map[model.Kind][]model.Object{}}, Container: p.container, Written: p.written}
	objects, between, err := r.described(session)
	if err != nil {
		return err
	}
	d.NoEvents = len(objects) > 1 && between == apart
	var texts []string
	for _, o := range objects {
		d.Events = about(o, log.at(at))
		texts = append(texts, d.Describe(o))
	}
	if len(objects) == 0 {
		fmt.Fprintln(a.stderr, r.nothing())
	}
	if _, err := session.Close(); err != nil {
		return err
	}
	return a.print([]byte(strings.Join(texts, between)))
}

// What stands between descriptions: of objects that were asked for, and of those that begin with a name.
// Source: kubectl pkg/cmd/describe/describe.go Run, DescribeMatchingResources (v0.37.2): of several objects that
// were asked for no events are shown.
const (
	apart = "\n\n"
	near  = "\n"
)

// tells says whether an event may be about what is asked for.
func (r *request) tells(e *model.Event) bool {
	for _, kind := range r.kinds {
		if kind.Kind != e.Object.Kind {
			continue
		}
		names := r.names[kind]
		return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(e.Object.Name, name) })
	}
	return false
}

// described finds the objects, and says what stands between their descriptions.
func (r *request) described(s *world.Session) (objects []model.Object, between string, err error) {
	for _, kind := range r.kinds {
		list, err := r.list(kind, s, nil)
		if err != nil && len(r.kinds) == 1 && len(r.names[kind]) == 1 {
			return r.beginning(s, err)
		}
		if err != nil {
			return nil, "", err
		}
		objects = append(objects, list...)
	}
	return objects, apart, nil
}

// beginning are the objects whose names begin with the one that is not there; none is the error for that.
func (r *request) beginning(s *world.Session, missing error) ([]model.Object, string, error) {
	kind := r.kinds[0]
	all := *r
	all.names = nil
	objects, err := all.list(kind, s, nil)
	if err != nil {
		return nil, "", err
	}
	name := r.names[kind][0]
	var nearBy []string
	found := slices.DeleteFunc(objects, func(o model.Object) bool {
		if own := o.Meta().Name; len(nearBy) < manyNear && strings.HasPrefix(name, own) {
			nearBy = append(nearBy, o.Meta().Key())
		}
		return !strings.HasPrefix(o.Meta().Name, name)
	})
	if len(found) == 0 {
		return nil, "", fmt.Errorf("%w%s", missing, didYouMean(nearBy))
	}
	return found, near, nil
}

// about are the events about an object.
func about(o model.Object, events []*model.Event) []*model.Event {
	var out []*model.Event
	for _, e := range events {
		// An event about a node may name it in place of a UID, as its kubelet's do.
		if e.Object.Kind == o.Kind() && (e.Object.UID == o.Meta().UID || o.Kind() == model.KindNode && e.Object.UID == o.Meta().Name) {
			out = append(out, e)
		}
	}
	return out
}

// cluster is the state of a session's cluster, its lists sorted once.
type cluster struct {
	session *world.Session
	lists   map[model.Kind][]model.Object
}

var _ reports.Cluster = (*cluster)(nil)

// Objects are those of a kind, by namespace and name.
func (c *cluster) Objects(kind model.Kind) []model.Object {
	if _, ok := c.lists[kind]; !ok {
		c.lists[kind] = sorted(c.session, kind)
	}
	return c.lists[kind]
}

// LeaseRenewed is the last renewal of a node's lease.
func (c *cluster) LeaseRenewed(node string) (sim.Time, bool) { return c.session.LeaseRenewed(node) }
