package cmd

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios/manifest"
)

// What people want to see of an object and nothing in the simulation depends on is read from its v1 form.

// nodeInfo reads what a node's manifest says of its software.
func (p *past) nodeInfo(n *model.Node) reports.NodeInfo {
	var v struct {
		Status struct {
			NodeInfo struct {
				MachineID, SystemUUID, BootID, KubeletVersion, OSImage, KernelVersion, ContainerRuntimeVersion, OperatingSystem, Architecture string
			}
		}
	}
	if data, err := manifest.JSON(n, p.scenario.Config.Start); err != nil || json.Unmarshal(data, &v) != nil {
		return reports.NodeInfo{}
	}
	i := v.Status.NodeInfo
	return reports.NodeInfo{KubeletVersion: i.KubeletVersion, OSImage: i.OSImage, KernelVersion: i.KernelVersion,
		Runtime: i.ContainerRuntimeVersion, OperatingSystem: i.OperatingSystem, Architecture: i.Architecture,
		MachineID: i.MachineID, SystemUUID: i.SystemUUID, BootID: i.BootID}
}

// writtenContainer is the part of a v1.Container that only people read.
type writtenContainer struct {
	Name          string
	Command, Args []string
	Env           []writtenVariable
	EnvFrom       []struct {
		Prefix                  string
		ConfigMapRef, SecretRef *writtenReference
	}
	VolumeMounts []struct {
		Name, MountPath, SubPath string
		ReadOnly                 bool
	}
}

type writtenVariable struct {
	Name, Value string
	ValueFrom   *struct {
		FieldRef                      *struct{ APIVersion, FieldPath string }
		ResourceFieldRef              *struct{ Resource string }
		ConfigMapKeyRef, SecretKeyRef *writtenReference
	}
}

type writtenReference struct {
	Name, Key string
	Optional  bool
}

// written reads a field of an object's v1 form, nil where there is none.
func (p *past) written(o model.Object, path ...string) any {
	var v any
	if data, err := manifest.JSON(o, p.scenario.Config.Start); err != nil || json.Unmarshal(data, &v) != nil {
		return nil
	}
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// podSpecOf is where the v1 form of an object has the spec of its pods.
func podSpecOf(kind model.Kind) []string {
	switch kind {
	case model.KindPod:
		return []string{"spec"}
	case model.KindCronJob:
		return []string{"spec", "jobTemplate", "spec", "template", "spec"}
	}
	return []string{"spec", "template", "spec"}
}

// container reads the details of a container of a pod, or of a template.
func (p *past) container(o model.Object, name string) reports.ContainerDetail {
	var v struct{ InitContainers, Containers []writtenContainer }
	var out reports.ContainerDetail
	if data, err := json.Marshal(p.written(o, podSpecOf(o.Kind())...)); err != nil || json.Unmarshal(data, &v) != nil {
		return out
	}
	for _, c := range slices.Concat(v.InitContainers, v.Containers) {
		if c.Name != name {
			continue
		}
		out.Command, out.Args = lines(c.Command), lines(c.Args)
		for i := range c.Env {
			out.Env = append(out.Env, c.Env[i].lines(o)...)
		}
		for _, from := range c.EnvFrom {
			prefix := ""
			if from.Prefix != "" {
				prefix = " with prefix '" + from.Prefix + "'"
			}
			if r := from.ConfigMapRef; r != nil {
				out.EnvFrom = append(out.EnvFrom, fmt.Sprintf("%s\tConfigMap%s\tOptional: %t", r.Name, prefix, r.Optional))
			} else if r := from.SecretRef; r != nil {
				out.EnvFrom = append(out.EnvFrom, fmt.Sprintf("%s\tSecret%s\tOptional: %t", r.Name, prefix, r.Optional))
			}
		}
		for _, m := range c.VolumeMounts {
			flags := "rw"
			if m.ReadOnly {
				flags = "ro"
			}
			if m.SubPath != "" {
				flags += fmt.Sprintf(",path=%q", m.SubPath)
			}
			out.Mounts = append(out.Mounts, fmt.Sprintf("%s from %s (%s)", m.MountPath, m.Name, flags))
		}
		slices.Sort(out.Mounts)
	}
	return out
}

// lines puts every line of the words on one of its own.
func lines(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	return strings.Split(strings.Join(words, "\n"), "\n")
}

// lines are how kubectl describe writes a variable.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeContainerEnvVars.
func (e *writtenVariable) lines(o model.Object) []string {
	from := e.ValueFrom
	switch {
	case from == nil:
		values := strings.Split(e.Value, "\n")
		out := []string{e.Name + ":\t" + values[0]}
		for _, value := range values[1:] {
			out = append(out, "\t"+value)
		}
		return out
	case from.FieldRef != nil:
		value := ""
		if pod, ok := o.(*model.Pod); ok {
			value = metaField(pod.Meta(), from.FieldRef.FieldPath)
		}
		return []string{fmt.Sprintf("%s:\t%s (%s:%s)", e.Name, value, from.FieldRef.APIVersion, from.FieldRef.FieldPath)}
	case from.ResourceFieldRef != nil:
		return []string{fmt.Sprintf("%s:\t (%s)", e.Name, from.ResourceFieldRef.Resource)}
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		return []string{fmt.Sprintf("%s:\t<set to the key '%s' in secret '%s'>\tOptional: %t", e.Name, r.Key, r.Name, r.Optional)}
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		return []string{fmt.Sprintf("%s:\t<set to the key '%s' of config map '%s'>\tOptional: %t", e.Name, r.Key, r.Name, r.Optional)}
	}
	return nil
}

// metaField is a field of a pod that kubectl tells of: others it leaves out.
// Source: kubernetes v1.37.2 kubectl pkg/util/fieldpath/fieldpath.go ExtractFieldPathAsString.
func metaField(m *model.ObjectMeta, path string) string {
	switch path {
	case "metadata.name":
		return m.Name
	case "metadata.namespace":
		return m.Namespace
	case "metadata.uid":
		return m.UID
	}
	if key, ok := strings.CutPrefix(path, "metadata.labels['"); ok {
		return m.Labels[strings.TrimSuffix(key, "']")]
	}
	if key, ok := strings.CutPrefix(path, "metadata.annotations['"); ok {
		return m.Annotations[strings.TrimSuffix(key, "']")]
	}
	return ""
}
