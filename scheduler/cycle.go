package scheduler

import (
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/queue"
	"towtank.dev/towtank/sim"
)

// Cycle is one attempt at one pod and what came of it.
type Cycle struct {
	Pod *model.Pod
	// Attempt counts the attempts at this pod, from 1.
	Attempt int
	Started sim.Time
	// Node is the chosen node, "" when the attempt failed.
	Node string
	// Err says that the attempt failed by an error, not because the pod was rejected.
	Err bool
	// Result is scheduled, unschedulable or error.
	Result string
	// Feasible and Evaluated are numbers of nodes: those that fit, and those with a verdict.
	Feasible, Evaluated int
	// Message is the whole text of a failure; Note cuts it to an event's length.
	Message string
	// UnschedulablePlugins and PendingPlugins stand between the pod and a node, sorted.
	UnschedulablePlugins []string
	PendingPlugins       []string
	// NominatedNode is what PostFilter proposes, Victims the pods to be evicted for it. Renominate says
	// that the pod's nomination is to be replaced by NominatedNode, which may be "".
	NominatedNode string
	Renominate    bool
	Victims       []*model.Pod
	// Denominated are pods of lower priority that were to run on NominatedNode and, once its victims
	// are evicted, are no longer.
	Denominated []*model.Pod
	// Writes are objects to be written before the pod is bound, known once Finish has returned.
	Writes []model.Object
	// Detail is what every plugin said of every node; nil unless Options.Explain.
	Detail *Detail

	info    *framework.PodInfo
	profile *profile
	node    *framework.NodeInfo
	states  []any // of PreFilter, by slot; for Reserve and what follows
	// finished is when the binding began to be prepared.
	finished sim.Time
	item     *queue.Item
}

// The results of a cycle.
const (
	Scheduled     = "scheduled"
	Unschedulable = "unschedulable"
	Failed        = "error"
)

// Schedule decides where the pod should run, without placing it there. The pod's profile must exist.
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go schedulingAlgorithm, schedulePod.
func (c *Core) Schedule(now sim.Time, pod *framework.PodInfo) *Cycle {
	cy := c.newCycle()
	cy.Pod, cy.Started, cy.Renominate, cy.info, cy.profile = pod.Pod, now, true, pod, c.profiles[pod.SchedulerName]
	c.cache.Refresh()
	c.reset(pod, cy.profile)
	c.beginDetail(cy)
	if c.fast != nil {
		if c.detail != nil {
			c.fast.refresh() // the naive runtime alone knows what every plugin said
		} else if c.fast.schedule(cy) {
			return cy
		}
		c.cache.RefreshAffinity()
	}
	if len(c.snapshot.Nodes) == 0 {
		cy.Result, cy.Message = Unschedulable, noNodes
		return cy
	}
	status := c.findFeasible()
	s := &c.cycle
	cy.Feasible, cy.Evaluated = len(s.feasible), s.evaluated()
	switch {
	case !status.OK():
		cy.fail(status)
	case len(s.feasible) == 0:
		c.unschedulable(cy)
	case len(s.feasible) == 1:
		cy.succeed(s.feasible[0], s.preFilterStates)
	default:
		if status := c.prioritize(); !status.OK() {
			cy.fail(status)
		} else {
			cy.succeed(c.choose(), s.preFilterStates)
		}
	}
	c.endDetail(cy)
	return cy
}

// cycleSlab is how many cycles are made at a time.
const cycleSlab = 256

// newCycle is an empty cycle.
func (c *Core) newCycle() *Cycle {
	if len(c.spare) == 0 {
		c.spare = make([]Cycle, cycleSlab)
	}
	cy := &c.spare[0]
	c.spare = c.spare[1:]
	return cy
}

// reset prepares the scratch for a pod.
func (c *Core) reset(pod *framework.PodInfo, p *profile) {
	if len(c.cycle.nominated) > 0 {
		for _, info := range c.cycle.nominated {
			c.vocabulary.Release(info)
		}
		clear(c.cycle.nominated)
	} else if c.cycle.nominated == nil {
		c.cycle.nominated = map[*model.Pod]*framework.PodInfo{}
	}
	c.cycle.reset(pod, p, c.cache.Indexes())
}

func (cy *Cycle) fail(status *framework.Status) {
	cy.Result, cy.Err, cy.Message = Failed, true, status.Message()
}

func (cy *Cycle) succeed(node *framework.NodeInfo, states []any) {
	cy.Result, cy.Node, cy.node = Scheduled, node.Name, node
	if len(cy.profile.reserve)+len(cy.profile.permit)+len(cy.profile.preBind) > 0 {
		cy.states = slices.Clone(states)
	}
}

// unschedulable asks the PostFilter plugins for help and words the rejection.
func (c *Core) unschedulable(cy *Cycle) {
	c.cycle.blameAll()
	cy.Result = Unschedulable
	cy.UnschedulablePlugins = slices.Clone(c.cycle.rejectors)
	cy.PendingPlugins = slices.Clone(c.cycle.pending)
	var said string
	if len(cy.profile.postFilter) > 0 {
		said = c.postFilter(cy)
		if c.detail != nil {
			c.detail.PostFilterMessage = said
		}
	}
	cy.Message = c.fitMessage(said)
}
