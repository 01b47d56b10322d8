package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// shopOf is a scenario with a Deployment and what is further said.
func shopOf(t *testing.T, further string) *Scenario {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	text := `apiVersion: towtank.dev/v1alpha1
kind: Scenario
duration: 10m
cluster:
  nodes: [{count: 2, template: {status: {allocatable: {cpu: 8, memory: 16Gi}}}}]
  objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 4
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          initContainers: [{name: init, image: "init:1"}]
          containers: [{name: web, image: "web:1"}, {name: log, image: "log:1"}]
behaviours: [{match: {container: init}, run: 1s}]
` + further
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Load([]string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// left are the ReplicaSets at the end of a run, "images x size", in the order of their creation, and the notes.
func left(t *testing.T, s *Scenario) (sets []string, notes string) {
	t.Helper()
	last := map[string]*model.ReplicaSet{}
	var order []string
	footer, err := world.Run(s.Config, world.RunOptions{Watch: func(_ sim.Time, _, kind string, o model.Object) {
		if r, ok := o.(*model.ReplicaSet); ok {
			if kind == "ADDED" {
				order = append(order, r.Name)
			}
			last[r.Name] = r
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range order {
		r := last[name]
		var images []string
		for _, c := range append(r.Template.Spec.InitContainers, r.Template.Spec.Containers...) {
			images = append(images, c.Image)
		}
		sets = append(sets, fmt.Sprintf("%s x%d", strings.Join(images, ","), r.Status.AvailableReplicas))
	}
	for _, n := range footer.Notes {
		notes += n.Text + "\n"
	}
	return sets, notes
}

func TestRolloutsOfRealManifests(t *testing.T) {
	for _, c := range []struct {
		name, timeline string
		want           string
	}{
		{"none", "", "init:1,web:1,log:1 x4"},
		{"another image of one container", "- {at: 1m, set-image: {deployment: web, images: {web: 'web:2'}}}", "init:1,web:1,log:1 x0; init:1,web:2,log:1 x4"},
		{"of all, and of init containers", "- {at: 1m, set-image: {deployment: web, images: {'*': 'all:2'}}}", "init:1,web:1,log:1 x0; all:2,all:2,all:2 x4"},
		{"and back again: the first set grows anew", "- {at: 1m, set-image: {deployment: web, images: {web: 'web:2'}}}\n- {at: 2m, rollout-undo: {deployment: web}}",
			"init:1,web:1,log:1 x4; init:1,web:2,log:1 x0"},
		{"restarted twice", "- {at: 1m, rollout-restart: {deployment: web}}\n- {at: 2m, rollout-restart: {deployment: web}}",
			"init:1,web:1,log:1 x0; init:1,web:1,log:1 x0; init:1,web:1,log:1 x4"},
		{"paused, changed twice, resumed: one rollout", "- {at: 1m, rollout-pause: {deployment: web}}\n- {at: 2m, set-image: {deployment: web, images: {web: 'web:2'}}}\n" +
			"- {at: 3m, set-image: {deployment: web, images: {log: 'log:2'}}}\n- {at: 4m, rollout-resume: {deployment: web}}", "init:1,web:1,log:1 x0; init:1,web:2,log:2 x4"},
		{"scaled", "- {at: 1m, scale: {deployment: web, replicas: 7}}", "init:1,web:1,log:1 x7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			further := ""
			if c.timeline != "" {
				further = "timeline:\n" + c.timeline + "\n"
			}
			sets, notes := left(t, shopOf(t, further))
			if got := strings.Join(sets, "; "); got != c.want || strings.Contains(notes, "error") {
				t.Errorf("sets %s, want %s\n%s", got, c.want, notes)
			}
		})
	}
}

func TestControllersCanBeSwitchedOffAndSlowedDown(t *testing.T) {
	s := shopOf(t, "controlPlane: {disabled: [replicaset], writeLatency: 1s, watchLatency: 2s, clientQPS: 5, clientBurst: 2}\n")
	o := s.Config.ControlPlane
	if len(o.Disabled) != 1 || o.Disabled[0] != "replicaset-controller" || o.WriteLatency != sim.Constant(1) || o.WatchLatency != sim.Constant(2) ||
		o.ClientQPS != 5 || o.ClientBurst != 2 {
		t.Errorf("options %+v", o)
	}
	if sets, _ := left(t, s); strings.Join(sets, "; ") != "init:1,web:1,log:1 x0" {
		t.Errorf("sets %v, want one without pods", sets)
	}
}
