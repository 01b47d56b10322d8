package model

// EndpointSlice is a discovery.k8s.io/v1 EndpointSlice: some of the endpoints of a service.
type EndpointSlice struct {
	ObjectMeta
	AddressType string // IPv4, IPv6, FQDN
	Endpoints   []Endpoint
	Ports       []EndpointPort
}

// Kind is KindEndpointSlice.
func (*EndpointSlice) Kind() Kind { return KindEndpointSlice }

// Endpoint is one endpoint, as a rule a pod.
type Endpoint struct {
	Addresses []string
	// Ready: takes traffic; Serving: is ready, even while it ends; Terminating: is ending.
	Ready       bool
	Serving     bool
	Terminating bool
	NodeName    string
	Zone        string
	Hostname    string
	Target      ObjectReference // Kind "" when there is none
	// ForZones and ForNodes are the hints of topology-aware routing.
	ForZones []string
	ForNodes []string
}

// EndpointPort is a port on which all endpoints of a slice listen.
type EndpointPort struct {
	Name     string
	Protocol string
	Port     int32
}

// LabelServiceName is the label of a slice with the name of its service, LabelManagedBy that with who keeps it.
const (
	LabelServiceName = "kubernetes.io/service-name"
	LabelManagedBy   = "endpointslice.kubernetes.io/managed-by"
)
