package controllers

import (
	"fmt"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// burstReplicas is how many pods a set makes or deletes before it looks at what has become of them.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set.go BurstReplicas.
const burstReplicas = 500

// The reasons of events and conditions about pods that are made and deleted.
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go FailedCreatePodReason and its neighbours.
const (
	reasonFailedCreate     = "FailedCreate"
	reasonSuccessfulCreate = "SuccessfulCreate"
	reasonFailedDelete     = "FailedDelete"
	reasonSuccessfulDelete = "SuccessfulDelete"
)

// sync brings a set to as many pods as it asks for, and its status to what is there.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set.go syncReplicaSet.
func (c *replicas) sync(key apiserver.Name) error {
	if c.consistency != nil {
		if err := c.consistency.Ready(key); err != nil {
			return err
		}
	}
	set, ok := c.sets.get(key.Namespace, key.Name)
	if !ok {
		c.expects.Forget(key)
		return nil
	}
	due := c.expects.Satisfied(key)
	owned, leaving := c.podsOf(set)
	pods, err := claim(c.claimer(set), owned)
	if err != nil {
		return err
	}
	var failed error
	if due && !set.Deleting {
		failed = c.manage(pods, set)
	}
	status := c.status(set, pods, leaving, failed)
	check := c.manager.Engine.Now().Add(c.nextCheck(set, pods))
	written, err := c.writeStatus(set, status)
	if err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if written.MinReadySeconds > 0 && status.ReadyReplicas != status.AvailableReplicas {
		c.loop.AddAfter(key, check.Sub(c.manager.Engine.Now()))
	}
	return nil
}

// podsOf returns the pods that count for a set, orphans that it might adopt among them, and how many of its
// own are terminating.
func (c *replicas) podsOf(set *model.ReplicaSet) (pods []*model.Pod, terminatingPods int32) {
	for p := range c.pods.OwnedBy(set.UID) {
		switch {
		case active(p):
			pods = append(pods, p)
		case terminating(p) && set.Selector.Matches(p.Labels):
			terminatingPods++
		}
	}
	for p := range c.pods.Orphans(set.Namespace) {
		if active(p) && set.Selector.Matches(p.Labels) {
			pods = append(pods, p)
		}
	}
	return pods, terminatingPods
}

func (c *replicas) claimer(set *model.ReplicaSet) *claimer {
	object := c.sets.object(set, set.Status)
	cl := &claimer{loop: c.loop, owner: object, ref: controllerRef(c.sets.apiVersion, object),
		matches: func(o model.Object) bool { return set.Selector.Matches(o.Meta().Labels) }}
	if c.consistency != nil {
		cl.wrote = func(o model.Object) { c.consistency.WroteAt(apiserver.NameOf(set), set.UID, o) }
	}
	return cl
}

// nextCheck is how long it takes until the next pod of a set becomes available, as far as that is known.
func (c *replicas) nextCheck(set *model.ReplicaSet, pods []*model.Pod) time.Duration {
	if next, ok := c.manager.nextAvailable(pods, set.MinReadySeconds); ok {
		return next
	}
	return seconds(set.MinReadySeconds)
}

// manage makes or deletes pods until there are as many as a set asks for.
// Source: kubernetes v1.37.2 pkg/controller/replicaset/replica_set.go manageReplicas.
func (c *replicas) manage(pods []*model.Pod, set *model.ReplicaSet) error {
	switch diff := len(pods) - int(set.Replicas); {
	case diff < 0:
		return c.create(set, min(-diff, burstReplicas))
	case diff > 0:
		return c.delete(set, pods, min(diff, burstReplicas))
	}
	return nil
}

// create makes pods in batches that grow while all goes well.
func (c *replicas) create(set *model.ReplicaSet, n int) error {
	key := apiserver.NameOf(set)
	c.expects.ExpectCreations(key, n)
	object := c.sets.object(set, set.Status)
	refs := []model.OwnerReference{controllerRef(c.sets.apiVersion, object)}
	done, err := c.loop.SlowStart(n, func(int) error {
		pod, err := c.manager.API.Create(podFrom(set.Template, object, refs))
		if err != nil {
			if isTerminatingNamespace(err) {
				return nil
			}
			c.loop.Event(object, apiserver.Warning, reasonFailedCreate, "Error creating: %v", err)
			return err
		}
		if c.consistency != nil {
			c.consistency.WroteAt(key, set.UID, pod)
		}
		c.loop.Event(object, apiserver.Normal, reasonSuccessfulCreate, "Created pod: %s", pod.Meta().Name)
		return nil
	})
	for range n - done {
		c.expects.CreationObserved(key)
	}
	return err
}

// delete deletes the pods that can best be spared, all at once.
func (c *replicas) delete(set *model.ReplicaSet, pods []*model.Pod, n int) error {
	key := apiserver.NameOf(set)
	chosen := c.podsToDelete(set, pods, n)
	uids := make([]string, len(chosen))
	for i, p := range chosen {
		uids[i] = p.UID
	}
	c.expects.ExpectDeletions(key, uids)
	object := c.sets.object(set, set.Status)
	errs := c.loop.Parallel(len(chosen), func(i int) error {
		pod := chosen[i]
		err := c.manager.API.Delete(model.KindPod, pod.Namespace, pod.Name, apiserver.DeleteOptions{})
		if err == nil {
			c.loop.Event(object, apiserver.Normal, reasonSuccessfulDelete, "Deleted pod: %s", pod.Name)
			return nil
		}
		c.expects.DeletionObserved(key, pod.UID)
		if apiserver.Is(err, apiserver.NotFound) {
			return nil
		}
		c.loop.Event(object, apiserver.Warning, reasonFailedDelete, "Error deleting: %v", err)
		return fmt.Errorf("unable to delete pods: %w", err)
	})
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// isTerminatingNamespace says whether nothing can be made because the namespace is going.
// Source: kubernetes v1.37.2 api core/v1/types.go NamespaceTerminatingCause.
func isTerminatingNamespace(err error) bool {
	return apiserver.Is(err, apiserver.Forbidden) && strings.HasSuffix(err.Error(), "because it is being terminated")
}
