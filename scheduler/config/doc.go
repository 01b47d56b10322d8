// Package config is a kube-scheduler configuration (KubeSchedulerConfiguration v1) as plain Go values:
// its shape, upstream's defaulting and merging, and upstream's validation with upstream's messages.
//
// Reading YAML is not done here: the structs carry yaml tags and are plain (pointers for optional
// fields, slices, strings, numbers), so that a strict reflective decoder can fill them. The one field
// that needs help is PluginConfig.Args: plugins.Registry.NewArgs gives the struct to decode into.
package config
