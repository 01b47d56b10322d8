package manifest

import (
	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// older are the versions beside the newest in which the API server still takes a kind.
var older = map[model.Kind]string{model.KindHorizontalPodAutoscaler: "autoscaling/v1"}

// newest rewrites an object of an older version as one of the newest; fields keep their places.
// Source: kubernetes v1.37.2 pkg/apis/autoscaling/v1/conversion.go Convert_v1_HorizontalPodAutoscalerSpec_To_autoscaling_HorizontalPodAutoscalerSpec.
func newest(k *kind, n *yaml.Node) *yaml.Node {
	version := decode.Get(n, "apiVersion")
	if version == nil || older[k.kind] == "" || version.Value != older[k.kind] {
		return n
	}
	return remade(n, func(key, value *yaml.Node) (*yaml.Node, *yaml.Node) {
		switch key.Value {
		case "apiVersion":
			return key, textAt(value, apiVersions[k.kind])
		case "spec":
			return key, remade(value, utilization)
		case "status":
			return nil, nil // an autoscaler begins anew
		}
		return key, value
	})
}

// utilization turns a percentage of CPU into a metric.
func utilization(key, value *yaml.Node) (*yaml.Node, *yaml.Node) {
	if key.Value != "targetCPUUtilizationPercentage" {
		return key, value
	}
	at := func(kind yaml.Kind, content ...*yaml.Node) *yaml.Node {
		return &yaml.Node{Kind: kind, Tag: map[yaml.Kind]string{yaml.MappingNode: "!!map", yaml.SequenceNode: "!!seq"}[kind],
			Content: content, Line: key.Line, Column: key.Column}
	}
	word := func(s string) *yaml.Node { return textAt(key, s) }
	target := at(yaml.MappingNode, word("type"), word("Utilization"), word("averageUtilization"), value)
	resource := at(yaml.MappingNode, word("name"), word("cpu"), word("target"), target)
	metric := at(yaml.MappingNode, word("type"), word("Resource"), word("resource"), resource)
	return word("metrics"), at(yaml.SequenceNode, metric)
}

// textAt is a text in the place of another node.
func textAt(at *yaml.Node, s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: at.Line, Column: at.Column}
}

// remade is a map with each entry turned into another, or left out; n itself is not changed.
func remade(n *yaml.Node, turn func(key, value *yaml.Node) (*yaml.Node, *yaml.Node)) *yaml.Node {
	n = decode.Resolve(n)
	if n.Kind != yaml.MappingNode {
		return n
	}
	out := *n
	out.Content = nil
	for _, p := range decode.Pairs(n) {
		if key, value := turn(p.Key, p.Value); key != nil {
			out.Content = append(out.Content, key, value)
		}
	}
	return &out
}
