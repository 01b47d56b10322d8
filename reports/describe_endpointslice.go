package reports

import (
	"strings"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeEndpointSliceV1.
var endpointSliceDescription = description{model.KindEndpointSlice, func(d *Describer, s *sheet, o model.Object) {
	slice := o.(*model.EndpointSlice)
	s.head(&slice.ObjectMeta)
	s.marks(&slice.ObjectMeta)
	s.put(0, "AddressType:\t%s", slice.AddressType)
	if len(slice.Ports) == 0 {
		s.put(0, "Ports: %s", unsetWord)
	} else {
		s.put(0, "Ports:")
		s.put(1, "Name\tPort\tProtocol")
		s.put(1, "----\t----\t--------")
	}
	for _, p := range slice.Ports {
		port := unsetWord
		if p.Port != 0 {
			port = countText(p.Port)
		}
		s.put(1, "%s\t%s\t%s", orWord(p.Name, unsetWord), port, p.Protocol)
	}
	if len(slice.Endpoints) == 0 {
		s.put(0, "Endpoints: %s", noneWord)
	} else {
		s.put(0, "Endpoints:")
	}
	for i := range slice.Endpoints {
		e := &slice.Endpoints[i]
		s.put(1, "- Addresses:\t%s", orNone(strings.Join(e.Addresses, ", ")))
		s.put(2, "Conditions:")
		s.put(3, "Ready:\t%t", e.Ready)
		s.put(2, "Hostname:\t%s", orWord(e.Hostname, unsetWord))
		if e.Target.Kind != "" {
			s.put(2, "TargetRef:\t%s/%s", e.Target.Kind, e.Target.Name)
		}
		s.put(2, "NodeName:\t%s", orWord(e.NodeName, unsetWord))
		s.put(2, "Zone:\t%s", orWord(e.Zone, unsetWord))
	}
	d.events(s)
}}
