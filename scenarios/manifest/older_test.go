package manifest

import (
	"reflect"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
)

func TestAutoscalersOfTheFirstVersionAreReadAsThoseOfTheSecond(t *testing.T) {
	const rest = "\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {kind: Deployment, name: web}\n  maxReplicas: 5\n"
	first := one[*model.HorizontalPodAutoscaler](t, "apiVersion: autoscaling/v1"+rest+"  targetCPUUtilizationPercentage: 60\nstatus: {currentReplicas: 1, desiredReplicas: 1}\n")
	second := one[*model.HorizontalPodAutoscaler](t, "apiVersion: autoscaling/v2"+rest+
		"  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]\n")
	if a, b := withoutSource(first), withoutSource(second); !reflect.DeepEqual(a, b) {
		t.Errorf("read %s, want %s", written(a), written(b))
	}
	r := NewReader(Options{Start: start})
	r.Read("a.yaml", strings.NewReader("apiVersion: autoscaling/v1"+rest+"  targetCPUUtilizationPercentage: many\n  targetCPU: 1\n"))
	var got []string
	for _, f := range r.Findings() {
		got = append(got, f.String())
	}
	want := []string{
		`a.yaml:7:35: spec.metrics[0].resource.target.averageUtilization: the text "many", want a whole number`,
		`a.yaml:8:3: spec.targetCPU: unknown field, want one of scaleTargetRef, minReplicas, maxReplicas, metrics, behavior`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
