package manifest

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// each turns a list, item by item; nil stays nil.
func each[A, B any](list []A, turn func(*A) B) []B {
	var out []B
	for i := range list {
		out = append(out, turn(&list[i]))
	}
	return out
}

func (c clock) deploymentCondition(v *appsv1.DeploymentCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message,
		LastTransition: c.at(v.LastTransitionTime), LastUpdate: c.at(v.LastUpdateTime)}
}

func (c clock) toDeploymentCondition(v *model.Condition) appsv1.DeploymentCondition {
	return appsv1.DeploymentCondition{Type: appsv1.DeploymentConditionType(v.Type), Status: v1.ConditionStatus(v.Status), Reason: v.Reason,
		Message: v.Message, LastTransitionTime: c.wall(v.LastTransition), LastUpdateTime: c.wall(v.LastUpdate)}
}

func (c clock) replicaSetCondition(v *appsv1.ReplicaSetCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message, LastTransition: c.at(v.LastTransitionTime)}
}

func (c clock) toReplicaSetCondition(v *model.Condition) appsv1.ReplicaSetCondition {
	return appsv1.ReplicaSetCondition{Type: appsv1.ReplicaSetConditionType(v.Type), Status: v1.ConditionStatus(v.Status), Reason: v.Reason,
		Message: v.Message, LastTransitionTime: c.wall(v.LastTransition)}
}

func (c clock) controllerCondition(v *v1.ReplicationControllerCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message, LastTransition: c.at(v.LastTransitionTime)}
}

func (c clock) toControllerCondition(v *model.Condition) v1.ReplicationControllerCondition {
	return v1.ReplicationControllerCondition{Type: v1.ReplicationControllerConditionType(v.Type), Status: v1.ConditionStatus(v.Status), Reason: v.Reason,
		Message: v.Message, LastTransitionTime: c.wall(v.LastTransition)}
}

func (c clock) statefulSetCondition(v *appsv1.StatefulSetCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message, LastTransition: c.at(v.LastTransitionTime)}
}

func (c clock) toStatefulSetCondition(v *model.Condition) appsv1.StatefulSetCondition {
	return appsv1.StatefulSetCondition{Type: appsv1.StatefulSetConditionType(v.Type), Status: v1.ConditionStatus(v.Status), Reason: v.Reason,
		Message: v.Message, LastTransitionTime: c.wall(v.LastTransition)}
}

func (c clock) daemonSetCondition(v *appsv1.DaemonSetCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message, LastTransition: c.at(v.LastTransitionTime)}
}

func (c clock) toDaemonSetCondition(v *model.Condition) appsv1.DaemonSetCondition {
	return appsv1.DaemonSetCondition{Type: appsv1.DaemonSetConditionType(v.Type), Status: v1.ConditionStatus(v.Status), Reason: v.Reason,
		Message: v.Message, LastTransitionTime: c.wall(v.LastTransition)}
}

func (c clock) jobCondition(v *batchv1.JobCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message,
		LastTransition: c.at(v.LastTransitionTime), LastUpdate: c.at(v.LastProbeTime)}
}

func (c clock) toJobCondition(v *model.Condition) batchv1.JobCondition {
	return batchv1.JobCondition{Type: batchv1.JobConditionType(v.Type), Status: v1.ConditionStatus(v.Status), Reason: v.Reason,
		Message: v.Message, LastTransitionTime: c.wall(v.LastTransition), LastProbeTime: c.wall(v.LastUpdate)}
}

func (c clock) autoscalerCondition(v *autoscalingv2.HorizontalPodAutoscalerCondition) model.Condition {
	return model.Condition{Type: string(v.Type), Status: string(v.Status), Reason: v.Reason, Message: v.Message, LastTransition: c.at(v.LastTransitionTime)}
}

func (c clock) toAutoscalerCondition(v *model.Condition) autoscalingv2.HorizontalPodAutoscalerCondition {
	return autoscalingv2.HorizontalPodAutoscalerCondition{Type: autoscalingv2.HorizontalPodAutoscalerConditionType(v.Type), Status: v1.ConditionStatus(v.Status),
		Reason: v.Reason, Message: v.Message, LastTransitionTime: c.wall(v.LastTransition)}
}

func (c clock) budgetCondition(v *metav1.Condition) model.Condition {
	return model.Condition{Type: v.Type, Status: string(v.Status), Reason: v.Reason, Message: v.Message,
		LastTransition: c.at(v.LastTransitionTime), ObservedGeneration: v.ObservedGeneration}
}

func (c clock) toBudgetCondition(v *model.Condition) metav1.Condition {
	return metav1.Condition{Type: v.Type, Status: metav1.ConditionStatus(v.Status), Reason: v.Reason, Message: v.Message,
		LastTransitionTime: c.wall(v.LastTransition), ObservedGeneration: v.ObservedGeneration}
}

// instant is an instant that may be absent.
func (c clock) instant(t *metav1.Time) *sim.Time {
	at, ok := c.pointer(t)
	if !ok {
		return nil
	}
	return &at
}

// toInstant turns an instant back that may be absent.
func (c clock) toInstant(t *sim.Time) *metav1.Time {
	if t == nil {
		return nil
	}
	at := c.wall(*t)
	return &at
}
