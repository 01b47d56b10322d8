package reports_test

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
)

func TestRolloutStatusSentences(t *testing.T) {
	deployment := func(s model.DeploymentStatus) *model.Deployment {
		return &model.Deployment{ObjectMeta: model.ObjectMeta{Name: "w", Generation: 2}, Replicas: 3, Status: s}
	}
	statefulSet := func(partition int32, s model.StatefulSetStatus) *model.StatefulSet {
		return &model.StatefulSet{ObjectMeta: model.ObjectMeta{Name: "w", Generation: 2}, Replicas: 3, Status: s,
			UpdateStrategy: model.StatefulSetStrategy{Type: model.RollingUpdate, Partition: partition}}
	}
	daemonSet := func(strategy string, s model.DaemonSetStatus) *model.DaemonSet {
		return &model.DaemonSet{ObjectMeta: model.ObjectMeta{Name: "w", Generation: 2}, UpdateStrategy: model.DaemonSetStrategy{Type: strategy}, Status: s}
	}
	late := []model.Condition{{Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded"}}
	for _, c := range []struct {
		name   string
		object model.Object
		want   string
		done   bool
		err    string
	}{
		{"a change that the controller has not seen", deployment(model.DeploymentStatus{ObservedGeneration: 1, UpdatedReplicas: 3}),
			"Waiting for deployment spec update to be observed...\n", false, ""},
		{"old pods beside new ones", deployment(model.DeploymentStatus{ObservedGeneration: 2, Replicas: 5, UpdatedReplicas: 3}),
			"Waiting for deployment \"w\" rollout to finish: 2 old replicas are pending termination...\n", false, ""},
		{"new pods that are not available", deployment(model.DeploymentStatus{ObservedGeneration: 2, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 1}),
			"Waiting for deployment \"w\" rollout to finish: 1 of 3 updated replicas are available...\n", false, ""},
		{"no progress for too long", deployment(model.DeploymentStatus{ObservedGeneration: 2, Conditions: late}),
			"", false, `deployment "w" exceeded its progress deadline`},
		{"all are new", deployment(model.DeploymentStatus{ObservedGeneration: 2, Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3}),
			"deployment \"w\" successfully rolled out\n", true, ""},
		{"pods with numbers that are not ready", statefulSet(0, model.StatefulSetStatus{ObservedGeneration: 2, ReadyReplicas: 1}),
			"Waiting for 2 pods to be ready...\n", false, ""},
		{"a partition leaves some as they are: 3 - 1 are to be new", statefulSet(1, model.StatefulSetStatus{ObservedGeneration: 2, ReadyReplicas: 3, UpdatedReplicas: 1}),
			"Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...\n", false, ""},
		{"a partition that is reached", statefulSet(1, model.StatefulSetStatus{ObservedGeneration: 2, ReadyReplicas: 3, UpdatedReplicas: 2}),
			"partitioned roll out complete: 2 new pods have been updated...\n", true, ""},
		{"pods on nodes that are old", daemonSet(model.RollingUpdate, model.DaemonSetStatus{ObservedGeneration: 2, DesiredNumberScheduled: 4, UpdatedNumberScheduled: 1}),
			"Waiting for daemon set \"w\" rollout to finish: 1 out of 4 new pods have been updated...\n", false, ""},
		{"pods on nodes that are not available", daemonSet(model.RollingUpdate, model.DaemonSetStatus{ObservedGeneration: 2, DesiredNumberScheduled: 4, UpdatedNumberScheduled: 4, NumberAvailable: 3}),
			"Waiting for daemon set \"w\" rollout to finish: 3 of 4 updated pods are available...\n", false, ""},
		{"people replace the pods", daemonSet(model.OnDelete, model.DaemonSetStatus{}), "", true, "rollout status is only available for RollingUpdate strategy type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, done, err := reports.RolloutStatus(c.object, 0)
			words := ""
			if err != nil {
				words = err.Error()
			}
			if text != c.want || done != c.done || words != c.err {
				t.Errorf("%q, %v, %q", text, done, words)
			}
		})
	}
}
