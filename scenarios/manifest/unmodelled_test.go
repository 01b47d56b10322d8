package manifest

import (
	"testing"

	"towtank.dev/towtank/model"
)

// Each feature is asked for by a pod that waits; pods on nodes matter by pod affinity and claims only,
// pods that have ended not at all.
func TestFeaturesAreFoundWhereTheyMatter(t *testing.T) {
	term := []model.PodAffinityTerm{{TopologyKey: "zone"}}
	specs := map[string]model.PodSpec{
		"pod affinity terms":          {Affinity: &model.Affinity{PodRequired: term}},
		"pod anti-affinity terms":     {Affinity: &model.Affinity{PodAntiRequired: term}},
		"topology spread constraints": {SpreadTerms: []model.TopologySpreadConstraint{{MaxSkew: 1}}},
		"persistent volume claims":    {Volumes: []model.Volume{{Kind: "emptyDir"}, {Kind: "persistentVolumeClaim"}}},
		"resource claims":             {ResourceClaims: []string{"gpu"}},
	}
	onNodes := map[string]bool{"pod affinity terms": true, "pod anti-affinity terms": true, "resource claims": true}
	for _, f := range features {
		spec, ok := specs[f.name]
		if !ok {
			continue
		}
		for _, c := range []struct {
			where string
			pod   model.Pod
			want  bool
		}{
			{"waiting", model.Pod{Spec: &spec}, true},
			{"on a node", model.Pod{Spec: &spec, NodeName: "node-1"}, onNodes[f.name]},
			{"ended", model.Pod{Spec: &spec, NodeName: "node-1", Status: model.PodStatus{Phase: model.PodFailed}}, false},
		} {
			found := Unsupported(&c.pod)
			if (len(found) == 1) != c.want || c.want && (found[0].Name != f.name || found[0].Plugin != f.plugin) {
				t.Errorf("%s of a pod that is %s: %v", f.name, c.where, found)
			}
		}
	}
	fine := model.Pod{Spec: &model.PodSpec{Volumes: []model.Volume{{Kind: "hostPath"}, {Kind: "nfs"}, {Kind: "projected"}, {Kind: "image"}}}}
	if found := Unsupported(&fine); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}
