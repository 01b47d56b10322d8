package plugins

import "towtank.dev/towtank/scheduler/framework"

// VolumeBindingArgs configures VolumeBinding.
type VolumeBindingArgs struct {
	framework.TypeMeta `yaml:",inline"`
	// BindTimeoutSeconds is how long a binding may take, default 600.
	BindTimeoutSeconds *int64 `yaml:"bindTimeoutSeconds"`
	// Shape turns the share of storage in use into a score; by default the emptier, the better.
	Shape []ShapePoint `yaml:"shape"`
}

// SetDefaults is 600 s and a shape that falls from 10 to 0.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/defaults.go SetDefaults_VolumeBindingArgs.
func (a *VolumeBindingArgs) SetDefaults() {
	if a.BindTimeoutSeconds == nil {
		timeout := int64(600)
		a.BindTimeoutSeconds = &timeout
	}
	if len(a.Shape) == 0 {
		a.Shape = []ShapePoint{{Utilization: 0, Score: maxShapeScore}, {Utilization: 100, Score: 0}}
	}
}

// Validate checks timeout and shape.
func (a *VolumeBindingArgs) Validate(path string) []error {
	var errs []error
	if timeout := *a.BindTimeoutSeconds; timeout < 0 {
		errs = append(errs, framework.Invalid(framework.Child(path, "bindTimeoutSeconds"), timeout, "invalid BindTimeoutSeconds, should not be a negative value"))
	}
	return append(errs, validateShape(a.Shape, framework.Child(path, "shape"))...)
}
