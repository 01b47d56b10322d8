package verbs

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// TargetKey is one key by which a scenario names a target: `node: n-1` (Singular, one object,
// "namespace/name" for kinds in namespaces, "default" when it names none) or `nodes: {labels: {...}}`
// (Plural, all that match; for kinds in namespaces also `namespace`).
type TargetKey struct {
	Kind       model.Kind
	Singular   string
	Plural     string
	Namespaced bool
}

// TargetKeys returns the keys of all kinds that a verb may be about, in a fixed order.
func TargetKeys() []TargetKey {
	var out []TargetKey
	for _, r := range apiserver.Resources() {
		out = append(out, TargetKey{r.Kind, r.Singular, r.Plural, r.Namespaced})
	}
	return out
}

// String is the target in kubectl's words, for messages: "node/n-1", "pods with app=web".
func (t Target) String() string {
	r, _ := apiserver.ResourceOf(t.Kind)
	if t.Name != "" {
		if t.Namespace != "" {
			return r.Singular + "/" + t.Namespace + "/" + t.Name
		}
		return r.Singular + "/" + t.Name
	}
	if len(t.Several) > 0 {
		var names []string
		for _, one := range t.ones() {
			names = append(names, one.String())
		}
		return strings.Join(names, " ")
	}
	words := []string{r.Plural}
	if t.Namespace != "" {
		words = append(words, "in "+t.Namespace)
	}
	if !t.Selector.Empty() && t.Selector != nil {
		var parts []string
		for _, q := range t.Selector.Requirements {
			parts = append(parts, strings.TrimSuffix(q.Key+"="+strings.Join(q.Values, "|"), "="))
		}
		words = append(words, "with "+strings.Join(parts, ","))
	}
	return strings.Join(words, " ")
}

// ones are targets of one object each, when there are several by their names.
func (t Target) ones() []Target {
	var out []Target
	for _, name := range t.Several {
		out = append(out, Target{Kind: t.Kind, Namespace: name.Namespace, Name: name.Name})
	}
	return out
}

// Objects returns the objects of the target, those that a selector takes in the order of their creation. One
// named that is not there is an error; a selector that takes none is not, as with kubectl.
func (t Target) Objects(api *apiserver.Server) ([]model.Object, error) {
	store := api.Collection(t.Kind)
	if store == nil {
		return nil, fmt.Errorf("the server doesn't have a resource type %q", t.Kind)
	}
	if t.Name != "" {
		namespace := t.Namespace
		if !store.Resource().Namespaced {
			namespace = ""
		} else if namespace == "" {
			namespace = "default"
		}
		o := store.Find(namespace, t.Name)
		if o == nil {
			return nil, &apiserver.StatusError{Reason: apiserver.NotFound,
				Message: fmt.Sprintf("%s %q not found", store.Resource(), t.Name)}
		}
		return []model.Object{o}, nil
	}
	if len(t.Several) > 0 {
		var objects []model.Object
		var failed failures
		for _, one := range t.ones() {
			found, err := one.Objects(api)
			objects = append(objects, found...)
			failed.add(err)
		}
		return objects, failed.err()
	}
	var out []model.Object
	for _, o := range store.Objects() {
		m := o.Meta()
		if (t.Namespace == "" || m.Namespace == t.Namespace) && (t.Selector == nil || t.Selector.Matches(m.Labels)) {
			out = append(out, o)
		}
	}
	return out, nil
}

// each changes the objects of a target one after another. change returns the copy to store, or nil when
// nothing is to be done. One that fails, or is not there, does not keep the others from being changed; errors are joined.
func (t Target) each(api *apiserver.Server, change func(model.Object) (model.Object, error)) error {
	objects, err := t.Objects(api)
	if err != nil && len(t.Several) == 0 {
		return err
	}
	var failed failures
	failed.add(err)
	for _, o := range objects {
		changed, err := change(o)
		if err == nil && changed != nil {
			err = api.Update(changed)
		}
		failed.add(err)
	}
	return failed.err()
}

// failures joins what went wrong with several objects into one error on one line.
type failures []string

func (f *failures) add(err error) {
	if err != nil {
		*f = append(*f, err.Error())
	}
}

func (f failures) err() error {
	if len(f) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(f, "; "))
}
