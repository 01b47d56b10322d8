package manifest

import (
	"gopkg.in/yaml.v3"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// object reads an object of a modelled kind.
func (r *Reader) object(k *kind, file string, n *yaml.Node, path string) {
	n = newest(k, n)
	place := Object{File: file, Line: n.Line, Column: n.Column, Path: path, Index: r.count - 1}
	r.decoder.File, r.problems = file, decode.Problems{}
	if k.kind == model.KindPod {
		r.pod(n, place)
		return
	}
	v := k.empty()
	r.decoder.Into(n, path, v)
	r.namespace(k, v)
	if r.options.Apply {
		annotate(&place, n, v)
	}
	complete(v)
	r.check(k, v, n, place)
	if r.problems.Empty() {
		r.emit(spot{r, n, place, string(k.kind)}, v, k.from(r.clock, v))
	}
}

// manifestPod is a pod whose spec is decoded only when no other pod had it.
type manifestPod struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              yaml.Node    `json:"spec"`
	Status            v1.PodStatus `json:"status"`
}

func (r *Reader) pod(n *yaml.Node, place Object) {
	first := len(r.findings)
	var m manifestPod
	r.decoder.Into(n, place.Path, &m)
	p := &v1.Pod{ObjectMeta: m.ObjectMeta, Status: m.Status}
	k := kindNamed(model.KindPod)
	r.namespace(k, p)
	if r.options.Apply {
		annotate(&place, n, p)
	}
	spec := r.knownSpec(&m, p)
	if spec != nil {
		p.Spec = *spec.Source.(*v1.PodSpec)
		p.Spec.NodeName = nodeName(&m.Spec)
		r.checkKnown(p, n, place)
	} else {
		if m.Spec.Kind != 0 {
			r.decoder.Into(&m.Spec, under(place.Path, "spec"), &p.Spec)
		}
		completePodSpec(&p.Spec)
		before := len(r.findings)
		r.check(k, p, n, place)
		keys := labelKeys(&p.Spec)
		mergeLabelKeys(&p.Spec, p.Labels)
		spec = podSpec(&p.Spec)
		if len(r.findings) == before {
			r.specs.keep(r.specs.key(&m.Spec), keys, p.Labels, spec)
		}
	}
	if !r.problems.Empty() {
		return
	}
	pod := r.clock.pod(p, spec)
	at := spot{r, n, place, string(k.kind)}
	for _, f := range Unsupported(pod) {
		at.add(NeedsPlugin, f.Path, f.Name+" need the plugin "+f.Plugin+", which is not built yet")
	}
	r.order(first)
	r.emit(at, p, pod)
}

// knownSpec returns the spec when an earlier pod had it and nothing was wrong with it.
func (r *Reader) knownSpec(m *manifestPod, p *v1.Pod) *model.PodSpec {
	if m.Spec.Kind != yaml.MappingNode || !r.problems.Empty() {
		return nil
	}
	return r.specs.find(r.specs.key(&m.Spec), p.Labels)
}

func nodeName(spec *yaml.Node) string {
	if n := decode.Get(spec, "nodeName"); n != nil && !decode.IsNull(n) {
		return n.Value
	}
	return ""
}

// namespace fills in the namespace of objects that have one.
func (r *Reader) namespace(k *kind, v metav1.Object) {
	if k.namespaced && v.GetNamespace() == "" {
		v.SetNamespace(r.options.Namespace)
	}
}

// emit hands an object on, unless its name is taken.
func (r *Reader) emit(at spot, v metav1.Object, o model.Object) {
	object, created, meta := at.object, v.GetCreationTimestamp(), o.Meta()
	object.Object, object.Dated = o, !created.IsZero()
	if meta.Name != "" {
		id := identity{o.Kind(), meta.Namespace, meta.Name}
		if first, twice := r.places[id]; twice {
			sort := Broken
			if r.options.Twice {
				sort = Invalid
			}
			at.add(sort, "metadata.name", string(o.Kind())+" "+meta.Key()+" stands twice, first at "+first)
			if sort == Broken {
				return
			}
		} else {
			r.places[id] = object.Place()
		}
	}
	if r.options.Each != nil {
		r.options.Each(object)
		return
	}
	r.objects = append(r.objects, object)
}
