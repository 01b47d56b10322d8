// Package oracle asks the real kube-scheduler, k8s.io/kubernetes v1.37.2, where it would
// place the pods of a case folder, and writes down every status and score on the way.
//
// The scheduler runs in process on stores that this package fills: no API server, no
// goroutine of its own, parallelism 1. Its SchedulePod runs as it is; preemption goes
// through the exported steps of its evaluator, with all nodes as candidates and ties broken
// by name, and what it would do to victims and nominations is done here at once.
package oracle

import (
	"context"
	"slices"
	"sync"

	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	// The kinds a case may hold, with their defaults.
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// Version is the Kubernetes release whose code answers.
const Version = "v1.37.2"

var quiet sync.Once

// Place answers the case in a folder. Errors are those of reading and of a configuration
// upstream refuses; whatever happens to a pod is in the answer.
func Place(dir string) (*answer.Document, error) {
	c, err := Read(dir)
	if err != nil {
		return nil, err
	}
	return c.Place()
}

// Place answers a case that was read. It may be called once only, as it changes the objects.
func (c *Case) Place() (*answer.Document, error) {
	quiet.Do(func() { klog.SetLogger(klog.Logger{}) })
	cfg, err := configuration(c.Config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(klog.NewContext(context.Background(), klog.Logger{}))
	defer cancel()
	cl, err := newCluster(ctx, cfg, 1, c.Objects)
	if err != nil {
		return nil, err
	}
	if err := cl.refresh(); err != nil {
		return nil, err
	}
	d := &answer.Document{Kubernetes: Version, PercentageOfNodesToScore: percentages(cfg), Pods: []answer.Pod{}, Warnings: c.Warnings}
	if d.NodeOrder, err = cl.nodeOrder(); err != nil {
		return nil, err
	}
	r := &runner{cluster: cl}
	for _, p := range c.pending() {
		a, err := r.place(p)
		if err != nil {
			return nil, err
		}
		d.Pods = append(d.Pods, a)
	}
	d.Final = cl.final()
	return d, nil
}

// pending are the pods to be placed in the order in which they are taken.
func (c *Case) pending() []*v1.Pod {
	var out []*v1.Pod
	for _, p := range c.pods() {
		if p.Spec.NodeName == "" && !ended(p) {
			out = append(out, p)
		}
	}
	if c.Queue {
		slices.SortStableFunc(out, func(a, b *v1.Pod) int { return int(sign(int64(*b.Spec.Priority) - int64(*a.Spec.Priority))) })
	}
	return out
}

func sign(n int64) int64 {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// final lists the pods of each node by name.
func (c *cluster) final() map[string][]string {
	out := map[string][]string{}
	for _, o := range c.pods.List() {
		if p := o.(*v1.Pod); p.Spec.NodeName != "" {
			out[p.Spec.NodeName] = append(out[p.Spec.NodeName], podName(p))
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}
