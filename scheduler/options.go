package scheduler

import (
	"fmt"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
)

// How the node is chosen among those that tie for the best total.
const (
	// TieUpstream takes the one that kube-scheduler's heap brings up at parallelism 1.
	TieUpstream = "upstream"
	// TieRandom draws one, uniformly, from a stream of the run's seed.
	TieRandom = "random"
	// TieName takes the smallest name in byte order.
	TieName = "name"
)

// Options make a scheduler.
type Options struct {
	// Config is the configuration; nil is kube-scheduler's default. It is completed in place.
	Config *config.Configuration
	// Plugins is the registry; nil is kube-scheduler's own plugins.
	Plugins *plugins.Registry
	// TieBreak is one of the Tie constants; "" is TieUpstream.
	TieBreak string
	// Seed feeds what is drawn: ties under TieRandom, and where preemption begins to look.
	Seed uint64
	// EveryCandidate has preemption work out every node, whatever the configuration says, and take the
	// smallest name among equals, so that nothing is drawn.
	EveryCandidate bool
	// WallOffset is the fraction of a wall-clock second at which the run starts: the queue works on
	// whole seconds of the wall clock.
	WallOffset time.Duration
	// Observe is told of every move of a pod between the places of the queue; nil: nobody is.
	Observe func(now sim.Time, m queue.Move)
	// ObserveStays has Observe told also of unschedulable pods that an event leaves where they are, which
	// makes every event as expensive as there are unschedulable pods.
	ObserveStays bool
	// StaysOf does what ObserveStays does for the pods only that it says yes to, at no cost for the others,
	// and takes its place; nil: for none.
	StaysOf func(pod *model.Pod) bool
	// Explain keeps, with each cycle, what every plugin said of every node.
	Explain bool
	// ExplainOnly keeps the same for the pods that it says yes to, and leaves the others their speed; nil:
	// Explain alone counts.
	ExplainOnly func(pod *model.Pod) bool
	// Naive has every cycle evaluate everything from scratch. Nothing is decided otherwise, it only takes
	// longer: what the naive runtime decides is right by definition. Explain implies it.
	Naive bool
}

// complete fills in what was left out.
func (o *Options) complete() error {
	if o.Plugins == nil {
		o.Plugins = plugins.Default()
	}
	if o.Config == nil {
		o.Config = config.Default()
	}
	if errs := o.Config.Complete(o.Plugins); len(errs) > 0 {
		return errs[0]
	}
	switch o.TieBreak {
	case "":
		o.TieBreak = TieUpstream
	case TieUpstream, TieRandom, TieName:
	default:
		return fmt.Errorf("tieBreak: %q is unknown, want %s, %s or %s", o.TieBreak, TieUpstream, TieRandom, TieName)
	}
	return nil
}
