package manifest

import (
	"strings"
	"testing"

	"towtank.dev/towtank/model"
)

// webTemplate and dbTemplate are those of two recordings of a real control plane, which gave the
// ReplicaSet and the ControllerRevision made of them the names below.
const (
	webTemplate = `
    metadata: {labels: {app: app}, annotations: {sim/start-delay: 1s, sim/ready-delay: 3s, sim/stop-delay: 2s}}
    spec:
      nodeSelector: {pool: rollout}
      containers: [{name: c, image: "fake:%s", resources: {requests: {cpu: 100m, memory: 128Mi}}}]
`
	dbTemplate = `
    metadata: {labels: {app: app}, annotations: {sim/start-delay: 1s, sim/ready-delay: 2s, sim/stop-delay: 2s}}
    spec:
      nodeSelector: {pool: statefulset}
      containers: [{name: c, image: "fake:%s", resources: {requests: {cpu: 100m, memory: 128Mi}}}]
`
)

func workload(kind, template, image string) string {
	return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: app}}\n  template:" +
		strings.Replace(template, "%s", image, 1)
}

func TestTemplatesAreNamedAsARealControlPlaneNamesThem(t *testing.T) {
	none, first := int32(0), int32(1)
	web := func(image string) *model.PodTemplate {
		return one[*model.Deployment](t, workload("Deployment", webTemplate, image)).Template
	}
	broken := strings.Replace(webTemplate, "sim/ready-delay: 3s", "sim/ready-delay: 9999s", 1)
	db := func(image string) *model.PodTemplate {
		return one[*model.StatefulSet](t, workload("StatefulSet", dbTemplate, image)).Template
	}
	for _, c := range []struct{ name, got, want string }{
		{"a ReplicaSet", web("1").HashName(nil), "6ddd95458c"},
		{"the ReplicaSet of another image", web("2").HashName(nil), "7bd8694598"},
		{"the ReplicaSet of other annotations", one[*model.Deployment](t, workload("Deployment", broken, "broken")).Template.HashName(nil), "5b46459544"},
		{"a ControllerRevision", db("1").RevisionName(&none), "56c4c66787"},
		{"the ControllerRevision of another image", db("2").RevisionName(&none), "65b7667f8"},
	} {
		if c.got != c.want {
			t.Errorf("%s is named %s, the recorded one %s", c.name, c.got, c.want)
		}
	}
	if web("1").HashName(&first) == web("1").HashName(nil) || db("1").RevisionName(&first) == db("1").RevisionName(&none) {
		t.Error("a collision does not change the name")
	}
}

// The label with the hash is no part of what is hashed: a template read from a ReplicaSet is its Deployment's.
func TestTheTemplateOfAReplicaSetIsItsDeploymentsTemplate(t *testing.T) {
	labelled := strings.Replace(webTemplate, "app: app", "app: app, pod-template-hash: 6ddd95458c", 1)
	d := one[*model.Deployment](t, workload("Deployment", webTemplate, "1")).Template
	r := one[*model.ReplicaSet](t, workload("ReplicaSet", labelled, "1")).Template
	if d.Hash != r.Hash || !model.SameTemplate(d, r) {
		t.Errorf("hashes %d and %d, labels %v and %v", d.Hash, r.Hash, d.Labels, r.Labels)
	}
	if other := one[*model.Deployment](t, workload("Deployment", webTemplate, "2")).Template; model.SameTemplate(d, other) {
		t.Error("templates of different images count as the same")
	}
}

// Templates are defaulted less than pods: limits become requests only in the pods made of them.
func TestTemplatesAreCompletedAsTemplatesAndPodsAsPods(t *testing.T) {
	d := one[*model.Deployment](t, workload("Deployment", "\n    metadata: {labels: {app: app}}\n    spec:\n      hostNetwork: true\n      containers: [{name: c, image: app, resources: {limits: {cpu: 1}}, ports: [{containerPort: 80}]}]\n", ""))
	if q, _ := d.Template.Spec.Containers[0].Requests.Get("cpu"); q != model.WholeQuantity(1) {
		t.Errorf("pods request %v, want what they are limited to", q)
	}
	if port := d.Template.Spec.Containers[0].Ports[0].HostPort; port != 80 {
		t.Errorf("pods take host port %d, want 80", port)
	}
	data, err := JSON(d, start)
	if err != nil {
		t.Fatal(err)
	}
	for _, given := range []string{`"requests"`, `"hostPort"`, `"enableServiceLinks"`} {
		if strings.Contains(string(data), given) {
			t.Errorf("the template has %s, which only pods are given: %s", given, data)
		}
	}
}

func TestPatchesKeepTheTemplateThatTheyDoNotChange(t *testing.T) {
	d := one[*model.Deployment](t, workload("Deployment", webTemplate, "1"))
	merged := func(text string) *model.Deployment {
		t.Helper()
		p := patch(t, model.KindDeployment, StrategicPatch, text)
		changed, err := p.Merge(d)
		if err != nil {
			t.Fatal(err)
		}
		return changed.(*model.Deployment)
	}
	if scaled := merged("spec: {replicas: 7}"); scaled.Replicas != 7 || scaled.Template != d.Template {
		t.Errorf("%d replicas, of a template that is another: %v", scaled.Replicas, scaled.Template != d.Template)
	}
	restarted := merged("spec: {template: {metadata: {annotations: {kubectl.kubernetes.io/restartedAt: now}}}}")
	if restarted.Template == d.Template || restarted.Template.Spec != d.Template.Spec || restarted.Template.Hash == d.Template.Hash {
		t.Error("a restart makes another template of the same spec")
	}
	changed := merged("spec: {template: {spec: {containers: [{name: c, image: \"fake:2\"}]}}}")
	if got := changed.Template.HashName(nil); got != "7bd8694598" || changed.Template.Spec.Containers[0].Image != "fake:2" {
		t.Errorf("set image: named %s, image %s", got, changed.Template.Spec.Containers[0].Image)
	}
	if _, err := patch(t, model.KindDeployment, StrategicPatch, "spec: {selector: {matchLabels: {app: other}}}").Merge(d); err == nil || !strings.Contains(err.Error(), "field is immutable") {
		t.Errorf("another selector: %v", err)
	}
}
