package place

import "towtank.dev/towtank/model"

// labelNamespace is the label that every namespace has, with its name.
// Source: kubernetes v1.37.2 staging api core/v1/types.go LabelMetadataName.
const labelNamespace = "kubernetes.io/metadata.name"

// undeclared makes the namespaces that objects are in and that are not among the objects, in the order
// in which they are first mentioned.
func undeclared(objects []model.Object) []*model.Namespace {
	known := map[string]bool{"": true}
	for _, o := range objects {
		if namespace, ok := o.(*model.Namespace); ok {
			known[namespace.Name] = true
		}
	}
	var out []*model.Namespace
	for _, o := range objects {
		name := o.Meta().Namespace
		if known[name] {
			continue
		}
		known[name] = true
		namespace := &model.Namespace{Phase: "Active"}
		namespace.Name, namespace.Labels = name, map[string]string{labelNamespace: name}
		out = append(out, namespace)
	}
	return out
}
