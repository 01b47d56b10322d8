package controllers

import (
	"cmp"
	"slices"

	"towtank.dev/towtank/model"
)

var replicationControllerInfo = Info{
	Name:  "replicationcontroller-controller",
	Doc:   "Keeps as many pods of a ReplicationController as it asks for.",
	Kinds: []model.Kind{model.KindReplicationController},
	Start: func(m *Manager) { startReplicas(m, replicationControllers(m)) },
}

// replicationControllers is the source of ReplicationControllers, seen as ReplicaSets.
// Source: kubernetes v1.37.2 pkg/controller/replication/replication_controller.go NewReplicationManager.
func replicationControllers(m *Manager) setSource {
	controllers := InformerOf[*model.ReplicationController](m, model.KindReplicationController)
	view := func(o model.Object) *model.ReplicaSet { return viewOf(o.(*model.ReplicationController)) }
	return setSource{
		kind: model.KindReplicationController, apiVersion: "v1", name: "replicationcontroller-controller",
		component: "replication-controller",
		get: func(namespace, name string) (*model.ReplicaSet, bool) {
			rc, ok := controllers.Get(namespace, name)
			if !ok {
				return nil, false
			}
			return viewOf(rc), true
		},
		all: func(namespace string) []*model.ReplicaSet {
			var out []*model.ReplicaSet
			for rc := range controllers.All() {
				if rc.Namespace == namespace {
					out = append(out, viewOf(rc))
				}
			}
			return out
		},
		siblings: func(*model.ReplicaSet) []*model.ReplicaSet { return nil },
		watch: func(h Handlers[*model.ReplicaSet]) {
			controllers.Handle(Handlers[*model.ReplicationController]{
				Add:    func(rc *model.ReplicationController) { h.Add(viewOf(rc)) },
				Update: func(old, rc *model.ReplicationController) { h.Update(viewOf(old), viewOf(rc)) },
				Delete: func(rc *model.ReplicationController) { h.Delete(viewOf(rc)) },
			})
		},
		view: view,
		object: func(set *model.ReplicaSet, status model.ReplicaSetStatus) model.Object {
			return controllerOf(set, status)
		},
	}
}

// viewOf is a ReplicationController as a ReplicaSet.
// Source: kubernetes v1.37.2 pkg/controller/replication/conversion.go convertRCtoRS.
func viewOf(rc *model.ReplicationController) *model.ReplicaSet {
	return &model.ReplicaSet{ObjectMeta: rc.ObjectMeta, Selector: equalitySelector(rc.Selector), Replicas: rc.Replicas,
		MinReadySeconds: rc.MinReadySeconds, Template: rc.Template, Status: rc.Status}
}

// controllerOf is the ReplicationController that a view stands for, with a status.
func controllerOf(set *model.ReplicaSet, status model.ReplicaSetStatus) *model.ReplicationController {
	selector := make(map[string]string, len(set.Selector.Requirements))
	for _, q := range set.Selector.Requirements {
		selector[q.Key] = q.Values[0]
	}
	return &model.ReplicationController{ObjectMeta: set.ObjectMeta, Selector: selector, Replicas: set.Replicas,
		MinReadySeconds: set.MinReadySeconds, Template: set.Template, Status: status}
}

// equalitySelector takes what has all of the labels.
func equalitySelector(labels map[string]string) *model.Selector {
	s := &model.Selector{}
	for k, v := range labels {
		s.Requirements = append(s.Requirements, model.Requirement{Key: k, Operator: model.OpIn, Values: []string{v}})
	}
	slices.SortFunc(s.Requirements, func(a, b model.Requirement) int { return cmp.Compare(a.Key, b.Key) })
	return s
}
