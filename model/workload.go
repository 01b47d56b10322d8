package model

// Service selects pods by labels, and spreads what comes to its address over those that are ready.
type Service struct {
	ObjectMeta
	Selector  map[string]string // empty: selects nothing
	ClusterIP string            // "None" for a headless service
	Ports     []ServicePort
	Type      string // ClusterIP, NodePort, LoadBalancer, ExternalName; defaulted when read
	// SessionAffinity is None or ClientIP; AffinitySeconds is how long a client keeps its endpoint (ClientIP only).
	SessionAffinity string
	AffinitySeconds int32
	// InternalTrafficPolicy and ExternalTrafficPolicy are Cluster or Local; the external one is "" where
	// the type has none.
	InternalTrafficPolicy string
	ExternalTrafficPolicy string
	// TrafficDistribution is "", PreferClose, PreferSameZone or PreferSameNode.
	TrafficDistribution      string
	ExternalName             string
	PublishNotReadyAddresses bool
}

// Kind is KindService.
func (*Service) Kind() Kind { return KindService }

// ServicePort maps a port of the service to one of its pods.
type ServicePort struct {
	Name       string
	Protocol   string
	Port       int32
	TargetPort string // number or name
	NodePort   int32  // 0: none
}
