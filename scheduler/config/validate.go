package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// checkType reports a file that is something else.
func (c *Configuration) checkType() []error {
	var errs []error
	if c.APIVersion != APIVersion {
		errs = append(errs, framework.NotSupported("apiVersion", c.APIVersion, []string{APIVersion}))
	}
	if c.Kind != Kind {
		errs = append(errs, framework.NotSupported("kind", c.Kind, []string{Kind}))
	}
	return errs
}

// checkArgs reports arguments of plugins that are unknown or take none, and those of another type.
// Source: kubernetes v1.37.2 kube-scheduler config/v1/types.go PluginConfig.decodeNestedObjects.
func (p *Profile) checkArgs(r *plugins.Registry, path string) []error {
	var errs []error
	for i := range p.PluginConfig {
		pc, at := &p.PluginConfig[i], framework.Index(framework.Child(path, "pluginConfig"), i)
		if r.Lookup(pc.Name) == nil {
			errs = append(errs, unknownPlugin(r, framework.Child(at, "name"), pc.Name))
			continue
		}
		if pc.Args == nil {
			continue
		}
		at = framework.Child(at, "args")
		want := r.NewArgs(pc.Name)
		if want == nil {
			errs = append(errs, framework.Forbidden(at, fmt.Sprintf("plugin %s takes no arguments", pc.Name)))
		} else if reflect.TypeOf(want) != reflect.TypeOf(pc.Args) {
			errs = append(errs, framework.Invalid(at, pc.Args, "has to match plugin args"))
		} else if kind := pc.Args.TypeOf().Kind; kind != "" && kind != pc.Name+"Args" {
			errs = append(errs, framework.Invalid(framework.Child(at, "kind"), kind, fmt.Sprintf("args for plugin %s were not of type %sArgs", pc.Name, pc.Name)))
		}
	}
	return errs
}

// validate holds a completed configuration against upstream's rules.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation.go ValidateKubeSchedulerConfiguration.
func (c *Configuration) validate() []error {
	errs := c.validateProcess()
	if *c.Parallelism <= 0 {
		errs = append(errs, framework.Invalid("parallelism", *c.Parallelism, "should be an integer value greater than zero"))
	}
	seen := map[string]int{}
	for i := range c.Profiles {
		p, path := &c.Profiles[i], framework.Index("profiles", i)
		errs = append(errs, p.validate(path)...)
		if first, again := seen[p.name()]; again {
			errs = append(errs, framework.Duplicate(framework.Child(path, "schedulerName"), framework.Child(framework.Index("profiles", first), "schedulerName")))
		}
		seen[p.name()] = i
	}
	errs = append(errs, c.validateQueueSort()...)
	errs = append(errs, validatePercentage("percentageOfNodesToScore", c.PercentageOfNodesToScore)...)
	if initial := *c.PodInitialBackoffSeconds; initial <= 0 {
		errs = append(errs, framework.Invalid("podInitialBackoffSeconds", initial, "must be greater than 0"))
	}
	if limit := *c.PodMaxBackoffSeconds; limit < *c.PodInitialBackoffSeconds {
		errs = append(errs, framework.Invalid("podMaxBackoffSeconds", limit, "must be greater than or equal to PodInitialBackoffSeconds"))
	}
	if len(c.Extenders) > 0 {
		errs = append(errs, framework.Forbidden("extenders", "extenders are not simulated: a run asks nothing outside itself"))
	}
	return errs
}

// validateProcess checks what configures the real process alone.
// Source: kubernetes v1.37.2 component-base config/validation/validation.go.
func (c *Configuration) validateProcess() []error {
	var errs []error
	if burst := *c.ClientConnection.Burst; burst < 0 {
		errs = append(errs, framework.Invalid("clientConnection.burst", burst, "must be non-negative"))
	}
	l := &c.LeaderElection
	if !*l.LeaderElect {
		return errs
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"leaseDuration", *l.LeaseDuration}, {"renewDeadline", *l.RenewDeadline}, {"retryPeriod", *l.RetryPeriod}} {
		if d.value <= 0 {
			errs = append(errs, framework.Invalid("leaderElection."+d.name, d.value.String(), "must be greater than zero"))
		}
	}
	if *l.LeaseDuration <= *l.RenewDeadline {
		errs = append(errs, framework.Invalid("leaderElection.leaseDuration", l.RenewDeadline.String(), "must be greater than `RenewDeadline`"))
	}
	if l.ResourceLock != "leases" {
		errs = append(errs, framework.Invalid("leaderElection.resourceLock", l.ResourceLock, `resourceLock value must be "leases"`))
	}
	return errs
}

