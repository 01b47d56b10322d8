package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"gopkg.in/yaml.v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	strictjson "sigs.k8s.io/json"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// PatchType says how a patch changes an object, in kubectl's words.
type PatchType string

// The types of patches.
const (
	// StrategicPatch merges maps, and lists by the keys of their items.
	StrategicPatch PatchType = "strategic"
	// MergePatch merges maps and replaces lists.
	MergePatch PatchType = "merge"
	// JSONPatch is a list of operations.
	JSONPatch PatchType = "json"
)

// Patch changes objects by way of their v1 form.
type Patch struct {
	clock clock
	// change makes the new JSON of the old one.
	change func(k *kind, old []byte) ([]byte, error)
}

// ReadPatch reads a patch for objects of a kind. Unknown fields and values of a wrong type are problems;
// the patch is then nil.
func ReadPatch(file string, n *yaml.Node, path string, of model.Kind, t PatchType, start time.Time, problems *decode.Problems) *Patch {
	before := problems.Len()
	k := kindNamed(of)
	switch {
	case k == nil:
		problems.Add(file, n, path, "objects of kind %s are not modelled, want one of %s", of, strings.Join(modelled(), ", "))
	case t == JSONPatch:
		if decode.Resolve(n).Kind != yaml.SequenceNode {
			problems.Add(file, n, path, "%s, want a list of operations", decode.Kind(n))
		}
	case t != StrategicPatch && t != MergePatch:
		problems.Add(file, n, path, "%q is not a type of patch, want strategic, merge or json", t)
	default:
		d := &decode.Decoder{File: file, Problems: problems, Hooks: hooks(), Manifest: true}
		d.Into(withoutDirectives(n), path, k.empty())
	}
	if problems.Len() > before {
		return nil
	}
	data, err := json.Marshal(decode.Plain(n))
	if err == nil && t == JSONPatch {
		_, err = jsonpatch.DecodePatch(data)
	}
	if err != nil {
		problems.Add(file, n, path, "not a patch: %v", err)
		return nil
	}
	return &Patch{clock{start}, func(k *kind, old []byte) ([]byte, error) { return change(k, t, old, data) }}
}

func change(k *kind, t PatchType, old, patch []byte) ([]byte, error) {
	switch t {
	case JSONPatch:
		operations, err := jsonpatch.DecodePatch(patch)
		if err != nil {
			return nil, err
		}
		return operations.Apply(old)
	case MergePatch:
		return jsonpatch.MergePatch(old, patch)
	}
	return strategicpatch.StrategicMergePatch(old, patch, k.empty())
}

// withoutDirectives is a patch without the keys that steer strategic merging.
func withoutDirectives(n *yaml.Node) *yaml.Node {
	n = decode.Resolve(n)
	out := *n
	out.Content = nil
	switch n.Kind {
	case yaml.MappingNode:
		for _, p := range decode.Pairs(n) {
			if !strings.HasPrefix(p.Key.Value, "$") {
				out.Content = append(out.Content, p.Key, withoutDirectives(p.Value))
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			out.Content = append(out.Content, withoutDirectives(item))
		}
	}
	return &out
}

// lastApplied is the annotation in which kubectl apply keeps what was applied.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Apply is what `kubectl apply` of a manifest does to an object that is there. The object was read with
// Options.Apply.
func Apply(o *Object, start time.Time) *Patch {
	modified := o.applied
	return &Patch{clock{start}, func(k *kind, old []byte) ([]byte, error) {
		schema, err := strategicpatch.NewPatchMetaFromStruct(k.empty())
		if err != nil {
			return nil, err
		}
		var current metav1.PartialObjectMetadata
		if err := json.Unmarshal(old, &current); err != nil {
			return nil, err
		}
		original := []byte(current.Annotations[lastApplied])
		patch, err := strategicpatch.CreateThreeWayMergePatch(original, modified, old, schema, true)
		if err != nil {
			return nil, err
		}
		return strategicpatch.StrategicMergePatch(old, patch, k.empty())
	}}
}

// annotate gives an object that is to be applied kubectl's annotation, and keeps the manifest.
// Source: kubernetes v1.37.2 staging/src/k8s.io/kubectl/pkg/util/apply.go GetModifiedConfiguration.
func annotate(place *Object, n *yaml.Node, v metav1.Object) {
	whole, _ := decode.Plain(n).(map[string]any)
	meta, _ := whole["metadata"].(map[string]any)
	if meta == nil {
		return
	}
	meta["namespace"] = v.GetNamespace()
	if v.GetNamespace() == "" {
		delete(meta, "namespace")
	}
	notes, _ := meta["annotations"].(map[string]any)
	if notes == nil {
		notes = map[string]any{}
	}
	delete(notes, lastApplied)
	meta["annotations"] = notes
	delete(whole, "status")
	configuration, err := json.Marshal(whole)
	if err != nil {
		return
	}
	notes[lastApplied] = string(configuration) + "\n"
	place.applied, _ = json.Marshal(whole)
	given := v.GetAnnotations()
	annotations := make(map[string]string, len(given)+1)
	for key, value := range given {
		annotations[key] = value
	}
	annotations[lastApplied] = string(configuration) + "\n"
	v.SetAnnotations(annotations)
}

// Merge makes the changed object of the one that is there, complete and valid; old is not written to.
// The error is what the API server would refuse it with.
func (p *Patch) Merge(old model.Object) (model.Object, error) {
	k := kindNamed(old.Kind())
	if k == nil {
		return nil, fmt.Errorf("objects of kind %s cannot be patched", old.Kind())
	}
	before, err := JSON(old, p.clock.start)
	if err != nil {
		return nil, err
	}
	after, err := p.change(k, before)
	if err != nil {
		return nil, fmt.Errorf("%s %q cannot be patched: %w", old.Kind(), old.Meta().Name, err)
	}
	was, err := decodeJSON(k, before)
	if err != nil {
		return nil, err
	}
	is, err := decodeJSON(k, after)
	if err != nil {
		return nil, fmt.Errorf("%s %q is invalid: %w", old.Kind(), old.Meta().Name, err)
	}
	return p.clock.replace(k, old, was, is)
}

// decodeJSON decodes the JSON of an object strictly and completes it. What is wrong with it, and where, the
// slower decoder of manifests knows better.
func decodeJSON(k *kind, data []byte) (metav1.Object, error) {
	quick := k.empty()
	if strict, err := strictjson.UnmarshalStrict(data, quick); err == nil && len(strict) == 0 {
		completeAny(quick)
		return quick, nil
	}
	r := NewReader(Options{})
	n := parseJSON(r, data)
	if n == nil {
		return nil, errors.New(r.findings[0].Message)
	}
	v := k.empty()
	r.decoder.Into(n, "", v)
	for _, p := range r.problems.All() {
		return nil, fmt.Errorf("%s: %s", p.Path, p.Message)
	}
	completeAny(v)
	return v, nil
}
