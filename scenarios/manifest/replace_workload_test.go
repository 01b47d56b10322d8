package manifest

import (
	"strings"
	"testing"

	"towtank.dev/towtank/model"
)

const (
	someJob = `
apiVersion: batch/v1
kind: Job
metadata: {name: sum}
spec:
  %s
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: "sum:1", resources: {requests: {cpu: 1}}}]}}
`
	someSet = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: db}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`
)

// An empty want is a change that is taken; others are refused with these words.
func TestWorkloadsChangeOnlyAsTheAPIServerLetsThem(t *testing.T) {
	job := func(spec string) model.Object { return one[*model.Job](t, strings.Replace(someJob, "%s", spec, 1)) }
	set := one[*model.StatefulSet](t, someSet)
	for _, c := range []struct {
		name  string
		old   model.Object
		patch string
		want  string
	}{
		{"a Job's parallelism", job("completions: 3"), "{parallelism: 2}", ""},
		{"a Job's completions", job("completions: 3"), "{completions: 4}", "spec.completions: Invalid value: 4: field is immutable"},
		{"an indexed Job's completions with its parallelism", job("completions: 3\n  completionMode: Indexed"), "{completions: 4, parallelism: 4}", ""},
		{"an indexed Job's completions alone", job("completions: 3\n  completionMode: Indexed"), "{completions: 4}", "can only be modified in tandem with spec.parallelism"},
		{"a Job's image", job("suspend: false"), "{template: {spec: {containers: [{name: c, image: \"sum:2\"}]}}}", "spec.template: Invalid value"},
		{"a suspended Job's image", job("suspend: true"), "{template: {spec: {containers: [{name: c, image: \"sum:2\"}]}}}", "spec.template: Invalid value"},
		{"a suspended Job's node selector", job("suspend: true"), "{template: {spec: {nodeSelector: {disk: ssd}}}}", ""},
		{"a suspended Job's requests", job("suspend: true"), "{template: {spec: {containers: [{name: c, resources: {requests: {cpu: 2}}}]}}}", ""},
		{"a suspended Job's node affinity", job("suspend: true"), "{template: {spec: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}}}}", ""},
		{"a StatefulSet's size", set, "{replicas: 5}", ""},
		{"a StatefulSet's service", set, "{serviceName: other}", `spec.serviceName: Invalid value: "other": field is immutable`},
		{"a StatefulSet's order", set, "{podManagementPolicy: Parallel}", `spec.podManagementPolicy: Invalid value: "Parallel": field is immutable`},
		{"a StatefulSet's claims", set, "{volumeClaimTemplates: []}", "spec.volumeClaimTemplates: Invalid value"},
	} {
		kind := MergePatch
		if strings.Contains(c.patch, "containers") {
			kind = StrategicPatch
		}
		_, err := patch(t, c.old.Kind(), kind, "spec: "+c.patch).Merge(c.old)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}
