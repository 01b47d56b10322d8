package manifest

import (
	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

// toEvent writes an event as the recorders of Kubernetes' own components do.
// Source: kubernetes v1.37.2 client-go tools/record/event.go makeEvent.
func (c clock) toEvent(e *model.Event) *v1.Event {
	return &v1.Event{
		TypeMeta: typeMeta(model.KindEvent), ObjectMeta: c.toMeta(&e.ObjectMeta),
		InvolvedObject: v1.ObjectReference{
			Kind: string(e.Object.Kind), Namespace: e.Object.Namespace, Name: e.Object.Name, UID: uid(e.Object.UID),
			APIVersion: typeMeta(e.Object.Kind).APIVersion,
		},
		Reason: e.Reason, Message: e.Message, Type: e.Type, Count: e.Count,
		Source:         v1.EventSource{Component: e.Component, Host: e.Host},
		FirstTimestamp: c.wall(e.First), LastTimestamp: c.wall(e.Last),
		ReportingController: e.Component, ReportingInstance: e.Host,
	}
}
