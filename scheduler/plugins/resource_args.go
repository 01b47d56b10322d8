package plugins

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// ResourceSpec is a resource that scoring looks at, with its weight.
type ResourceSpec struct {
	Name   string `yaml:"name"`
	Weight int64  `yaml:"weight"` // 0 means 1
}

// ShapePoint is a point of a scoring function: utilization 0–100, score 0–10.
type ShapePoint struct {
	Utilization int32 `yaml:"utilization"`
	Score       int32 `yaml:"score"`
}

// maxShapeScore is the most a ShapePoint may give.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/types.go MaxCustomPriorityScore.
const maxShapeScore = 10

// The scoring strategies of NodeResourcesFit.
const (
	LeastAllocated           = "LeastAllocated"
	MostAllocated            = "MostAllocated"
	RequestedToCapacityRatio = "RequestedToCapacityRatio"
)

// NodeResourcesFitArgs configures NodeResourcesFit.
type NodeResourcesFitArgs struct {
	framework.TypeMeta `yaml:",inline"`
	// IgnoredResources and IgnoredResourceGroups are extended resources that the filter passes over.
	IgnoredResources      []string         `yaml:"ignoredResources"`
	IgnoredResourceGroups []string         `yaml:"ignoredResourceGroups"`
	ScoringStrategy       *ScoringStrategy `yaml:"scoringStrategy"`
}

// ScoringStrategy says how NodeResourcesFit scores.
type ScoringStrategy struct {
	Type                     string         `yaml:"type"`
	Resources                []ResourceSpec `yaml:"resources"`
	RequestedToCapacityRatio *RatioParam    `yaml:"requestedToCapacityRatio"`
}

// RatioParam is the shape of the RequestedToCapacityRatio strategy.
type RatioParam struct {
	Shape []ShapePoint `yaml:"shape"`
}

// NodeResourcesBalancedAllocationArgs configures NodeResourcesBalancedAllocation.
type NodeResourcesBalancedAllocationArgs struct {
	framework.TypeMeta `yaml:",inline"`
	// Resources are those held in balance; only weight 1 is valid.
	Resources []ResourceSpec `yaml:"resources"`
}

// SetDefaults is LeastAllocated on CPU and memory.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/defaults.go SetDefaults_NodeResourcesFitArgs.
func (a *NodeResourcesFitArgs) SetDefaults() {
	if a.ScoringStrategy == nil {
		a.ScoringStrategy = &ScoringStrategy{Type: LeastAllocated}
	}
	a.ScoringStrategy.Resources = defaultResources(a.ScoringStrategy.Resources)
}

// SetDefaults is CPU and memory.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/v1/defaults.go SetDefaults_NodeResourcesBalancedAllocationArgs.
func (a *NodeResourcesBalancedAllocationArgs) SetDefaults() {
	a.Resources = defaultResources(a.Resources)
}

func defaultResources(resources []ResourceSpec) []ResourceSpec {
	if len(resources) == 0 {
		return []ResourceSpec{{model.ResourceCPU, 1}, {model.ResourceMemory, 1}}
	}
	for i := range resources {
		if resources[i].Weight == 0 {
			resources[i].Weight = 1
		}
	}
	return resources
}

// Validate holds the arguments against upstream's rules.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go ValidateNodeResourcesFitArgs.
func (a *NodeResourcesFitArgs) Validate(path string) []error {
	var errs []error
	for i, name := range a.IgnoredResources {
		errs = append(errs, framework.ValidateLabelKey(name, framework.Index(framework.Child(path, "ignoredResources"), i))...)
	}
	for i, group := range a.IgnoredResourceGroups {
		at := framework.Index(framework.Child(path, "ignoredResourceGroups"), i)
		if strings.Contains(group, "/") {
			errs = append(errs, framework.Invalid(at, group, "resource group name can't contain '/'"))
		}
		errs = append(errs, framework.ValidateLabelKey(group, at)...)
	}
	at := framework.Child(path, "scoringStrategy")
	if a.ScoringStrategy == nil {
		return append(errs, framework.Required(at, "ScoringStrategy field is required"))
	}
	return append(errs, a.ScoringStrategy.validate(at)...)
}