func validatePercentage(path string, percentage *int32) []error {
	if percentage != nil && (*percentage < 0 || *percentage > 100) {
		return []error{framework.Invalid(path, *percentage, "not in valid range [0-100]")}
	}
	return nil
}

// name is the scheduler name, "" when none is given.
func (p *Profile) name() string {
	if p.SchedulerName == nil {
		return ""
	}
	return *p.SchedulerName
}

// validate checks one profile.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation.go validateKubeSchedulerProfile.
func (p *Profile) validate(path string) []error {
	var errs []error
	if p.name() == "" {
		errs = append(errs, framework.Required(framework.Child(path, "schedulerName"), ""))
	}
	errs = append(errs, validatePercentage(framework.Child(path, "percentageOfNodesToScore"), p.PercentageOfNodesToScore)...)
	seen := map[string]bool{}
	for i := range p.PluginConfig {
		pc, at := &p.PluginConfig[i], framework.Index(framework.Child(path, "pluginConfig"), i)
		if seen[pc.Name] {
			errs = append(errs, framework.Duplicate(at, pc.Name))
		}
		seen[pc.Name] = true
		if pc.Args != nil {
			errs = append(errs, pc.Args.Validate(framework.Child(at, "args"))...)
		}
	}
	return errs
}

// removed are plugins of earlier releases, which upstream refuses by name.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation.go invalidPluginsByVersion.
var removed = []string{"AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"}

// checkEnabled reports enabled plugins that there are not. It looks at the sets as written, so that
// paths are those of the file.
func (p *Profile) checkEnabled(r *plugins.Registry, path string) []error {
	if p.Plugins == nil {
		return nil
	}
	var errs []error
	for _, point := range p.Plugins.points() {
		at := framework.Child(framework.Child(framework.Child(path, "plugins"), point.name), "enabled")
		for i, pl := range point.set.Enabled {
			if err := checkKnown(r, framework.Index(at, i), pl.Name); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errs
}

func checkKnown(r *plugins.Registry, path, name string) error {
	if slices.Contains(removed, name) {
		return framework.Invalid(path, name, fmt.Sprintf("was invalid in version \"v1\" (KubeSchedulerConfiguration is version %q)", APIVersion))
	}
	if r.Lookup(name) == nil {
		return unknownPlugin(r, path, name)
	}
	return nil
}

// unknownPlugin names the plugins there are.
func unknownPlugin(r *plugins.Registry, path, name string) error {
	var known []string
	for _, e := range r.Entries() {
		known = append(known, e.Name)
	}
	err := framework.NotSupported(path, name, known)
	err.Detail = fmt.Sprintf("plugin %q does not exist; %s", name, err.Detail)
	return err
}

// validateQueueSort demands one queue order for all profiles: they share a queue.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation.go validateCommonQueueSort.
func (c *Configuration) validateQueueSort() []error {
	var errs []error
	first := &c.Profiles[0].Plugins.QueueSort
	if n := len(first.Enabled); n > 1 {
		errs = append(errs, framework.Invalid("profiles[0].plugins.queueSort.Enabled", n, "only one queue sort plugin can be enabled"))
	}
	for i := 1; i < len(c.Profiles); i++ {
		if set := &c.Profiles[i].Plugins.QueueSort; !reflect.DeepEqual(first, set) {
			errs = append(errs, framework.Invalid(framework.Child(framework.Index("profiles", i), "plugins.queueSort"), set, "must be the same for all profiles"))
		}
	}
	return errs
}
