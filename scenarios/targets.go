package scenarios

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/verbs"
)

// targetWord is a key that names a target: one object, or all that a selector takes.
type targetWord struct {
	verbs.TargetKey
	plural bool
}

// targetKeys are all such keys.
var targetKeys = func() map[string]targetWord {
	words := map[string]targetWord{}
	for _, k := range verbs.TargetKeys() {
		words[k.Singular] = targetWord{k, false}
		words[k.Plural] = targetWord{k, true}
	}
	return words
}()

func targetNames() []string { return slices.Sorted(maps.Keys(targetKeys)) }

// selection is what stands behind a plural.
type selection struct {
	Namespace string            `yaml:"namespace"`
	Labels    map[string]string `yaml:"labels"`
}

// shortNames are kubectl's, which a scenario does not take: whoever writes one is told the whole.
var shortNames = map[string]string{
	"po": "pod", "no": "node", "deploy": "deployment", "rs": "replicaset", "sts": "statefulset", "ds": "daemonset", "cj": "cronjob",
	"rc": "replicationcontroller", "svc": "service", "ns": "namespace", "pvc": "persistentvolumeclaim", "pv": "persistentvolume",
	"pdb": "poddisruptionbudget", "hpa": "horizontalpodautoscaler", "sc": "storageclass", "pc": "priorityclass", "cm": "configmap",
	"sa": "serviceaccount", "quota": "resourcequota", "limits": "limitrange",
}

// unknownTarget words that a key is neither a field of a verb nor what it may be about.
func unknownTarget(name string, names []string) string {
	if whole, ok := shortNames[strings.ToLower(name)]; ok {
		return "unknown field, did you mean " + whole + "?"
	}
	return decode.UnknownField(name, names)
}

// target reads `pod: shop/web-0` or `nodes: {labels: {pool: spot}}`.
func (r *reader) target(d *decode.Decoder, word targetWord, p decode.Pair, path string, out *verbs.Target) {
	out.Kind = word.Kind
	value := decode.Resolve(p.Value)
	if word.plural && value.Kind == yaml.SequenceNode {
		r.severalTargets(d, word, value, path, out)
		return
	}
	if word.plural {
		selectTarget(d, word, value, path, out)
		return
	}
	if value.Kind == yaml.MappingNode {
		d.Add(value, path, "a map, want the name of one %s; %s takes labels", word.Singular, word.Plural)
		return
	}
	name, ok := d.Text(value, path)
	if !ok {
		return
	}
	out.Name = name
	namespace, local, has := strings.Cut(name, "/")
	switch {
	case name == "":
		d.Add(value, path, "empty, want a name")
	case has && !word.Namespaced:
		d.Add(value, path, "%q has a namespace, want the name alone: a %s is in none", name, word.Singular)
	case has && (namespace == "" || local == "" || strings.Contains(local, "/")):
		d.Add(value, path, "%q is not a name, want namespace/name", name)
	case has:
		out.Namespace, out.Name = namespace, local
	case word.Namespaced:
		out.Namespace = "default"
	}
}

// severalTargets reads `nodes: [node-1, node-2]`.
func (r *reader) severalTargets(d *decode.Decoder, word targetWord, n *yaml.Node, path string, out *verbs.Target) {
	if len(n.Content) == 0 {
		d.Add(n, path, "empty, want at least one name")
	}
	for i, one := range n.Content {
		var t verbs.Target
		r.target(d, targetWord{TargetKey: word.TargetKey}, decode.Pair{Value: one}, decode.Index(path, i), &t)
		name := apiserver.Name{Namespace: t.Namespace, Name: t.Name}
		if slices.Contains(out.Several, name) {
			d.Add(one, decode.Index(path, i), "%q stands there twice", t.Name)
		}
		out.Several = append(out.Several, name)
	}
}

func selectTarget(d *decode.Decoder, word targetWord, n *yaml.Node, path string, out *verbs.Target) {
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "%s, want e.g. {labels: {app: web}} or a list of names; %s takes one by name", decode.Kind(n), word.Singular)
		return
	}
	var s selection
	d.Into(n, path, &s)
	if s.Namespace != "" && !word.Namespaced {
		d.Add(decode.Get(n, "namespace"), path+".namespace", "%s are in no namespace, want labels alone", word.Plural)
	}
	out.Namespace = s.Namespace
	out.Selector = &model.Selector{}
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		checkLabel(d, decode.Get(decode.Get(n, "labels"), key), path+".labels", key, s.Labels[key])
		out.Selector.Requirements = append(out.Selector.Requirements,
			model.Requirement{Key: key, Operator: model.OpIn, Values: []string{s.Labels[key]}})
	}
}

// checkLabels notes labels that Kubernetes would refuse.
func checkLabels(d *decode.Decoder, n *yaml.Node, path string, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		checkLabel(d, decode.Get(n, key), path, key, labels[key])
	}
}

func checkLabel(d *decode.Decoder, n *yaml.Node, path, key, value string) {
	at := decode.Join(path, key)
	for _, fault := range framework.LabelKeyFaults(key) {
		d.Add(n, at, "%q is not the key of a label: %s", key, fault)
	}
	for _, fault := range framework.LabelValueFaults(value) {
		d.Add(n, at, "%q is not the value of a label: %s", value, fault)
	}
}
