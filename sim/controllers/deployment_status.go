package controllers

import (
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// The reasons of a Deployment's conditions.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go.
const (
	reasonUpdated     = "ReplicaSetUpdated"
	reasonCreateError = "ReplicaSetCreateError"
	reasonCreated     = "NewReplicaSetCreated"
	reasonFound       = "FoundNewReplicaSet"
	reasonAvailable   = "NewReplicaSetAvailable"
	reasonTimedOut    = "ProgressDeadlineExceeded"
	reasonPaused      = "DeploymentPaused"
	reasonResumed     = "DeploymentResumed"
	reasonMinimum     = "MinimumReplicasAvailable"
	reasonNoMinimum   = "MinimumReplicasUnavailable"
)

// condition is a condition that holds from now on.
func (c *deployments) condition(kind, status, reason, message string) model.Condition {
	now := c.manager.Engine.Now()
	return model.Condition{Type: kind, Status: status, Reason: reason, Message: message, LastTransition: now, LastUpdate: now}
}

// setCondition puts a condition at the end of the others, unless one of its status and reason is there.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go SetDeploymentCondition.
func (c *deployments) setCondition(s *model.DeploymentStatus, condition model.Condition) {
	if have := model.FindCondition(s.Conditions, condition.Type); have != nil && have.Status == condition.Status {
		if have.Reason == condition.Reason {
			return
		}
		condition.LastTransition = have.LastTransition
	}
	s.Conditions = append(without(s.Conditions, condition.Type), condition)
}

// hasDeadline says whether a rollout that stands still is told of.
func hasDeadline(d *model.Deployment) bool {
	return d.ProgressDeadlineSeconds != nil && *d.ProgressDeadlineSeconds != maxInt32
}

// checkPaused writes into the condition Progressing that a Deployment is paused or goes on.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go checkPausedConditions.
func (c *deployments) checkPaused(d *model.Deployment) error {
	have := model.FindCondition(d.Status.Conditions, model.DeploymentProgressing)
	if !hasDeadline(d) || have != nil && have.Reason == reasonTimedOut {
		return nil
	}
	paused := have != nil && have.Reason == reasonPaused
	switch {
	case d.Paused && !paused:
		c.setCondition(&d.Status, c.condition(model.DeploymentProgressing, model.ConditionUnknown, reasonPaused, "Deployment is paused"))
	case !d.Paused && paused:
		c.setCondition(&d.Status, c.condition(model.DeploymentProgressing, model.ConditionUnknown, reasonResumed, "Deployment is resumed"))
	default:
		return nil
	}
	return c.write(d)
}

// status is what a Deployment's status should be.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go calculateStatus.
func (c *deployments) status(d *model.Deployment, r *rollout) model.DeploymentStatus {
	all := r.all()
	s := model.DeploymentStatus{ObservedGeneration: d.Generation, CollisionCount: d.Status.CollisionCount,
		AvailableReplicas: availableOf(all), TerminatingReplicas: terminatingOf(all), Conditions: d.Status.Conditions}
	for _, set := range all {
		s.Replicas += set.Status.Replicas
		s.ReadyReplicas += set.Status.ReadyReplicas
	}
	if r.new != nil {
		s.UpdatedReplicas = r.new.Status.Replicas
	}
	s.UnavailableReplicas = max(0, replicasOf(all)-s.AvailableReplicas)
	if s.AvailableReplicas >= d.Replicas-maxUnavailable(d) {
		c.setCondition(&s, c.condition(model.DeploymentAvailable, model.ConditionTrue, reasonMinimum, "Deployment has minimum availability."))
	} else {
		c.setCondition(&s, c.condition(model.DeploymentAvailable, model.ConditionFalse, reasonNoMinimum, "Deployment does not have minimum availability."))
	}
	return s
}

// terminatingOf is how many pods of the sets are terminating; nil where a set that has been looked at does not say.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go GetTerminatingReplicaCountForReplicaSets.
func terminatingOf(sets []*model.ReplicaSet) *int32 {
	n := int32(0)
	for _, s := range sets {
		switch {
		case s.Status.TerminatingReplicas != nil:
			n += *s.Status.TerminatingReplicas
		case s.Status.ObservedGeneration != 0:
			return nil
		}
	}
	return &n
}

// sameStatus says whether two statuses are equal in everything.
func sameStatus(a, b *model.DeploymentStatus) bool {
	return a.ObservedGeneration == b.ObservedGeneration && a.Replicas == b.Replicas && a.UpdatedReplicas == b.UpdatedReplicas &&
		a.ReadyReplicas == b.ReadyReplicas && a.AvailableReplicas == b.AvailableReplicas &&
		a.UnavailableReplicas == b.UnavailableReplicas && equalPointers(a.TerminatingReplicas, b.TerminatingReplicas) &&
		equalPointers(a.CollisionCount, b.CollisionCount) && slices.Equal(a.Conditions, b.Conditions)
}

// syncStatus writes a status in which progress is not looked at.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go syncDeploymentStatus.
func (c *deployments) syncStatus(d *model.Deployment, r *rollout) error {
	s := c.status(d, r)
	if sameStatus(&d.Status, &s) {
		return nil
	}
	d.Status = s
	return c.write(d)
}

// syncRolloutStatus writes the status, and what it says of the rollout's progress.
// Source: kubernetes v1.37.2 pkg/controller/deployment/progress.go syncRolloutStatus.
func (c *deployments) syncRolloutStatus(d *model.Deployment, r *rollout) error {
	s := c.status(d, r)
	if !hasDeadline(d) {
		s.Conditions = withoutIfThere(s.Conditions, model.DeploymentProgressing)
	}
	have := model.FindCondition(d.Status.Conditions, model.DeploymentProgressing)
	settled := s.Replicas == s.UpdatedReplicas && have != nil && have.Reason == reasonAvailable
	if hasDeadline(d) && !settled {
		c.judgeProgress(d, r, &s)
	}
	if failure := replicaFailure(r); failure != nil {
		c.setCondition(&s, *failure)
	} else {
		s.Conditions = withoutIfThere(s.Conditions, model.ReplicaFailure)
	}
	if sameStatus(&d.Status, &s) {
		c.checkProgressLater(d, &s)
		return nil
	}
	d.Status = s
	return c.write(d)
}

// withoutIfThere is without, but the same slice where there is nothing to leave out.
func withoutIfThere(conditions []model.Condition, kind string) []model.Condition {
	if model.FindCondition(conditions, kind) == nil {
		return conditions
	}
	return without(conditions, kind)
}

// judgeProgress sets the condition Progressing of a rollout under way.
func (c *deployments) judgeProgress(d *model.Deployment, r *rollout, s *model.DeploymentStatus) {
	subject := fmt.Sprintf("Deployment %q", d.Name)
	if r.new != nil {
		subject = fmt.Sprintf("ReplicaSet %q", r.new.Name)
	}
	have := model.FindCondition(d.Status.Conditions, model.DeploymentProgressing)
	switch {
	case complete(d, s):
		c.setCondition(s, c.condition(model.DeploymentProgressing, model.ConditionTrue, reasonAvailable, subject+" has successfully progressed."))
	case progressing(d, s):
		condition := c.condition(model.DeploymentProgressing, model.ConditionTrue, reasonUpdated, subject+" is progressing.")
		if have != nil {
			if have.Status == model.ConditionTrue {
				condition.LastTransition = have.LastTransition
			}
			s.Conditions = without(s.Conditions, model.DeploymentProgressing)
		}
		c.setCondition(s, condition)
	case c.timedOut(d, s):
		c.setCondition(s, c.condition(model.DeploymentProgressing, model.ConditionFalse, reasonTimedOut, subject+" has timed out progressing."))
	}
}

// complete says whether all pods of a Deployment are of the new set and available, and no old ones are there.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go DeploymentComplete.
func complete(d *model.Deployment, s *model.DeploymentStatus) bool {
	return s.UpdatedReplicas == d.Replicas && s.Replicas == d.Replicas && s.AvailableReplicas == d.Replicas &&
		s.ObservedGeneration >= d.Generation
}

// progressing says whether a status is nearer to the end of a rollout than the one before.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go DeploymentProgressing.
func progressing(d *model.Deployment, s *model.DeploymentStatus) bool {
	was := &d.Status
	return s.UpdatedReplicas > was.UpdatedReplicas || s.Replicas-s.UpdatedReplicas < was.Replicas-was.UpdatedReplicas ||
		s.ReadyReplicas > was.ReadyReplicas || s.AvailableReplicas > was.AvailableReplicas
}

// timedOut says whether a rollout has stood still for longer than its deadline.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go DeploymentTimedOut.
func (c *deployments) timedOut(d *model.Deployment, s *model.DeploymentStatus) bool {
	have := model.FindCondition(s.Conditions, model.DeploymentProgressing)
	switch {
	case have == nil || have.Reason == reasonAvailable:
		return false
	case have.Reason == reasonTimedOut:
		return true
	}
	return c.manager.Second(have.LastUpdate).Add(seconds(*d.ProgressDeadlineSeconds)) < c.manager.Engine.Now()
}

// checkProgressLater has a rollout that may be stuck looked at when its deadline is over, and a second more.
// Source: kubernetes v1.37.2 pkg/controller/deployment/progress.go requeueStuckDeployment.
func (c *deployments) checkProgressLater(d *model.Deployment, s *model.DeploymentStatus) {
	have := model.FindCondition(d.Status.Conditions, model.DeploymentProgressing)
	if !hasDeadline(d) || have == nil || complete(d, s) || have.Reason == reasonTimedOut {
		return
	}
	key := apiserver.NameOf(d)
	after := c.manager.Second(have.LastUpdate).Add(seconds(*d.ProgressDeadlineSeconds)).Sub(c.manager.Engine.Now())
	if after < time.Second {
		c.loop.AddRateLimited(key)
		return
	}
	c.loop.AddAfter(key, after+time.Second)
}

// replicaFailure is the condition of a set that could not make its pods, as one of the Deployment.
// Source: kubernetes v1.37.2 pkg/controller/deployment/progress.go getReplicaFailures.
func replicaFailure(r *rollout) *model.Condition {
	sets := r.old
	if r.new != nil {
		sets = append([]*model.ReplicaSet{r.new}, r.old...)
	}
	for _, s := range sets {
		if have := model.FindCondition(s.Status.Conditions, model.ReplicaFailure); have != nil {
			failure := *have
			failure.LastUpdate = have.LastTransition
			return &failure
		}
	}
	return nil
}
