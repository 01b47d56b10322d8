package plugins

import (
	"encoding/binary"
	"maps"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// The keys below say what plugins read of a pod, so that runtimes can keep their answers.

var (
	_ framework.Keyed = (*nodeName)(nil)
	_ framework.Keyed = (*nodeUnschedulable)(nil)
	_ framework.Keyed = (*taintToleration)(nil)
	_ framework.Keyed = (*nodeAffinity)(nil)
	_ framework.Keyed = (*nodePorts)(nil)
	_ framework.Keyed = (*nodeResourcesFit)(nil)
	_ framework.Keyed = (*nodeResourcesBalancedAllocation)(nil)
	_ framework.Keyed = (*imageLocality)(nil)
	_ framework.Keyed = (*nodeDeclaredFeatures)(nil)

	_ framework.Listed            = (*imageLocality)(nil)
	_ framework.DefaultNormalized = (*taintToleration)(nil)
	_ framework.DefaultNormalized = (*nodeAffinity)(nil)
)

// AppendKey appends nothing: a runtime that keeps answers does not do so for pods that have a node.
func (*nodeName) AppendKey(key []byte, _ *framework.SpecInfo) []byte { return key }

// AppendKey appends whether the cordon is tolerated.
func (*nodeUnschedulable) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	return appendBool(key, cordonTaint.ToleratedBy(spec.Tolerations))
}

// AppendKey appends the tolerations.
func (*taintToleration) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	key = appendInt(key, int64(len(spec.Tolerations)))
	for i := range spec.Tolerations {
		t := &spec.Tolerations[i]
		key = appendString(key, t.Key)
		key = appendString(key, t.Operator)
		key = appendString(key, t.Value)
		key = appendString(key, string(t.Effect))
	}
	return key
}

// Reversed is true: untolerated taints count against a node.
func (*taintToleration) Reversed() bool { return true }

// AppendKey appends the node selector and the node affinity.
func (*nodeAffinity) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	key = appendBool(key, spec.NodeSelector != nil)
	key = appendInt(key, int64(len(spec.NodeSelector)))
	if len(spec.NodeSelector) > 0 {
		for _, name := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
			key = appendString(appendString(key, name), spec.NodeSelector[name])
		}
	}
	a := spec.Affinity
	key = appendBool(key, a != nil)
	if a == nil {
		return key
	}
	key = appendBool(key, a.NodeRequired != nil)
	if a.NodeRequired != nil {
		key = appendInt(key, int64(len(a.NodeRequired.Terms)))
		for i := range a.NodeRequired.Terms {
			key = appendNodeTerm(key, &a.NodeRequired.Terms[i])
		}
	}
	key = appendBool(key, a.NodePreferred != nil)
	key = appendInt(key, int64(len(a.NodePreferred)))
	for i := range a.NodePreferred {
		key = appendInt(key, int64(a.NodePreferred[i].Weight))
		key = appendNodeTerm(key, &a.NodePreferred[i].Term)
	}
	return key
}

// Reversed is false: the best node matches the heaviest terms.
func (*nodeAffinity) Reversed() bool { return false }

// AppendKey appends the wanted ports.
func (*nodePorts) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	key = appendInt(key, int64(len(spec.Ports)))
	for _, p := range spec.Ports {
		key = appendString(appendString(appendInt(key, int64(p.Port)), p.IP), p.Protocol)
	}
	return key
}

// AppendKey appends what the spec asks for, by filter and by score.
func (*nodeResourcesFit) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	return appendRequests(appendRequests(key, &spec.Requests), &spec.ScoredRequests)
}

// AppendKey appends what the spec asks for. Pods that hold something else are for runtimes to tell apart.
func (*nodeResourcesBalancedAllocation) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	return appendRequests(key, &spec.Requests)
}

// AppendKey appends the images.
func (*imageLocality) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	key = appendInt(key, int64(len(spec.Images)))
	for _, image := range spec.Images {
		key = appendInt(key, int64(image))
	}
	return key
}

// AppendKey appends the features that the spec needs.
func (*nodeDeclaredFeatures) AppendKey(key []byte, spec *framework.SpecInfo) []byte {
	needs := neededFeatures(spec.PodSpec)
	key = appendInt(key, int64(len(needs)))
	for _, need := range needs {
		key = appendString(key, need)
	}
	return key
}

// DependsOnListOnly holds: images are counted when their node changes.
func (*imageLocality) DependsOnListOnly() {}

func appendInt(key []byte, v int64) []byte { return binary.AppendVarint(key, v) }

func appendString(key []byte, s string) []byte { return append(appendInt(key, int64(len(s))), s...) }

func appendBool(key []byte, b bool) []byte {
	if b {
		return append(key, 1)
	}
	return append(key, 0)
}

func appendRequests(key []byte, r *framework.Requests) []byte {
	for _, v := range [...]int64{r.MilliCPU, r.Memory, r.EphemeralStorage, r.NonZeroMilliCPU, r.NonZeroMemory, int64(len(r.Scalars))} {
		key = appendInt(key, v)
	}
	for i := range r.Scalars {
		key = appendInt(appendInt(key, int64(r.Scalars[i].Number)), r.Scalars[i].Amount)
	}
	return key
}

func appendNodeTerm(key []byte, t *model.NodeSelectorTerm) []byte {
	key = appendString(key, t.Invalid)
	key = appendRequirements(key, t.MatchExpressions)
	return appendRequirements(key, t.MatchFields)
}

func appendRequirements(key []byte, requirements []model.Requirement) []byte {
	key = appendInt(key, int64(len(requirements)))
	for i := range requirements {
		r := &requirements[i]
		key = appendString(appendString(key, r.Key), string(r.Operator))
		key = appendInt(key, int64(len(r.Values)))
		for _, v := range r.Values {
			key = appendString(key, v)
		}
	}
	return key
}
