package subject

import (
	"reflect"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// configuration reads a KubeSchedulerConfiguration as it stands, nil for no text.
func configuration(text []byte, registry *plugins.Registry) (*config.Configuration, error) {
	if text == nil {
		return nil, nil
	}
	var problems decode.Problems
	documents := decode.Documents("config.yaml", text, 0, &problems)
	d := &decode.Decoder{File: "config.yaml", Problems: &problems, Hooks: map[reflect.Type]decode.Hook{}}
	d.Hooks[reflect.TypeFor[config.PluginConfig]()] = func(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
		out.Set(reflect.ValueOf(arguments(d, n, path, registry)))
	}
	c := &config.Configuration{}
	if len(documents) > 0 {
		d.Into(documents[0], "", c)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// arguments reads a plugin's arguments into what the plugin has for them.
func arguments(d *decode.Decoder, n *yaml.Node, path string, registry *plugins.Registry) config.PluginConfig {
	var form struct {
		Name string    `yaml:"name"`
		Args yaml.Node `yaml:"args"`
	}
	d.Into(n, path, &form)
	var args framework.Args
	if form.Args.Kind != 0 {
		if args = registry.NewArgs(form.Name); args != nil {
			d.Into(&form.Args, path+".args", args)
		}
	}
	return config.PluginConfig{Name: form.Name, Args: args}
}
