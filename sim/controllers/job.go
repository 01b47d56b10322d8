package controllers

import (
	"maps"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var jobInfo = Info{
	Name:  "job-controller",
	Doc:   "Runs the pods of a Job until enough of them have succeeded or too many have failed.",
	Kinds: []model.Kind{model.KindJob},
	Start: startJobs,
}

// What happens to a Job's pods is looked at together after jobBatch; a sync makes or deletes at most jobBurst
// pods and counts at most jobUncounted; a failure is followed by a wait of jobBackoffFirst, twice as long each
// time, up to jobBackoffMost.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go SyncJobBatchPeriod, MaxPodCreateDeletePerSync,
// MaxUncountedPods, DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff; config/v1alpha1/defaults.go ConcurrentJobSyncs.
const (
	jobBatch        = time.Second
	jobBurst        = 500
	jobUncounted    = 500
	jobBackoffFirst = 10 * time.Second
	jobBackoffMost  = 10 * time.Minute
	jobWorkers      = 5
)

// jobs is the controller of Jobs.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go Controller.
type jobs struct {
	manager     *Manager
	loop        *Loop
	orphans     *Loop // keys are pods whose finalizer nobody else takes off
	jobs        *Informer[*model.Job]
	pods        *Informer[*model.Pod]
	expects     *Expectations
	consistency *Consistency
	// removing are the pods of a Job whose finalizer has been taken off and is still seen.
	removing map[apiserver.Name]map[string]bool
	failures map[apiserver.Name]failureRecord
	finished map[string]bool // UIDs of Jobs that have been written as finished
}

// failureRecord is how many pods have failed since the last success, and when the last one did.
type failureRecord struct {
	count int32
	last  sim.Time
}

func startJobs(m *Manager) {
	c := &jobs{manager: m, expects: m.NewExpectations(), consistency: NewConsistency(),
		removing: map[apiserver.Name]map[string]bool{}, failures: map[apiserver.Name]failureRecord{}, finished: map[string]bool{}}
	c.loop = m.NewLoop(LoopOptions{Name: "job-controller", Workers: jobWorkers, Sync: c.sync})
	c.orphans = m.NewLoop(LoopOptions{Name: "job-controller/orphans", Component: "job-controller", Workers: 1, Sync: c.syncOrphan})
	c.jobs = InformerOf[*model.Job](m, model.KindJob)
	c.pods = InformerOf[*model.Pod](m, model.KindPod)
	c.consistency.Watches(model.KindPod, c.pods.Seen)
	c.consistency.Watches(model.KindJob, c.jobs.Seen)
	c.jobs.Handle(Handlers[*model.Job]{Add: func(j *model.Job) { c.loop.Add(apiserver.NameOf(j)) }, Update: c.jobUpdated, Delete: c.jobDeleted})
	c.pods.Handle(Handlers[*model.Pod]{Add: c.podAdded, Update: c.podUpdated, Delete: func(p *model.Pod) { c.podGoing(p, true) }})
}

// batched has a Job synced with all that happens to it in the next second.
func (c *jobs) batched(j *model.Job) { c.loop.AddAfter(apiserver.NameOf(j), jobBatch) }

func (c *jobs) jobUpdated(old, j *model.Job) {
	key := apiserver.NameOf(j)
	switch {
	case j.Finished():
		c.freeOrphans(j)
		return
	case j.Generation == old.Generation:
		c.batched(j)
	default:
		c.loop.Add(key)
	}
	if j.Status.StartTime == nil || j.ActiveDeadlineSeconds == nil {
		return
	}
	if old.ActiveDeadlineSeconds == nil || *old.ActiveDeadlineSeconds != *j.ActiveDeadlineSeconds {
		due := c.manager.Second(*j.Status.StartTime).Add(time.Duration(*j.ActiveDeadlineSeconds) * time.Second)
		c.loop.AddAfter(key, due.Sub(c.manager.Engine.Now()))
	}
}

func (c *jobs) jobDeleted(j *model.Job) {
	key := apiserver.NameOf(j)
	c.consistency.Clear(key)
	delete(c.finished, j.UID)
	c.freeOrphans(j)
	c.expects.Forget(key)
	delete(c.failures, key)
	c.loop.Add(key)
}

// freeOrphans takes the finalizer off pods that no sync of their Job will.
func (c *jobs) freeOrphans(j *model.Job) {
	for p := range c.pods.OwnedBy(j.UID) {
		if tracked(p) {
			c.orphans.Add(apiserver.NameOf(p))
		}
	}
}

// tracked says whether a pod is not counted yet: its finalizer keeps it until then.
// Source: kubernetes v1.37.2 pkg/controller/job/tracking_utils.go hasJobTrackingFinalizer.
func tracked(p *model.Pod) bool { return slices.Contains(p.Finalizers, model.FinalizerJobTracking) }

// owner is the Job that a pod's reference means, nil when it is not there.
func (c *jobs) owner(pod *model.Pod) *model.Job {
	ref := pod.Controller()
	if ref == nil || ref.Kind != string(model.KindJob) {
		return nil
	}
	if j, ok := c.jobs.Get(pod.Namespace, ref.Name); ok && j.UID == ref.UID {
		return j
	}
	return nil
}

func (c *jobs) podAdded(pod *model.Pod) {
	if pod.Deleting {
		c.podGoing(pod, false)
		return
	}
	if pod.Controller() != nil {
		if j := c.owner(pod); j != nil {
			c.expects.CreationObserved(apiserver.NameOf(j))
			c.batched(j)
		}
		return
	}
	c.orphaned(pod)
}

// orphaned has the Jobs synced that may adopt a pod.
func (c *jobs) orphaned(pod *model.Pod) {
	if tracked(pod) {
		c.orphans.Add(apiserver.NameOf(pod))
	}
	for j := range c.jobs.All() {
		if j.Namespace == pod.Namespace && j.Selector != nil && j.Selector.Matches(pod.Labels) {
			c.batched(j)
		}
	}
}

func (c *jobs) podUpdated(old, pod *model.Pod) {
	if pod.Deleting {
		c.podGoing(pod, false)
		return
	}
	was, is := old.Controller(), pod.Controller()
	moved := !sameReference(was, is)
	if moved && was != nil {
		if j := c.owner(old); j != nil {
			c.seenFree(j, pod, false)
			c.batched(j)
		}
	}
	switch {
	case is != nil:
		if j := c.owner(pod); j != nil {
			c.seenFree(j, pod, false)
			c.batched(j)
		}
	case moved || !maps.Equal(old.Labels, pod.Labels) || tracked(pod):
		c.orphaned(pod)
	}
}

// seenFree takes note that a pod is seen without its finalizer, or gone.
func (c *jobs) seenFree(j *model.Job, pod *model.Pod, gone bool) {
	if gone || !tracked(pod) {
		delete(c.removing[apiserver.NameOf(j)], pod.UID)
	}
}

// podGoing takes note of a pod that is being deleted, or is gone.
func (c *jobs) podGoing(pod *model.Pod, gone bool) {
	j := c.owner(pod)
	if j == nil || j.Finished() {
		if tracked(pod) && !gone {
			c.orphans.Add(apiserver.NameOf(pod))
		}
		return
	}
	c.expects.DeletionObserved(apiserver.NameOf(j), pod.UID)
	c.seenFree(j, pod, gone)
	c.batched(j)
}

// syncOrphan takes the finalizer off a pod that no Job counts any more.
// Source: kubernetes v1.37.2 pkg/controller/job/job_controller.go handleSingleOrphanPod.
func (c *jobs) syncOrphan(key apiserver.Name) error {
	pod, ok := c.pods.Get(key.Namespace, key.Name)
	if !ok {
		return nil
	}
	if j := c.owner(pod); j != nil && !j.Finished() {
		return nil
	}
	err := c.free(c.orphans, pod)
	if apiserver.Is(err, apiserver.NotFound) {
		return nil
	}
	return err
}

// free takes the finalizer off a pod.
func (c *jobs) free(l *Loop, pod *model.Pod) error {
	return l.Patch(model.KindPod, pod.Namespace, pod.Name, pod.UID, freed)
}

// freed is a pod without the finalizer of Jobs; nil when it has none.
func freed(o model.Object) (model.Object, error) {
	pod := o.(*model.Pod)
	if !tracked(pod) {
		return nil, nil
	}
	out := apiserver.Copy(pod).(*model.Pod)
	out.Finalizers = slices.DeleteFunc(slices.Clone(pod.Finalizers), func(f string) bool { return f == model.FinalizerJobTracking })
	return out, nil
}
