package kubelet

import (
	"testing"

	"towtank.dev/towtank/model"
)

func TestRestartRulesComeBeforeThePolicies(t *testing.T) {
	rule := []model.RestartRule{{Action: "Restart", Operator: "In", Codes: []int32{42}}}
	others := []model.RestartRule{{Action: "Restart", Operator: "NotIn", Codes: []int32{0, 1}}}
	for _, c := range []struct {
		what      string
		pod       model.RestartPolicy
		container model.Container
		exit      int32
		want      bool
	}{
		{"Always restarts what succeeded", model.RestartAlways, model.Container{}, 0, true},
		{"OnFailure does not", model.RestartOnFailure, model.Container{}, 0, false},
		{"OnFailure restarts what failed", model.RestartOnFailure, model.Container{}, 1, true},
		{"Never does not", model.RestartNever, model.Container{}, 1, false},
		{"a container's own policy comes first", model.RestartNever, model.Container{RestartPolicy: model.RestartOnFailure}, 1, true},
		{"a rule comes before that", model.RestartAlways, model.Container{RestartPolicy: model.RestartNever, RestartRules: rule}, 42, true},
		{"a rule that does not match leaves it to the policy", model.RestartAlways, model.Container{RestartPolicy: model.RestartNever, RestartRules: rule}, 1, false},
		{"a rule may be about all codes but some", model.RestartNever, model.Container{RestartPolicy: model.RestartNever, RestartRules: others}, 2, true},
		{"and is not about those", model.RestartNever, model.Container{RestartPolicy: model.RestartNever, RestartRules: others}, 1, false},
	} {
		k := container{spec: &c.container}
		if got := k.restartable(c.pod, c.exit); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
