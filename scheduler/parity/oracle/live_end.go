package oracle

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// assume counts the pod on the node it got and reserves what it needs there. What fails is undone.
//
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go assumeAndReserve, prepareForBindingCycle.
func (l *Live) assume(t *turn) *fwk.Status {
	assumed := t.pod.DeepCopy()
	assumed.Spec.NodeName = t.attempt.Chosen
	if err := l.scheduler.Cache.AssumePod(l.log, assumed); err != nil {
		return fwk.AsStatus(err)
	}
	l.scheduler.SchedulingQueue.DeleteNominatedPodIfExists(assumed)
	profile := l.scheduler.Profiles[assumed.Spec.SchedulerName]
	status := profile.RunReservePluginsReserve(l.ctx, t.state, assumed, assumed.Spec.NodeName)
	if status.IsSuccess() {
		_, status = profile.RunPermitPlugins(l.ctx, t.state, assumed, assumed.Spec.NodeName)
	}
	if !status.IsSuccess() {
		if err := l.forget(t, assumed); err != nil {
			return fwk.AsStatus(err)
		}
		return status
	}
	t.assumed = assumed
	return nil
}

// forget undoes assume.
func (l *Live) forget(t *turn, assumed *v1.Pod) error {
	l.scheduler.Profiles[assumed.Spec.SchedulerName].RunReservePluginsUnreserve(l.ctx, t.state, assumed, assumed.Spec.NodeName)
	return l.scheduler.Cache.ForgetPod(l.log, assumed)
}

// Finish ends a pod's turn when its time is over. One that has found a node is to be bound, unless failed
// says that this has failed already. A pod that has been heard of on a node meanwhile has no turn any more.
func (l *Live) Finish(pod types.UID, failed bool) error {
	t := l.cycles[pod]
	switch {
	case t == nil:
	case t.assumed == nil:
		delete(l.cycles, pod)
		return l.handleFailure(t)
	case failed:
		return l.Unbind(pod)
	}
	return nil
}

// Unbind tells that a pod could not be bound to the node it had found.
//
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go handleBindingCycleError.
func (l *Live) Unbind(pod types.UID) error {
	t := l.cycles[pod]
	if t == nil {
		return nil
	}
	delete(l.cycles, pod)
	// Upstream logs the error: a pod that was deleted meanwhile is forgotten already.
	_ = l.forget(t, t.assumed)
	t.nominating = &fwk.NominatingInfo{NominatingMode: fwk.ModeOverride}
	return l.handleFailure(t)
}

// handleFailure leaves the pod's nomination as its turn decided. Whether the pod waits, and where, is
// nothing that another pod's turn depends on.
//
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go handleSchedulingFailure.
func (l *Live) handleFailure(t *turn) error {
	pod := t.pod
	o, there, err := l.pods.GetByKey(podName(pod))
	if err != nil {
		return err
	}
	if there {
		now := o.(*v1.Pod)
		if now.Spec.NodeName == "" {
			if now.UID != pod.UID {
				return nil
			}
			pod = now
		}
	}
	info, _ := framework.NewPodInfo(pod)
	l.scheduler.SchedulingQueue.AddNominatedPod(l.log, info, t.nominating)
	return nil
}
