package scenarios

import (
	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/usage"
)

// metricBlock is a metric that autoscalers may go by beside what containers use.
type metricBlock struct {
	Name      string            `yaml:"name" doc:"Name of the metric."`
	Namespace string            `yaml:"namespace" doc:"Namespace of the autoscalers that get it. Default: all."`
	Labels    map[string]string `yaml:"labels" doc:"Labels of the metric, which the selector of an autoscaler's metric goes by."`
	Pods      map[string]string `yaml:"pods" doc:"It is of each pod with these labels: a metric of type Pods."`
	Object    *measuredBlock    `yaml:"object" doc:"It is of this object: a metric of type Object. Without pods and object it is one of type External."`
	Value     *curveBlock       `yaml:"value" doc:"What it is: a quantity, a list of points by time since the start of the run, or the fields of a curve. With pods, perRequest is for each request a second that the pod is sent."`
}

type measuredBlock struct {
	Kind string `yaml:"kind" doc:"Kind of the object, such as Ingress."`
	Name string `yaml:"name" doc:"Name of the object."`
}

// compileMetrics are the metrics that are given.
func (r *reader) compileMetrics() (out []usage.Series) {
	for i := range r.doc.Metrics {
		m := metricPlace{r.entryOf("metrics", i)}
		s := m.series(&r.doc.Metrics[i])
		m.checkTwice(&s, out)
		out = append(out, s)
	}
	return out
}

// metricPlace is an entry of metrics in the scenario.
type metricPlace struct{ entryPlace }

// series is what an entry says.
func (m *metricPlace) series(b *metricBlock) usage.Series {
	s := usage.Series{Place: m.place(m.node), Name: b.Name, Namespace: b.Namespace, Labels: b.Labels}
	if b.Name == "" {
		m.wrong("name", "missing, want the name of a metric")
	}
	if b.Value != nil {
		s.Value = b.Value.made
	} else if decode.Get(m.node, "value") == nil {
		m.wrong("value", "missing, want what the metric is, e.g. value: 100")
	}
	switch {
	case b.Pods != nil && b.Object != nil:
		m.wrong("object", "beside pods, want one of them")
	case decode.Get(m.node, "pods") != nil && len(b.Pods) == 0:
		m.wrong("pods", "no labels, want those of the pods")
	case b.Object != nil && b.Object.Kind == "":
		m.wrong("object.kind", "missing, want the kind of an object, e.g. Ingress")
	case b.Object != nil && b.Object.Name == "":
		m.wrong("object.name", "missing, want the name of an object")
	case b.Value != nil && b.Value.PerRequest != nil && b.Pods == nil:
		m.wrong("value.perRequest", "wants pods beside it: it is pods that are sent requests")
	}
	if len(b.Pods) > 0 {
		s.Pods = model.SelectorOf(b.Pods)
	}
	if b.Object != nil {
		s.Object = &model.ScaleTarget{Kind: b.Object.Kind, Name: b.Object.Name}
	}
	return s
}

// checkTwice refuses what could never be seen: a metric of an object that has been given before.
func (m *metricPlace) checkTwice(s *usage.Series, before []usage.Series) {
	for i := range before {
		b := &before[i]
		if s.Object != nil && b.Object != nil && *s.Object == *b.Object && s.Name == b.Name && s.Namespace == b.Namespace && len(s.Labels) == 0 && len(b.Labels) == 0 {
			m.wrong("name", "%s of %s %s is given at %s already", s.Name, s.Object.Kind, s.Object.Name, b.Place)
			return
		}
	}
}

// metrics adds the metrics that are given, as they are written.
func (l *parameterList) metrics(root *yaml.Node, given []usage.Series) {
	for i := range given {
		path := decode.Index("metrics", i)
		l.add(path+".name", given[i].Name)
		for _, name := range []string{"namespace", "labels", "pods", "object", "value"} {
			if value := decode.Get(decode.Walk(root, path), name); value != nil {
				l.add(path+"."+name, jsonText(decode.Plain(value)))
			}
		}
	}
}
