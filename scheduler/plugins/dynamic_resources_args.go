package plugins

import (
	"time"

	"towtank.dev/towtank/scheduler/framework"
)

// DynamicResourcesArgs are accepted and checked; dynamic resources are not modelled.
type DynamicResourcesArgs struct {
	framework.TypeMeta `yaml:",inline"`
	FilterTimeout      *time.Duration `yaml:"filterTimeout"`
	BindingTimeout     *time.Duration `yaml:"bindingTimeout"`
}

// SetDefaults is 10 s and 10 min.
func (a *DynamicResourcesArgs) SetDefaults() {
	if a.FilterTimeout == nil {
		timeout := 10 * time.Second
		a.FilterTimeout = &timeout
	}
	if a.BindingTimeout == nil {
		timeout := 600 * time.Second
		a.BindingTimeout = &timeout
	}
}

// Validate checks both timeouts.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go ValidateDynamicResourcesArgs.
func (a *DynamicResourcesArgs) Validate(path string) []error {
	var errs []error
	if *a.FilterTimeout < 0 {
		errs = append(errs, framework.Invalid(framework.Child(path, "filterTimeout"), a.FilterTimeout.String(), "must be zero or positive"))
	}
	if *a.BindingTimeout < time.Second {
		errs = append(errs, framework.Invalid(framework.Child(path, "bindingTimeout"), a.BindingTimeout.String(), "must be at least 1 second"))
	}
	return errs
}
