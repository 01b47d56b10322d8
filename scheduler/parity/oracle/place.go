package oracle

import (
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"towtank.dev/towtank/scheduler/parity/answer"
)

// runner takes the pods one after the other and carries out what the cycles decide.
type runner struct {
	*cluster
	placed int
}

// place handles one pending pod, trying again at once after a preemption on its behalf.
func (r *runner) place(p *v1.Pod) (answer.Pod, error) {
	out := answer.Pod{Pod: podName(p)}
	profile, ok := r.scheduler.Profiles[p.Spec.SchedulerName]
	if !ok {
		out.Result, out.Message = answer.Skipped, "no profile for schedulerName "+p.Spec.SchedulerName
		return out, nil
	}
	if p.DeletionTimestamp != nil {
		out.Result, out.Message = answer.Skipped, fmt.Sprintf("skip schedule deleting pod: %v/%v", p.Namespace, p.Name)
		return out, nil
	}
	for _, pl := range profile.PreEnqueuePlugins() {
		if s := pl.PreEnqueue(r.ctx, p); !s.IsSuccess() {
			out.Result, out.Message = answer.Gated, s.Message()
			return out, nil
		}
	}
	for {
		again, err := r.try(podName(p), &out)
		if err != nil || !again {
			return out, err
		}
	}
}

// try runs one cycle for the pod as the store has it, and tells whether to run another.
func (r *runner) try(key string, out *answer.Pod) (bool, error) {
	o, _, err := r.pods.GetByKey(key)
	if err != nil {
		return false, err
	}
	pod := o.(*v1.Pod)
	cy, err := r.attempt(pod)
	if err != nil {
		return false, err
	}
	again := false
	switch err := cy.err.(type) {
	case nil:
		if cy.err = r.bind(cy, pod, out); cy.err != nil {
			out.Result, cy.attempt.Message = answer.Error, cy.err.Error()
			err := r.nominate(pod, &fwk.NominatingInfo{NominatingMode: fwk.ModeOverride})
			out.Attempts = append(out.Attempts, cy.attempt)
			out.Message = note(cy.attempt.Message)
			return false, err
		}
	case *framework.FitError:
		out.Result = answer.Unschedulable
		if again, cy.err = r.reject(cy, pod, err); cy.err != nil {
			return false, cy.err
		}
	default:
		out.Result = answer.Error
		if cy.attempt.Message == "no nodes available to schedule pods" {
			out.Result = answer.Unschedulable
		}
		if err := r.nominate(pod, &fwk.NominatingInfo{NominatingMode: fwk.ModeOverride}); err != nil {
			return false, err
		}
	}
	if cy.attempt.Message != "" {
		out.Message = note(cy.attempt.Message)
	}
	out.Attempts = append(out.Attempts, cy.attempt)
	return again, nil
}

// reject runs PostFilter, writes the failure's text and carries out a preemption.
func (r *runner) reject(cy *cycle, pod *v1.Pod, fit *framework.FitError) (bool, error) {
	if !r.scheduler.Profiles[pod.Spec.SchedulerName].HasPostFilterPlugins() {
		return false, r.nominate(pod, &fwk.NominatingInfo{NominatingMode: fwk.ModeOverride})
	}
	p, victims, nominating := r.postFilter(cy, pod, fit)
	fit.Diagnosis.PostFilterMsg = p.Message
	cy.attempt.Message = fit.Error()
	if p.Message != "" {
		cy.attempt.Preemption = p
	}
	if len(victims) == 0 {
		return false, r.nominate(pod, nominating)
	}
	for _, v := range victims {
		if err := r.scheduler.Cache.RemovePod(r.log, v); err != nil {
			return false, err
		}
		if err := r.pods.Delete(v); err != nil {
			return false, err
		}
	}
	if err := r.denominate(p.Nominated, corev1helpers.PodPriority(pod)); err != nil {
		return false, err
	}
	return true, r.nominate(pod, nominating)
}

// denominate clears the nominations of less important pods to a node.
//
// Source: kubernetes v1.37.2 pkg/scheduler/framework/preemption/executor.go getLowerPriorityNominatedPods.
func (r *runner) denominate(node string, priority int32) error {
	for _, info := range r.scheduler.SchedulingQueue.NominatedPodsForNode(node) {
		o, ok, err := r.pods.GetByKey(podName(info.GetPod()))
		if err != nil || !ok {
			continue
		}
		if p := o.(*v1.Pod); corev1helpers.PodPriority(p) < priority {
			if err := r.nominate(p, &fwk.NominatingInfo{NominatingMode: fwk.ModeOverride}); err != nil {
				return err
			}
		}
	}
	return nil
}

// nominate leaves the pod's nomination as a cycle decided, in its status and in the queue.
func (r *runner) nominate(pod *v1.Pod, n nomination) error {
	if n.Mode() == fwk.ModeOverride {
		pod = pod.DeepCopy()
		pod.Status.NominatedNodeName = n.NominatedNodeName
		if err := r.pods.Update(pod); err != nil {
			return err
		}
	}
	info, _ := framework.NewPodInfo(pod)
	r.scheduler.SchedulingQueue.AddNominatedPod(r.log, info, n)
	return nil
}

// bind assumes the pod on the chosen node, reserves for it and lets it run.
func (r *runner) bind(cy *cycle, pod *v1.Pod, out *answer.Pod) error {
	node := cy.attempt.Chosen
	assumed := pod.DeepCopy()
	assumed.Spec.NodeName = node
	if err := r.scheduler.Cache.AssumePod(r.log, assumed); err != nil {
		return err
	}
	profile := r.scheduler.Profiles[pod.Spec.SchedulerName]
	s := profile.RunReservePluginsReserve(r.ctx, cy.state, assumed, node)
	if s.IsSuccess() {
		_, s = profile.RunPermitPlugins(r.ctx, cy.state, assumed, node)
	}
	if !s.IsSuccess() {
		profile.RunReservePluginsUnreserve(r.ctx, cy.state, assumed, node)
		if err := r.scheduler.Cache.ForgetPod(r.log, assumed); err != nil {
			return err
		}
		return s.AsError()
	}
	r.scheduler.SchedulingQueue.Delete(r.log, pod)
	r.scheduler.SchedulingQueue.DeleteNominatedPodIfExists(pod)
	running := assumed.DeepCopy()
	running.Status.Phase = v1.PodRunning
	started := metav1.NewTime(startOrigin.Add(time.Duration(r.placed) * time.Second))
	running.Status.StartTime = &started
	r.placed++
	if err := r.scheduler.Cache.AddPod(r.log, running); err != nil {
		return err
	}
	out.Result, out.Node = answer.Scheduled, node
	return r.pods.Update(running)
}

// note cuts a text to what fits an event.
//
// Source: kubernetes v1.37.2 pkg/scheduler/schedule_one.go truncateMessage.
func note(text string) string {
	if len(text) <= validation.NoteLengthLimit {
		return text
	}
	const suffix = " ..."
	return text[:validation.NoteLengthLimit-len(suffix)] + suffix
}
