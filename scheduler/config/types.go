package config

import (
	"time"

	"towtank.dev/towtank/scheduler/framework"
)

// APIVersion and Kind are what a configuration file must say.
const (
	APIVersion = "kubescheduler.config.k8s.io/v1"
	Kind       = "KubeSchedulerConfiguration"
)

// Configuration is a KubeSchedulerConfiguration v1. As read it holds what was written; Complete fills
// in the rest and must be called (once) before a scheduler is made of it.
type Configuration struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`

	// Parallelism is accepted and validated; a simulated scheduler works as one with parallelism 1.
	Parallelism *int32 `yaml:"parallelism"`
	// PercentageOfNodesToScore (0–100) stops the search for feasible nodes; 0 or nil is adaptive.
	PercentageOfNodesToScore *int32 `yaml:"percentageOfNodesToScore"`
	// PodInitialBackoffSeconds (default 1) and PodMaxBackoffSeconds (default 10) bound the backoff.
	PodInitialBackoffSeconds *int64     `yaml:"podInitialBackoffSeconds"`
	PodMaxBackoffSeconds     *int64     `yaml:"podMaxBackoffSeconds"`
	Profiles                 []Profile  `yaml:"profiles"`
	Extenders                []Extender `yaml:"extenders"`

	// What follows configures the real process; it is accepted and has no effect.
	LeaderElection            LeaderElection   `yaml:"leaderElection"`
	ClientConnection          ClientConnection `yaml:"clientConnection"`
	EnableProfiling           *bool            `yaml:"enableProfiling"`
	EnableContentionProfiling *bool            `yaml:"enableContentionProfiling"`
	DelayCacheUntilActive     bool             `yaml:"delayCacheUntilActive"`
}

// Profile is one KubeSchedulerProfile: pods choose it by schedulerName.
type Profile struct {
	SchedulerName            *string        `yaml:"schedulerName"`
	PercentageOfNodesToScore *int32         `yaml:"percentageOfNodesToScore"`
	Plugins                  *Plugins       `yaml:"plugins"`
	PluginConfig             []PluginConfig `yaml:"pluginConfig"`
}

// Plugins are the plugin sets by extension point; MultiPoint stands for all of them.
type Plugins struct {
	PreEnqueue         PluginSet `yaml:"preEnqueue"`
	QueueSort          PluginSet `yaml:"queueSort"`
	PreFilter          PluginSet `yaml:"preFilter"`
	Filter             PluginSet `yaml:"filter"`
	PostFilter         PluginSet `yaml:"postFilter"`
	PreScore           PluginSet `yaml:"preScore"`
	Score              PluginSet `yaml:"score"`
	Reserve            PluginSet `yaml:"reserve"`
	Permit             PluginSet `yaml:"permit"`
	PreBind            PluginSet `yaml:"preBind"`
	Bind               PluginSet `yaml:"bind"`
	PostBind           PluginSet `yaml:"postBind"`
	MultiPoint         PluginSet `yaml:"multiPoint"`
	PlacementGenerate  PluginSet `yaml:"placementGenerate"`
	PlacementScore     PluginSet `yaml:"placementScore"`
	PodGroupPostFilter PluginSet `yaml:"podGroupPostFilter"`
}

// PluginSet enables and disables plugins at one extension point; a disabled "*" means all defaults.
type PluginSet struct {
	Enabled  []Plugin `yaml:"enabled"`
	Disabled []Plugin `yaml:"disabled"`
}

// Plugin is a plugin by name; Weight counts for scoring, nil or 0 means 1.
type Plugin struct {
	Name   string `yaml:"name"`
	Weight *int32 `yaml:"weight"`
}

// PluginConfig holds the arguments of one plugin. A decoder asks plugins.Registry.NewArgs(Name) for the
// struct to decode `args` into; nil Args means the defaults.
type PluginConfig struct {
	Name string         `yaml:"name"`
	Args framework.Args `yaml:"args"`
}

// Extender is recognised so that it can be refused: nothing outside the simulation is asked.
type Extender struct {
	URLPrefix        string                    `yaml:"urlPrefix"`
	FilterVerb       string                    `yaml:"filterVerb"`
	PreemptVerb      string                    `yaml:"preemptVerb"`
	PrioritizeVerb   string                    `yaml:"prioritizeVerb"`
	Weight           int64                     `yaml:"weight"`
	BindVerb         string                    `yaml:"bindVerb"`
	EnableHTTPS      bool                      `yaml:"enableHTTPS"`
	TLSConfig        *ExtenderTLS              `yaml:"tlsConfig"`
	HTTPTimeout      *time.Duration            `yaml:"httpTimeout"`
	NodeCacheCapable bool                      `yaml:"nodeCacheCapable"`
	ManagedResources []ExtenderManagedResource `yaml:"managedResources"`
	Ignorable        bool                      `yaml:"ignorable"`
}

// ExtenderManagedResource is a resource that an extender manages.
type ExtenderManagedResource struct {
	Name               string `yaml:"name"`
	IgnoredByScheduler bool   `yaml:"ignoredByScheduler"`
}

// ExtenderTLS is how an extender would be spoken to.
type ExtenderTLS struct {
	Insecure   bool   `yaml:"insecure"`
	ServerName string `yaml:"serverName"`
	CertFile   string `yaml:"certFile"`
	KeyFile    string `yaml:"keyFile"`
	CAFile     string `yaml:"caFile"`
	CertData   string `yaml:"certData"`
	KeyData    string `yaml:"keyData"`
	CAData     string `yaml:"caData"`
}

// LeaderElection is accepted and has no effect: there is one scheduler.
type LeaderElection struct {
	LeaderElect       *bool          `yaml:"leaderElect"`
	LeaseDuration     *time.Duration `yaml:"leaseDuration"`
	RenewDeadline     *time.Duration `yaml:"renewDeadline"`
	RetryPeriod       *time.Duration `yaml:"retryPeriod"`
	ResourceLock      string         `yaml:"resourceLock"`
	ResourceName      string         `yaml:"resourceName"`
	ResourceNamespace string         `yaml:"resourceNamespace"`
}

// ClientConnection is accepted and has no effect: there is no client.
type ClientConnection struct {
	Kubeconfig         string   `yaml:"kubeconfig"`
	AcceptContentTypes string   `yaml:"acceptContentTypes"`
	ContentType        string   `yaml:"contentType"`
	QPS                *float64 `yaml:"qps"`
	Burst              *int32   `yaml:"burst"`
}
