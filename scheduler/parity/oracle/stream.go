package oracle

import (
	"context"
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultpreemption"

	"towtank.dev/towtank/scheduler/parity/generate"
)

// Stream takes pods through the real scheduler's cycle and nothing else, to see how long it takes:
// UpdateSnapshot, SchedulePod, assume, reserve; PostFilter when no node fits.
type Stream struct {
	*cluster
	// Pods are those of the case that wait, in order.
	Pods []*v1.Pod
	// EveryCandidate has preemption look at every node and take the smallest name among the best, so
	// that nothing is left to chance.
	EveryCandidate bool
	cancel         context.CancelFunc
}

// NewStream sets the case up at a parallelism. Its configuration must say what part of the nodes is
// scored.
func NewStream(text generate.Text, parallelism int32) (*Stream, error) {
	quiet.Do(func() { klog.SetLogger(klog.Logger{}) })
	c, err := Parse(text)
	if err != nil {
		return nil, err
	}
	cfg, err := configuration(c.Config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(klog.NewContext(context.Background(), klog.Logger{}))
	cl, err := newCluster(ctx, cfg, parallelism, c.Objects)
	if err != nil {
		cancel()
		return nil, err
	}
	return &Stream{cluster: cl, Pods: c.pending(), cancel: cancel}, cl.refresh()
}

// Close lets go of the scheduler.
func (s *Stream) Close() { s.cancel() }

// Take gives a pod its cycle, and another one after a preemption, whose victims vanish at once. The
// node is "" when the pod fits nowhere.
func (s *Stream) Take(pod *v1.Pod) (node string, err error) {
	profile := s.scheduler.Profiles[pod.Spec.SchedulerName]
	for {
		if err := s.refresh(); err != nil {
			return "", err
		}
		info, err := framework.NewPodInfo(pod)
		if err != nil {
			return "", err
		}
		state := framework.NewCycleState()
		state.Write(framework.PodsToActivateKey, framework.NewPodsToActivate())
		result, err := s.scheduler.SchedulePod(s.ctx, profile, state, &framework.QueuedPodInfo{PodInfo: info})
		if err == nil {
			return result.SuggestedHost, s.assume(profile, state, pod, result.SuggestedHost)
		}
		fit, ok := err.(*framework.FitError)
		if !ok {
			return "", err
		}
		nominated, err := s.makeRoom(profile, state, pod, fit)
		if err != nil || nominated == nil {
			return "", err
		}
		pod = nominated
	}
}

// assume counts the pod on its node and reserves what it needs.
func (s *Stream) assume(profile framework.Framework, state fwk.CycleState, pod *v1.Pod, node string) error {
	assumed := pod.DeepCopy()
	assumed.Spec.NodeName = node
	if err := s.scheduler.Cache.AssumePod(s.log, assumed); err != nil {
		return err
	}
	return profile.RunReservePluginsReserve(s.ctx, state, assumed, node).AsError()
}

// makeRoom is DefaultPreemption's part; it returns the pod with its nomination, nil when no pod can
// make room.
func (s *Stream) makeRoom(profile framework.Framework, state fwk.CycleState, pod *v1.Pod, fit *framework.FitError) (*v1.Pod, error) {
	for _, pl := range postFilterPlugins(profile) {
		dp, ok := pl.(*defaultpreemption.DefaultPreemption)
		if !ok {
			continue
		}
		nodes := fit.Diagnosis.NodeToStatus
		if ok, _ := dp.PodEligibleToPreemptOthers(s.ctx, pod, nodes.Get(pod.Status.NominatedNodeName)); !ok {
			return nil, nil
		}
		some := dp.GetOffsetAndNumCandidates
		if s.EveryCandidate {
			some = everyCandidate
		}
		candidates, _, err := s.candidates(dp, state, pod, nodes, some)
		if err != nil || len(candidates) == 0 {
			return nil, err
		}
		chosen := dp.Evaluator.SelectCandidate(s.ctx, candidates)
		if s.EveryCandidate {
			chosen = bestCandidates(candidates)[0]
		}
		return s.evict(pod, chosen.Name(), chosen.Victims().Pods)
	}
	return nil, nil
}

// evict removes the victims and nominates the pod.
func (s *Stream) evict(pod *v1.Pod, node string, victims []*v1.Pod) (*v1.Pod, error) {
	for _, v := range victims {
		if err := s.scheduler.Cache.RemovePod(s.log, v); err != nil {
			return nil, fmt.Errorf("evicting %s: %w", podName(v), err)
		}
	}
	nominated := pod.DeepCopy()
	nominated.Status.NominatedNodeName = node
	return nominated, nil
}
