package oracle

import (
	"fmt"

	configv1 "k8s.io/kube-scheduler/config/v1"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/scheme"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/validation"
	"sigs.k8s.io/yaml"
)

// everyNode is the percentage of nodes to score of a case whose configuration gives none.
const everyNode = 100

// configuration reads, defaults and validates a KubeSchedulerConfiguration; without a text
// it is the default one. All nodes are scored where it does not say.
func configuration(text []byte) (*config.KubeSchedulerConfiguration, error) {
	cfg, given, err := read(text)
	if err != nil {
		return nil, err
	}
	if !given {
		percentage := int32(everyNode)
		cfg.PercentageOfNodesToScore = &percentage
	}
	return cfg, nil
}

// read reads, defaults and validates a configuration, and says whether it gives a percentage of nodes to
// score.
func read(text []byte) (cfg *config.KubeSchedulerConfiguration, given bool, err error) {
	cfg = &config.KubeSchedulerConfiguration{}
	if text == nil {
		versioned := &configv1.KubeSchedulerConfiguration{}
		scheme.Scheme.Default(versioned)
		if err := scheme.Scheme.Convert(versioned, cfg, nil); err != nil {
			return nil, false, err
		}
		cfg.APIVersion = configv1.SchemeGroupVersion.String()
	} else {
		var raw struct {
			PercentageOfNodesToScore *int32 `json:"percentageOfNodesToScore"`
		}
		if err := yaml.Unmarshal(text, &raw); err != nil {
			return nil, false, fmt.Errorf("config.yaml: %w", err)
		}
		given = raw.PercentageOfNodesToScore != nil
		obj, gvk, err := scheme.Codecs.UniversalDecoder().Decode(text, nil, nil)
		if err != nil {
			return nil, false, fmt.Errorf("config.yaml: %w", err)
		}
		c, ok := obj.(*config.KubeSchedulerConfiguration)
		if !ok {
			return nil, false, fmt.Errorf("config.yaml: %s is no KubeSchedulerConfiguration", gvk)
		}
		cfg = c
		cfg.APIVersion = gvk.GroupVersion().String()
	}
	if err := validation.ValidateKubeSchedulerConfiguration(cfg); err != nil {
		return nil, false, fmt.Errorf("config.yaml: %w", err)
	}
	return cfg, given, nil
}

// percentages are what each profile works with.
func percentages(cfg *config.KubeSchedulerConfiguration) map[string]int32 {
	out := map[string]int32{}
	for _, p := range cfg.Profiles {
		out[p.SchedulerName] = *cfg.PercentageOfNodesToScore
		if p.PercentageOfNodesToScore != nil {
			out[p.SchedulerName] = *p.PercentageOfNodesToScore
		}
	}
	return out
}
