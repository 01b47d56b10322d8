package record

import "towtank.dev/towtank/sim"

// eventColumns are the columns of events.csv.
var eventColumns = []column[EventRow]{
	instantColumn("first", "firstTimestamp", func(r *EventRow) *sim.Time { return &r.First }),
	instantColumn("last", "lastTimestamp", func(r *EventRow) *sim.Time { return &r.Last }),
	intColumn("count", "", "times the event was reported", func(r *EventRow) *int32 { return &r.Count }),
	textColumn("type", "Normal or Warning", func(r *EventRow) *string { return &r.Type }),
	textColumn("reason", "such as FailedScheduling", func(r *EventRow) *string { return &r.Reason }),
	textColumn("kind", "kind of the object it is about", func(r *EventRow) *string { return &r.Kind }),
	textColumn("namespace", "namespace of the object it is about", func(r *EventRow) *string { return &r.Namespace }).
		emptyWhen("the object has no namespace"),
	textColumn("object", "name of the object it is about", func(r *EventRow) *string { return &r.Object }),
	textColumn("source", "component that reported it", func(r *EventRow) *string { return &r.Source }),
	textColumn("message", "as written by the component", func(r *EventRow) *string { return &r.Message }),
}
