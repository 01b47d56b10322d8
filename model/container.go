package model

// RestartPolicy says when ended containers run again.
type RestartPolicy string

// The restart policies of pods; containers may have one of their own.
const (
	RestartAlways    RestartPolicy = "Always"
	RestartOnFailure RestartPolicy = "OnFailure"
	RestartNever     RestartPolicy = "Never"
)

// Container is one container of a pod, as far as scheduling and node life see it.
type Container struct {
	Name            string
	Image           string
	ImagePullPolicy string // Always, IfNotPresent, Never; defaulted when read
	Requests        ResourceList
	Limits          ResourceList
	Ports           []ContainerPort
	// RestartPolicy is empty unless the container has its own; an init container with Always is a sidecar.
	RestartPolicy RestartPolicy
	RestartRules  []RestartRule
	// EnvRefs are the ConfigMaps and Secrets that the environment is made of (env and envFrom, in their order):
	// the container is not started while one that is not optional is missing.
	EnvRefs []ConfigReference
	// BindMountOptions: some volume is mounted with options of its own.
	BindMountOptions bool

	StartupProbe   *Probe
	LivenessProbe  *Probe
	ReadinessProbe *Probe
	PostStart      *Handler
	PreStop        *Handler
}

// Sidecar says whether an init container keeps running beside the regular ones.
func (c *Container) Sidecar() bool { return c.RestartPolicy == RestartAlways }

// ContainerPort is a port a container listens on, and the host port it takes, if any.
type ContainerPort struct {
	Name          string
	ContainerPort int32
	HostPort      int32 // 0: none
	HostIP        string
	Protocol      string // TCP, UDP, SCTP; defaulted to TCP when read
}

// RestartRule is a container-level rule on exit codes.
type RestartRule struct {
	Action   string // Restart, RestartAllContainers
	Operator string // In, NotIn
	Codes    []int32
}

// Probe is a health check; all values defaulted when read.
type Probe struct {
	Handler                       Handler
	InitialDelaySeconds           int32
	TimeoutSeconds                int32
	PeriodSeconds                 int32
	SuccessThreshold              int32
	FailureThreshold              int32
	TerminationGracePeriodSeconds *int64
}

// Handler is what a probe or a hook does: exactly one of the kinds.
type Handler struct {
	Kind    string   // exec, httpGet, tcpSocket, grpc, sleep
	Command []string // exec
	Path    string   // httpGet
	Scheme  string   // httpGet
	Host    string   // httpGet, tcpSocket
	Port    string   // number or name
	Service string   // grpc
	Seconds int64    // sleep
}

// ConfigReference names a ConfigMap or a Secret, and a key of it, that a container or a volume needs.
type ConfigReference struct {
	Kind     Kind // KindConfigMap, KindSecret
	Name     string
	Key      string // "": the object as a whole
	Optional bool
}