func (s *ScoringStrategy) validate(path string) []error {
	var errs []error
	if s.Type != LeastAllocated && s.Type != MostAllocated && s.Type != RequestedToCapacityRatio {
		errs = append(errs, framework.NotSupported(framework.Child(path, "type"), s.Type, []string{LeastAllocated, MostAllocated, RequestedToCapacityRatio}))
	}
	for i := range s.Resources {
		if r := &s.Resources[i]; r.Weight <= 0 || r.Weight > 100 {
			at := framework.Child(framework.Index(framework.Child(path, "resources"), i), "weight")
			errs = append(errs, framework.Invalid(at, r.Weight, fmt.Sprintf("resource weight of %v not in valid range (0, 100]", r.Name)))
		}
	}
	at := framework.Child(path, "requestedToCapacityRatio")
	switch {
	case s.Type == RequestedToCapacityRatio && s.RequestedToCapacityRatio == nil:
		errs = append(errs, framework.Required(at, "must be specified when type is RequestedToCapacityRatio"))
	case s.Type == RequestedToCapacityRatio:
		errs = append(errs, validateShape(s.RequestedToCapacityRatio.Shape, framework.Child(at, "shape"))...)
	case s.RequestedToCapacityRatio != nil:
		errs = append(errs, framework.Forbidden(at, "must be nil when type is not RequestedToCapacityRatio"))
	}
	return errs
}

// Validate holds the arguments against upstream's rules.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go ValidateNodeResourcesBalancedAllocationArgs.
func (a *NodeResourcesBalancedAllocationArgs) Validate(path string) []error {
	var errs []error
	seen := map[string]bool{}
	for i := range a.Resources {
		r, at := &a.Resources[i], framework.Index(framework.Child(path, "resources"), i)
		if seen[r.Name] {
			errs = append(errs, framework.Duplicate(framework.Child(at, "name"), r.Name))
		}
		seen[r.Name] = true
		if r.Weight != 1 {
			errs = append(errs, framework.Invalid(framework.Child(at, "weight"), r.Weight, "must be 1"))
		}
	}
	return errs
}

// validateShape checks the points of a scoring function.
// Source: kubernetes v1.37.2 pkg/scheduler/apis/config/validation/validation_pluginargs.go validateFunctionShape.
func validateShape(shape []ShapePoint, path string) []error {
	if len(shape) == 0 {
		return []error{framework.Required(path, "at least one point must be specified")}
	}
	var errs []error
	for i := 1; i < len(shape); i++ {
		if shape[i-1].Utilization >= shape[i].Utilization {
			errs = append(errs, framework.Invalid(framework.Child(framework.Index(path, i), "utilization"), shape[i].Utilization, "values must be sorted in increasing order"))
			break
		}
	}
	for i, point := range shape {
		at := framework.Index(path, i)
		if point.Utilization < 0 || point.Utilization > 100 {
			errs = append(errs, framework.Invalid(framework.Child(at, "utilization"), point.Utilization, "not in valid range [0, 100]"))
		}
		if point.Score < 0 || point.Score > maxShapeScore {
			errs = append(errs, framework.Invalid(framework.Child(at, "score"), point.Score, "not in valid range [0, 10]"))
		}
	}
	return errs
}

// shapeValue is the piecewise linear function through the points, constant beyond the ends.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/helper/shape_score.go BuildBrokenLinearFunction.
func shapeValue(shape []ShapePoint, utilization int64) int64 {
	const scale = framework.MaxNodeScore / maxShapeScore
	for i := range shape {
		at, score := int64(shape[i].Utilization), int64(shape[i].Score)*scale
		if utilization > at {
			continue
		}
		if i == 0 {
			return score
		}
		before, beforeScore := int64(shape[i-1].Utilization), int64(shape[i-1].Score)*scale
		return beforeScore + (score-beforeScore)*(utilization-before)/(at-before)
	}
	return int64(shape[len(shape)-1].Score) * scale
}
