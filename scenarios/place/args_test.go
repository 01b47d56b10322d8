package place

import (
	"reflect"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/plugins"
)

// pluginConfig decodes arguments into the struct that their plugin has for them.
func pluginConfig(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form struct {
		Name string    `yaml:"name"`
		Args yaml.Node `yaml:"args"`
	}
	d.Into(n, path, &form)
	pc := config.PluginConfig{Name: form.Name, Args: plugins.Default().NewArgs(form.Name)}
	if form.Args.Kind != 0 && pc.Args != nil {
		d.Into(&form.Args, path+".args", pc.Args)
	}
	out.Set(reflect.ValueOf(pc))
}
