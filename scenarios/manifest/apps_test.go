package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/model"
)

// The manifests of real applications load as they are: nothing in them is broken, refused or without a type,
// except for what has no effect on pods, which is told of.
func TestApplicationsLoadAsTheyAre(t *testing.T) {
	dir := filepath.Join(shared(t), "traces", "k8s-apps")
	for _, c := range []struct {
		file    string
		objects string
		aside   string // what is told to have no effect
		missing int    // how many ConfigMaps and Secrets pods need that the bundle does not bring
	}{
		{"argo-cd-ha-namespace-install.yaml", "9 ConfigMap, 6 Deployment, 2 Secret, 12 Service, 8 ServiceAccount, 2 StatefulSet",
			"8 NetworkPolicy, 7 Role, 7 RoleBinding", 1},
		{"argo-cd-namespace-install.yaml", "7 ConfigMap, 6 Deployment, 2 Secret, 8 Service, 7 ServiceAccount, 1 StatefulSet",
			"7 NetworkPolicy, 6 Role, 6 RoleBinding", 1},
		{"deathstarbench-hotel-reservation.yaml", "19 Deployment, 6 PersistentVolume, 6 PersistentVolumeClaim, 19 Service", "", 0},
		{"istio-bookinfo.yaml", "6 Deployment, 4 Service, 4 ServiceAccount", "", 0},
		{"kube-prometheus-workloads.yaml", "1 DaemonSet, 5 Deployment, 3 PodDisruptionBudget", "1 Alertmanager, 1 Prometheus", 38},
		{"online-boutique.yaml", "12 Deployment, 12 Service, 11 ServiceAccount", "", 0},
	} {
		path := filepath.Join(dir, c.file)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%v", err)
			continue
		}
		r := readFile(t, path, Options{Start: start})
		aside := map[string]int{}
		for _, f := range r.Findings() {
			if f.Sort != Accepted {
				t.Errorf("%s: found %v", c.file, f)
			}
			aside[f.Kind]++
		}
		objects := map[string]int{}
		for _, o := range r.Objects() {
			objects[string(o.Kind())]++
		}
		if got := counts(objects); got != c.objects {
			t.Errorf("%s: %s, want %s", c.file, got, c.objects)
		}
		if got := counts(aside); got != c.aside {
			t.Errorf("%s: set aside %s, want %s", c.file, got, c.aside)
		}
		if got := missingConfig(r.Objects()); len(got) != c.missing {
			t.Errorf("%s: pods miss %d, want %d: %v", c.file, len(got), c.missing, got)
		}
	}
}

// counts lists how many there are of each kind, by name.
func counts(of map[string]int) string {
	var out []string
	for kind, n := range of {
		out = append(out, fmt.Sprintf("%d %s", n, kind))
	}
	slices.SortFunc(out, func(a, b string) int {
		return strings.Compare(strings.TrimLeft(a, "0123456789 "), strings.TrimLeft(b, "0123456789 "))
	})
	return strings.Join(out, ", ")
}

// missingConfig names the ConfigMaps and Secrets that pods need and that are not among the objects, with the
// keys that are missing in those that are.
func missingConfig(objects []Object) []string {
	keys := map[string][]string{}
	for _, o := range objects {
		switch o := o.Object.(type) {
		case *model.ConfigMap:
			keys["ConfigMap "+o.Name] = o.Keys
		case *model.Secret:
			keys["Secret "+o.Name] = o.Keys
		}
	}
	var missing []string
	need := func(r model.ConfigReference) {
		name := string(r.Kind) + " " + r.Name
		have, there := keys[name]
		switch {
		case r.Optional:
		case !there:
			missing = append(missing, name)
		case r.Key != "" && !slices.Contains(have, r.Key):
			missing = append(missing, name+"/"+r.Key)
		}
	}
	for _, o := range objects {
		t := templateOf(o.Object)
		if t == nil {
			continue
		}
		for _, list := range [][]model.Container{(*t).Spec.InitContainers, (*t).Spec.Containers} {
			for i := range list {
				for _, r := range list[i].EnvRefs {
					need(r)
				}
			}
		}
		for _, v := range (*t).Spec.Volumes {
			switch v.Kind {
			case "configMap":
				need(model.ConfigReference{Kind: model.KindConfigMap, Name: v.Object, Optional: v.Optional})
			case "secret":
				need(model.ConfigReference{Kind: model.KindSecret, Name: v.Object, Optional: v.Optional})
			}
			for _, r := range v.Refs {
				need(r)
			}
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}
