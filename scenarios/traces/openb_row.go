package traces

import (
	"strings"

	"towtank.dev/towtank/model"
)

// openbRow is one row of a pod list, as small as can be: shuffling keeps one per pod.
type openbRow struct {
	name           string
	spec, qos      string // gpu_spec and qos as written
	cpu, memory    int64  // millicores, MiB
	gpus, gpuMilli int64  // GPUs, and thousandths used of each
	created        float64
	run            float64 // seconds it runs in a replay by time
}

// parseOpenbRow reads the current row; why says what makes it unusable. Times are read only when asked for.
func parseOpenbRow(t *table, times bool) (row openbRow, why string) {
	row.name = strings.Clone(t.field("name"))
	if !validName(row.name) {
		return row, "name is not a pod name"
	}
	var ok bool
	if row.cpu, ok = count(t.field("cpu_milli"), maxMilliCPU); !ok {
		return row, "cpu_milli is not a number of millicores"
	}
	if row.memory, ok = count(t.field("memory_mib"), maxMebibytes); !ok {
		return row, "memory_mib is not a number of MiB"
	}
	if row.gpus, ok = count(t.field("num_gpu"), maxGPUs); !ok {
		return row, "num_gpu is not a number of GPUs"
	}
	if row.gpuMilli, ok = count(t.field("gpu_milli"), maxGPUs); !ok {
		return row, "gpu_milli is not a number of thousandths"
	}
	switch {
	case row.gpus > 0 && row.gpuMilli == 0:
		return row, "num_gpu without gpu_milli"
	case row.gpus == 0 && row.gpuMilli > 0:
		return row, "gpu_milli without num_gpu"
	case row.gpuMilli > 1000:
		return row, "gpu_milli is above 1000, the whole of a GPU"
	}
	row.spec, row.qos = strings.Clone(t.field("gpu_spec")), strings.Clone(t.field("qos"))
	for _, m := range row.models() {
		if !validLabelValue(m) {
			return row, "gpu_spec is not a list of GPU models, as A|B"
		}
	}
	if row.qos != "" && !validLabelValue(row.qos) {
		return row, "qos is not a label value"
	}
	if times {
		return row.parseTimes(t)
	}
	return row, ""
}

// parseTimes reads when the pod came and how long it ran: from being scheduled to its deletion; from its
// creation where the trace never scheduled it.
func (r openbRow) parseTimes(t *table) (openbRow, string) {
	var ok bool
	if r.created, ok = seconds(t.field("creation_time")); !ok {
		return r, "creation_time is not a number of seconds"
	}
	deleted, ok := seconds(t.field("deletion_time"))
	if !ok {
		return r, "deletion_time is not a number of seconds"
	}
	begun := r.created
	if text := t.field("scheduled_time"); text != "" {
		if begun, ok = seconds(text); !ok {
			return r, "scheduled_time is not a number of seconds"
		}
	}
	if deleted < begun {
		return r, "deletion_time is before the pod began"
	}
	r.run = deleted - begun
	return r, ""
}

// models are the GPU models the pod accepts, in the order written; none means any.
func (r *openbRow) models() []string {
	if r.spec == "" {
		return nil
	}
	return strings.Split(r.spec, "|")
}

// openbShape is what decides a pod's spec: pods of one shape share one.
type openbShape struct {
	spec                        string
	cpu, memory, gpus, gpuMilli int64
}

func (r *openbRow) shape() openbShape {
	return openbShape{r.spec, r.cpu, r.memory, r.gpus, r.gpuMilli}
}

// podSpec maps a row to the spec of its pod. Requests equal limits, as in the trace's own simulator.
func (r *openbRow) podSpec(mapping string) *model.PodSpec {
	wants := model.ResourceList{}.
		With(model.ResourceCPU, model.MilliQuantity(r.cpu)).
		With(model.ResourceMemory, model.WholeQuantity(r.memory*mebibyte))
	if r.gpus > 0 {
		resource, amount := openbAmount(mapping, r.gpus, r.gpuMilli)
		wants = wants.With(resource, model.WholeQuantity(amount))
	}
	spec := &model.PodSpec{
		SchedulerName: "default-scheduler", RestartPolicy: model.RestartNever, TerminationGracePeriodSeconds: 30,
		Containers: []model.Container{{Name: "main", Image: "openb", ImagePullPolicy: "IfNotPresent", Requests: wants, Limits: wants}},
	}
	if models := r.models(); models != nil && r.gpus > 0 {
		spec.Affinity = &model.Affinity{NodeRequired: &model.NodeSelector{Terms: []model.NodeSelectorTerm{{
			MatchExpressions: []model.Requirement{{Key: LabelGPUModel, Operator: model.OpIn, Values: models}},
		}}}}
	}
	return spec
}
