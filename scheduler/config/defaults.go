package config

import (
	"slices"
	"time"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// DefaultSchedulerName is the profile of pods that name none.
const DefaultSchedulerName = "default-scheduler"

// Default is the configuration that kube-scheduler has without a file.
func Default() *Configuration {
	c := &Configuration{APIVersion: APIVersion, Kind: Kind}
	if errs := c.Complete(plugins.Default()); len(errs) > 0 {
		panic(errs[0])
	}
	return c
}

// Complete fills in what was left out, as upstream's defaulting does, and reports every fault in
// upstream's words, as *framework.FieldError with paths such as profiles[0].plugins.score.enabled[1].
// Completing twice changes nothing more.
func (c *Configuration) Complete(r *plugins.Registry) []error {
	errs := c.checkType()
	for i := range c.Profiles {
		errs = append(errs, c.Profiles[i].checkEnabled(r, framework.Index("profiles", i))...)
		errs = append(errs, c.Profiles[i].checkArgs(r, framework.Index("profiles", i))...)
	}
	if len(errs) > 0 {
		return errs
	}
	c.setDefaults(r)
	return c.validate()
}

// setDefaults fills in what was left out.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/defaults.go SetDefaults_KubeSchedulerConfiguration.
func (c *Configuration) setDefaults(r *plugins.Registry) {
	setDefault(&c.Parallelism, 16)
	if len(c.Profiles) == 0 {
		c.Profiles = []Profile{{}}
	}
	if len(c.Profiles) == 1 {
		setDefault(&c.Profiles[0].SchedulerName, DefaultSchedulerName)
	}
	for i := range c.Profiles {
		c.Profiles[i].setDefaults(r)
	}
	setDefault(&c.PercentageOfNodesToScore, 0)
	setDefault(&c.PodInitialBackoffSeconds, 1)
	setDefault(&c.PodMaxBackoffSeconds, 10)
	setDefault(&c.EnableProfiling, true)
	if *c.EnableProfiling {
		setDefault(&c.EnableContentionProfiling, true)
	}
	c.ClientConnection.setDefaults()
	c.LeaderElection.setDefaults()
}

func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// setDefaults merges the plugin sets and fills in arguments.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/defaults.go setDefaults_KubeSchedulerProfile.
func (p *Profile) setDefaults(r *plugins.Registry) {
	p.Plugins = mergePlugins(defaultPlugins(), p.Plugins)
	given := map[string]bool{}
	for i := range p.PluginConfig {
		pc := &p.PluginConfig[i]
		given[pc.Name] = true
		if pc.Args == nil {
			pc.Args = r.NewArgs(pc.Name)
		}
		if pc.Args != nil {
			pc.Args.SetDefaults()
		}
	}
	for _, name := range p.Plugins.Names() {
		if args := r.NewArgs(name); args != nil && !given[name] {
			args.SetDefaults()
			p.PluginConfig = append(p.PluginConfig, PluginConfig{Name: name, Args: args})
		}
	}
}

// Names lists the enabled plugins of all points, sorted.
func (p *Plugins) Names() []string {
	var names []string
	for _, point := range p.points() {
		for _, pl := range point.set.Enabled {
			names = append(names, pl.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// point is a plugin set with its name in the file.
type point struct {
	name string
	set  *PluginSet
}

// points lists the plugin sets in upstream's order.
func (p *Plugins) points() []point {
	return []point{
		{"preEnqueue", &p.PreEnqueue},
		{"queueSort", &p.QueueSort},
		{"preFilter", &p.PreFilter},
		{"filter", &p.Filter},
		{"postFilter", &p.PostFilter},
		{"preScore", &p.PreScore},
		{"score", &p.Score},
		{"reserve", &p.Reserve},
		{"permit", &p.Permit},
		{"preBind", &p.PreBind},
		{"bind", &p.Bind},
		{"postBind", &p.PostBind},
		{"multiPoint", &p.MultiPoint},
		{"placementGenerate", &p.PlacementGenerate},
		{"placementScore", &p.PlacementScore},
		{"podGroupPostFilter", &p.PodGroupPostFilter},
	}
}

func (c *ClientConnection) setDefaults() {
	if c.ContentType == "" {
		c.ContentType = "application/vnd.kubernetes.protobuf"
	}
	if c.QPS == nil || *c.QPS == 0 {
		qps := 50.0
		c.QPS = &qps
	}
	if c.Burst == nil || *c.Burst == 0 {
		burst := int32(100)
		c.Burst = &burst
	}
}

// Source: kubernetes v1.37.2 component-base config/v1alpha1/defaults.go
// RecommendedDefaultLeaderElectionConfiguration.
func (l *LeaderElection) setDefaults() {
	setDefault(&l.LeaderElect, true)
	for _, d := range []struct {
		field **time.Duration
		value time.Duration
	}{{&l.LeaseDuration, 15 * time.Second}, {&l.RenewDeadline, 10 * time.Second}, {&l.RetryPeriod, 2 * time.Second}} {
		if *d.field == nil || **d.field == 0 {
			*d.field = &d.value
		}
	}
	for _, s := range []struct {
		field *string
		value string
	}{{&l.ResourceLock, "leases"}, {&l.ResourceName, "kube-scheduler"}, {&l.ResourceNamespace, "kube-system"}} {
		if *s.field == "" {
			*s.field = s.value
		}
	}
}
