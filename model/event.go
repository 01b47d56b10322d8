package model

import "towtank.dev/towtank/sim"

// Event is a Kubernetes event: something said about an object, counted when said again.
type Event struct {
	ObjectMeta
	Type      string // Normal, Warning
	Reason    string
	Message   string
	Component string // source.component
	Host      string // source.host
	Object    ObjectReference
	First     sim.Time
	Last      sim.Time
	Count     int32
}

// Kind is KindEvent.
func (*Event) Kind() Kind { return KindEvent }

// ObjectReference names the object an event is about.
type ObjectReference struct {
	Kind      Kind
	Namespace string
	Name      string
	UID       string
	// FieldPath is the part of the object that is meant, such as spec.containers{web}.
	FieldPath string
}
