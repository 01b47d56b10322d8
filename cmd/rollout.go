package cmd

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

// rolloutFlags are the flags of towtank rollout status and history.
type rolloutFlags struct {
	getFlags
	watch    bool
	timeout  string
	revision int64
}

func (a *app) rolloutCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rollout",
		Short: "Follow rollouts and list their history as kubectl rollout does",
		Long: `Rollout follows the rollouts of Deployments, StatefulSets and DaemonSets in a run, or lists the revisions that
are kept of them. What people do to rollouts (restart, undo, pause, resume) are verbs of a scenario.`,
		Example: `  towtank rollout status deploy/web -n shop out --at 10m
  towtank rollout history deploy/web -n shop out`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.rolloutStatusCommand(), a.rolloutHistoryCommand())
	return c
}

func (a *app) rolloutStatusCommand() *cobra.Command {
	flags := new(rolloutFlags)
	c := &cobra.Command{
		Use:   "status KIND/NAME DIR",
		Short: "Say how far a rollout is, and go on saying so until it is over",
		Long: `Status prints what kubectl rollout status would have printed from that instant on: a sentence each time the
object changes, until the rollout is over. The exit code is 0 when it was, and 1 when it failed, when the time was up,
or when the run ended before.`,
		Example: `  towtank rollout status deploy/web -n shop out --at 10m
  towtank rollout status deploy/web -n shop out --at 10m --watch=false`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.rollout(flags, args, a.followRollout)
		},
	}
	flags.flags(c)
	flags.choosing(c)
	f := c.Flags()
	f.BoolVarP(&flags.watch, "watch", "w", true, "go on until the rollout is over")
	f.StringVar(&flags.timeout, "timeout", "", "how long to go on, such as 5m; without it to the end of the run")
	f.Int64Var(&flags.revision, "revision", 0, "fail when it is not this revision that rolls out; 0: any")
	return c
}

func (a *app) rolloutHistoryCommand() *cobra.Command {
	flags := new(rolloutFlags)
	c := &cobra.Command{
		Use:     "history KIND/NAME DIR",
		Short:   "List the revisions that are kept of a workload",
		Long:    "History prints what kubectl rollout history would have printed at that instant.",
		Example: "  towtank rollout history deploy/web -n shop out --at 10m --revision 2",
		RunE: func(c *cobra.Command, args []string) error {
			return a.rollout(flags, args, a.rolloutHistory)
		},
	}
	flags.flags(c)
	flags.choosing(c)
	c.Flags().Int64Var(&flags.revision, "revision", 0, "show the pod template of this revision; 0: list all")
	return c
}

// rolloutShown is one workload that is asked about, in a session at the instant.
type rolloutShown struct {
	past    *past
	flags   *rolloutFlags
	session *world.Session
	kind    *reports.KubectlKind
	object  model.Object
	timeout time.Duration
}

// rollout makes the run again up to the instant and shows workloads one after another.
func (a *app) rollout(flags *rolloutFlags, args []string, show func(*rolloutShown) error) error {
	if len(args) < 2 {
		return usageError{errors.New("want a workload, such as deploy/web, and where to look for it: the folder of a run, or a scenario")}
	}
	if flags.revision < 0 {
		return usageError{fmt.Errorf("--revision: %d is negative, want a revision, or 0", flags.revision)}
	}
	timeout := time.Duration(0)
	if flags.timeout != "" {
		var err error
		if timeout, err = scenarios.ParseDuration(flags.timeout); err != nil {
			return usageError{fmt.Errorf("--timeout: %w", err)}
		}
	}
	r, err := newRequest(&flags.getFlags, args[:len(args)-1])
	if err != nil {
		return err
	}
	for _, kind := range r.kinds {
		if !reports.CanRollOut(kind.Kind) {
			return usageError{fmt.Errorf("%s have no rollouts, want a deployment, a statefulset or a daemonset", kind.Names[0])}
		}
	}
	p, err := a.openPast(&flags.pastFlags, args[len(args)-1])
	if err != nil {
		return err
	}
	at, err := p.instant("at", flags.at)
	if err != nil {
		return err
	}
	session, err := p.goTo(at, nil)
	if err != nil {
		return err
	}
	found := false
	for _, kind := range r.kinds {
		objects, err := r.list(kind, session, nil)
		if err != nil {
			return err
		}
		for _, o := range objects {
			found = true
			if err := show(&rolloutShown{p, flags, session, kind, o, timeout}); err != nil {
				return err
			}
		}
	}
	if !found {
		fmt.Fprintln(a.stderr, r.nothing())
	}
	_, err = session.Close()
	return err
}

// followRollout says how far a rollout is each time its object changes.
func (a *app) followRollout(r *rolloutShown) error {
	s := r.session
	status, done, failed := reports.RolloutStatus(r.object, r.flags.revision)
	if err := a.print([]byte(status)); err != nil {
		return err
	}
	var broken error
	s.API().Observe(func(c apiserver.Change) {
		o := c.Object()
		if done || failed != nil || o.Kind() != r.object.Kind() || o.Meta().UID != r.object.Meta().UID {
			return
		}
		if c.Type == apiserver.Deleted {
			failed = errors.New("object has been deleted")
			return
		}
		status, done, failed = reports.RolloutStatus(o, r.flags.revision)
		if err := a.print([]byte(status)); err != nil {
			broken = err
		}
	})
	until := r.past.end
	if r.timeout > 0 {
		until = min(until, s.Now().Add(r.timeout))
	}
	for r.flags.watch && !done && failed == nil && broken == nil && s.Now() < until && !a.interrupted() {
		s.RunUntil(min(until, s.Now().Add(rolloutStep)))
	}
	switch {
	case broken != nil:
		return broken
	case failed != nil:
		a.fails(failed)
	case a.interrupted():
		a.code = ExitInterrupted
	case r.flags.watch && !done && until < r.past.end:
		a.fails(errors.New("timed out waiting for the condition"))
	case r.flags.watch && !done:
		a.fails(fmt.Errorf("the run ended at %v, before the rollout did", reports.Instant(r.past.end)))
	}
	done = true
	return nil
}

// rolloutStep is how far a session goes on between two looks at whether it has gone far enough.
const rolloutStep = time.Second

// fails says what kubectl ends with code 1 for.
func (a *app) fails(err error) {
	fmt.Fprintln(a.stderr, "error: "+err.Error())
	a.code = ExitUnmet
}

// rolloutHistory lists revisions.
func (a *app) rolloutHistory(r *rolloutShown) error {
	d := &reports.Describer{Kubectl: reports.Kubectl{Now: r.session.Now(), Start: r.past.scenario.Config.Start},
		Cluster: &cluster{session: r.session, lists: map[model.Kind][]model.Object{}}, Container: r.past.container, Written: r.past.written}
	text, err := d.RolloutHistory(r.object, r.flags.revision)
	if err != nil {
		a.fails(err)
		return nil
	}
	with := ""
	if r.flags.revision > 0 {
		with = fmt.Sprintf("with revision #%d", r.flags.revision)
	}
	return a.print(fmt.Appendf(nil, "%s/%s %s\n%s\n", r.kind.Called(), r.object.Meta().Name, with, text))
}
