package oracle

import (
	"context"
	"fmt"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/sim"
)

// Live is the real scheduler on a cluster that changes under it. Its own event handlers are told of every
// change; when a pod's turn comes is said from outside, what becomes of it is its own decision.
type Live struct {
	*cluster
	cancel   context.CancelFunc
	handlers handlers
	order    []string // as listed, nil when nodes have changed since
	cycles   map[types.UID]*turn
}

// turn is a pod's cycle and what its end needs.
type turn struct {
	*cycle
	pod, assumed *v1.Pod // assumed is nil when no node was found
	nominating   nomination
}

// NewLive makes a real scheduler that knows of nothing yet. Without a configuration it is the default one.
// Where upstream draws at random, it draws from the streams of a run of that seed.
func NewLive(config []byte, seed uint64) (*Live, error) {
	quiet.Do(func() { klog.SetLogger(klog.Logger{}) })
	cfg, _, err := read(config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(klog.NewContext(context.Background(), klog.Logger{}))
	c, err := newCluster(ctx, cfg, 1, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	c.chance = &seeded{seed, map[string]*sim.Stream{}}
	return &Live{cluster: c, cancel: cancel, handlers: handlers{}, cycles: map[types.UID]*turn{}}, nil
}

// Close lets go of the scheduler.
func (l *Live) Close() { l.cancel() }

// Change tells of an object that came (old is nil), changed, or went (new is nil). Pods that have ended
// are not there for a scheduler, whose watch leaves them out.
//
// Source: kubernetes v1.37.2 pkg/scheduler/scheduler.go newPodInformer.
func (l *Live) Change(old, new runtime.Object) error {
	old, new = alive(old), alive(new)
	o := new
	if new == nil {
		o = old
	}
	if o == nil {
		return nil
	}
	informer := l.informer(o)
	if informer == nil {
		return nil
	}
	if err := l.prepare(o, new); err != nil {
		return err
	}
	store, told := informer.GetIndexer(), l.handlers.of(o, informer)
	switch {
	case new == nil:
		if err := store.Delete(old); err != nil {
			return err
		}
		told.OnDelete(old)
	case old == nil:
		if err := store.Add(new); err != nil {
			return err
		}
		told.OnAdd(new, false)
	default:
		if err := store.Update(new); err != nil {
			return err
		}
		told.OnUpdate(old, new)
	}
	return nil
}

// alive is the object, nil for a pod that has ended.
func alive(o runtime.Object) runtime.Object {
	if pod, ok := o.(*v1.Pod); ok && ended(pod) {
		return nil
	}
	return o
}

// prepare does what a change of nodes and pods calls for beside the scheduler.
func (l *Live) prepare(o, new runtime.Object) error {
	switch o := o.(type) {
	case *v1.Node:
		l.order = nil
	case *v1.Pod:
		if new == nil {
			return nil
		}
		if o.Spec.NodeName != "" {
			delete(l.cycles, o.UID)
		}
		return l.addNamespace(o.Namespace)
	}
	return nil
}

// NodeOrder is the order in which the scheduler lists the nodes.
func (l *Live) NodeOrder() ([]string, error) {
	if l.order != nil {
		return l.order, nil
	}
	err := l.refresh()
	if err == nil {
		l.order, err = l.nodeOrder()
	}
	return l.order, err
}

// Cycle gives a waiting pod, namespace/name, its turn now. Of nodes that tie it takes the preferred one if
// that is among them, so that a tie rule of another scheduler's can be followed; Chosen says which it took.
func (l *Live) Cycle(key, preferred string) (*answer.Pod, error) {
	o, ok, err := l.pods.GetByKey(key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("kube-scheduler knows of no pod %s", key)
	}
	pod := o.(*v1.Pod)
	if l.scheduler.Profiles[pod.Spec.SchedulerName] == nil {
		return nil, fmt.Errorf("kube-scheduler has no profile %q, which pod %s asks for", pod.Spec.SchedulerName, key)
	}
	cy, err := l.attempt(pod)
	if err != nil {
		return nil, err
	}
	t := &turn{cycle: cy, pod: pod, nominating: &fwk.NominatingInfo{NominatingMode: fwk.ModeOverride}}
	l.cycles[pod.UID] = t
	a := &cy.attempt
	if slices.Contains(a.Best, preferred) {
		a.Chosen = preferred
	}
	out := &answer.Pod{Pod: key}
	switch err := cy.err.(type) {
	case nil:
		out.Result, out.Node = answer.Scheduled, a.Chosen
		if failure := l.assume(t); !failure.IsSuccess() {
			l.failAfter(t, out, failure)
		}
	case *framework.FitError:
		out.Result = answer.Unschedulable
		l.reject(t, err)
	default:
		out.Result = answer.Error
		if err == scheduler.ErrNoNodesAvailable {
			out.Result = answer.Unschedulable
		}
	}
	out.Attempts = []answer.Attempt{*a}
	return out, nil
}

// reject runs PostFilter, whose deeds are left to whoever writes them to the cluster.
//
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go schedulingAlgorithm.
func (l *Live) reject(t *turn, fit *framework.FitError) {
	if !l.scheduler.Profiles[t.pod.Spec.SchedulerName].HasPostFilterPlugins() {
		return
	}
	p, _, nominating := l.postFilter(t.cycle, t.pod, fit)
	t.nominating = nominating
	fit.Diagnosis.PostFilterMsg = p.Message
	t.attempt.Message = fit.Error()
	if p.Message != "" {
		t.attempt.Preemption = p
	}
}

// failAfter turns a turn that had found a node into one that failed by what stood in the way there.
//
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go assumeAndReserve, prepareForBindingCycle.
func (l *Live) failAfter(t *turn, out *answer.Pod, failure *fwk.Status) {
	node := t.attempt.Chosen
	a := answer.Attempt{StartIndex: t.attempt.StartIndex, NominatedNodeTriedFirst: t.attempt.NominatedNodeTriedFirst,
		SkippedFilterPlugins: t.attempt.SkippedFilterPlugins, PreFilterNodes: t.attempt.PreFilterNodes,
		NodesExcludedByPre: t.attempt.NodesExcludedByPre, Feasible: []string{}}
	out.Result, out.Node, a.Message = answer.Error, "", failure.Message()
	if failure.IsRejected() {
		fit := &framework.FitError{NumAllNodes: 1, Pod: t.pod, Diagnosis: framework.Diagnosis{NodeToStatus: framework.NewDefaultNodeToStatus()}}
		fit.Diagnosis.NodeToStatus.Set(node, failure)
		fit.Diagnosis.AddPluginStatus(failure)
		out.Result, a.Message, a.UnschedulablePlugins = answer.Unschedulable, fit.Error(), sorted(fit.Diagnosis.UnschedulablePlugins)
		a.Feasible, a.Infeasible, a.EvaluatedNodes = t.attempt.Feasible, t.attempt.Infeasible, t.attempt.EvaluatedNodes
	}
	t.attempt = a
}
