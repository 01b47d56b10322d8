package manifest

import (
	"encoding/json"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
)

// V1 is the object as its v1 type (*v1.Pod, *appsv1.ReplicaSet, ...). start is the wall clock at instant 0.
// It shares maps and slices with the model and must not be written to.
func V1(o model.Object, start time.Time) (any, error) { return toV1(clock{start}, o) }

func toV1(c clock, o model.Object) (metav1.Object, error) {
	if e, ok := o.(*model.Event); ok {
		return c.toEvent(e), nil
	}
	k := kindNamed(o.Kind())
	if k == nil {
		return nil, fmt.Errorf("%s %s: the kind has no v1 form", o.Kind(), o.Meta().Key())
	}
	return k.to(c, o), nil
}

// JSON is the object as the API server would give it. start is the wall clock at instant 0.
func JSON(o model.Object, start time.Time) ([]byte, error) { return NewEncoder(start).JSON(o) }

// Encoder writes many objects as v1 JSON. It remembers the specs of pods, of which many share few.
type Encoder struct {
	clock clock
	specs map[*model.PodSpec]json.RawMessage
}

// rememberedSpecs bounds what an Encoder holds; forgetting a spec costs writing it again.
const rememberedSpecs = 4096

// NewEncoder returns an encoder for a run that starts at that time of the wall clock.
func NewEncoder(start time.Time) *Encoder {
	return &Encoder{clock{start}, map[*model.PodSpec]json.RawMessage{}}
}

// JSON is the object as the API server would give it.
func (e *Encoder) JSON(o model.Object) ([]byte, error) {
	if pod, ok := o.(*model.Pod); ok {
		return e.pod(pod)
	}
	v, err := toV1(e.clock, o)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// podJSON is a v1.Pod with a spec that has been written already.
type podJSON struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        metav1.ObjectMeta `json:"metadata"`
	Spec            json.RawMessage   `json:"spec"`
	Status          v1.PodStatus      `json:"status"`
}

func (e *Encoder) pod(p *model.Pod) ([]byte, error) {
	spec, err := e.spec(p.Spec)
	if err != nil {
		return nil, err
	}
	if p.NodeName != "" {
		spec = withNode(spec, p.NodeName)
	}
	return json.Marshal(podJSON{typeMeta(model.KindPod), e.clock.toMeta(&p.ObjectMeta), spec, e.clock.toPodStatus(p)})
}

func (e *Encoder) spec(s *model.PodSpec) (json.RawMessage, error) {
	if known := e.specs[s]; known != nil {
		return known, nil
	}
	v := toPodSpec(s, "")
	data, err := json.Marshal(&v)
	if err != nil {
		return nil, err
	}
	if len(e.specs) >= rememberedSpecs {
		clear(e.specs)
	}
	e.specs[s] = data
	return data, nil
}

// withNode puts the node's name first in a spec. A spec is never empty: its containers are always written.
func withNode(spec json.RawMessage, node string) json.RawMessage {
	name, _ := json.Marshal(node)
	out := make([]byte, 0, len(spec)+len(name)+len(`"nodeName":,`))
	out = append(append(out, `{"nodeName":`...), name...)
	return append(append(out, ','), spec[1:]...)
}
