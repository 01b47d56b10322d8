package manifest

import (
	"encoding/json"
	"fmt"
	"time"

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
	specs map[*model.PodSpec][]byte
}

// rememberedSpecs bounds what an Encoder holds; forgetting a spec costs writing it again.
const rememberedSpecs = 4096

// NewEncoder returns an encoder for a run that starts at that time of the wall clock.
func NewEncoder(start time.Time) *Encoder {
	return &Encoder{clock{start}, map[*model.PodSpec][]byte{}}
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

// pod puts a pod together from its parts: its spec has mostly been written already.
func (e *Encoder) pod(p *model.Pod) ([]byte, error) {
	spec, err := e.spec(p.Spec)
	if err != nil {
		return nil, err
	}
	meta := e.clock.toMeta(&p.ObjectMeta)
	metaJSON, err := json.Marshal(&meta)
	if err != nil {
		return nil, err
	}
	status := e.clock.toPodStatus(p)
	statusJSON, err := json.Marshal(&status)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(spec)+len(metaJSON)+len(statusJSON)+128)
	out = append(append(out, `{"kind":"Pod","apiVersion":"v1","metadata":`...), metaJSON...)
	out = append(out, `,"spec":{`...)
	if p.NodeName != "" {
		name, _ := json.Marshal(p.NodeName)
		out = append(append(append(out, `"nodeName":`...), name...), ',')
	}
	// A spec is never empty: its containers are always written.
	out = append(append(out, spec[1:]...), `,"status":`...)
	return append(append(out, statusJSON...), '}'), nil
}

func (e *Encoder) spec(s *model.PodSpec) ([]byte, error) {
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
