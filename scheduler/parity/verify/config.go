package verify

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim/record"
)

// configuration is the text of the KubeSchedulerConfiguration that the scenario runs with, nil for the
// default one. It is read anew from what the user wrote, not from what this project made of it.
func configuration(s *scenarios.Scenario) ([]byte, error) {
	byName := map[string][]byte{}
	var scenario []byte
	for _, in := range s.Inputs {
		byName[in.Name] = in.Content
		switch in.As {
		case record.AsConfig:
			return in.Content, nil
		case record.AsScenario:
			scenario = in.Content
		}
	}
	var form struct {
		Scheduler struct {
			Config yaml.Node `yaml:"config"`
		} `yaml:"scheduler"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(scenario)).Decode(&form); scenario != nil && err != nil {
		return nil, err
	}
	n := &form.Scheduler.Config
	switch n.Kind {
	case 0:
		return nil, nil
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, nil
		}
		content, ok := byName[path.Clean(filepath.ToSlash(n.Value))]
		if !ok {
			return nil, fmt.Errorf("scheduler.config: %s is not among the files that were read", n.Value)
		}
		return content, nil
	}
	return yaml.Marshal(n)
}
