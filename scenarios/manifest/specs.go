package manifest

import (
	"crypto/sha256"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// specs keeps each pod spec once. Pods of one template are written alike, so a spec is known by what is
// written, before it is decoded.
type specs struct {
	known  map[[sha256.Size]byte]*knownSpec
	buffer []byte
}

// knownSpec is a spec without findings. With labelKeys it depends on the pod's labels, and spec is unset:
// the values are then part of a second key.
type knownSpec struct {
	spec      *model.PodSpec
	labelKeys []string
}

func newSpecs() specs { return specs{known: map[[sha256.Size]byte]*knownSpec{}} }

// key is the hash of a spec as written, without what is the single pod's.
func (s *specs) key(n *yaml.Node) [sha256.Size]byte {
	s.buffer = s.buffer[:0]
	for _, p := range decode.Pairs(n) {
		if p.Key.Value != "nodeName" {
			s.buffer = append(append(s.buffer, p.Key.Value...), 0)
			s.write(p.Value)
		}
	}
	return sha256.Sum256(s.buffer)
}

// write appends a node in a form that no other has.
func (s *specs) write(n *yaml.Node) {
	n = decode.Resolve(n)
	if n.Kind == yaml.ScalarNode {
		s.buffer = append(append(append(s.buffer, n.Tag...), ' '), byte(n.Style)+'0')
		s.buffer = append(append(s.buffer, sharedText(n.Value)...), 0)
		return
	}
	s.buffer = append(s.buffer, '(', byte(n.Kind))
	for _, child := range n.Content {
		s.write(child)
	}
	s.buffer = append(s.buffer, ')')
}

// tokenVolume begins the name of the volume with the token of the service account, which every pod has
// with an ending of its own. It differs between pods of one template and means nothing.
// Source: kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go ServiceAccountVolumeName.
const tokenVolume = "kube-api-access-"

func sharedText(value string) string {
	if strings.HasPrefix(value, tokenVolume) && len(value) == len(tokenVolume)+5 {
		return tokenVolume
	}
	return value
}

// variant is the key of a spec together with the values of labels that it takes over.
func (s *specs) variant(key [sha256.Size]byte, keys []string, labels map[string]string) [sha256.Size]byte {
	s.buffer = append(s.buffer[:0], key[:]...)
	for _, k := range keys {
		value, has := labels[k]
		s.buffer = append(append(append(s.buffer, k...), '='), value...)
		if has {
			s.buffer = append(s.buffer, '!')
		}
		s.buffer = append(s.buffer, 0)
	}
	return sha256.Sum256(s.buffer)
}

// find returns the spec of a pod with these labels, nil when it is not known yet.
func (s *specs) find(key [sha256.Size]byte, labels map[string]string) *model.PodSpec {
	k := s.known[key]
	if k != nil && len(k.labelKeys) > 0 {
		k = s.known[s.variant(key, k.labelKeys, labels)]
	}
	if k == nil {
		return nil
	}
	return k.spec
}

// keep remembers a spec.
func (s *specs) keep(key [sha256.Size]byte, keys []string, labels map[string]string, spec *model.PodSpec) {
	if len(keys) == 0 {
		s.known[key] = &knownSpec{spec: spec}
		return
	}
	s.known[key] = &knownSpec{labelKeys: slices.Clone(keys)}
	s.known[s.variant(key, keys, labels)] = &knownSpec{spec: spec}
}
