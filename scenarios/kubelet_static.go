package scenarios

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/world"
)

type staticPodsBlock struct {
	Match     matchNodesBlock `yaml:"match" doc:"Which nodes have the files; what is left out matches all."`
	Manifests pathList        `yaml:"manifests" doc:"Files, folders or globs of Pods, relative to the scenario."`
	Pods      []yaml.Node     `yaml:"pods" doc:"Pods, in place. Each is called by its name, a hyphen and the name of its node."`
}

// staticPods are the pods that kubelets run of files.
func (r *reader) staticPods() (out []kubelet.StaticPod) {
	for i := range r.doc.Kubelet.StaticPods {
		b := &r.doc.Kubelet.StaticPods[i]
		path := decode.Index("kubelet.staticPods", i)
		in := r.newManifests(false)
		for _, p := range b.Manifests {
			r.readPath(in, r.locate(p.text), p.node, p.path)
		}
		for j := range b.Pods {
			n := decode.Resolve(&b.Pods[j])
			if n.Kind == yaml.MappingNode {
				n = withDefault(withDefault(n, "v1", "apiVersion"), "Pod", "kind")
			}
			in.ReadNode(r.file, n, decode.Index(path+".pods", j))
		}
		before := r.problems.Len()
		r.settle(in)
		read := taken(in, "")
		if len(read) == 0 && r.problems.Len() == before {
			r.problems.Add(r.file, decode.Walk(r.root, path), path, "no pods, want manifests or pods")
		}
		for k := range read {
			if pod := r.staticPod(&read[k]); pod != nil {
				out = append(out, kubelet.StaticPod{Match: b.Match.matches, Pod: pod})
			}
		}
	}
	return out
}

// staticPod is the pod of a file, nil when a kubelet would not take it.
func (r *reader) staticPod(o *object) *model.Pod {
	pod, ok := o.Object.(*model.Pod)
	switch {
	case !ok:
		o.problem(&r.problems, "kind", "%s, want Pod: kubelets run nothing else of files", o.Kind())
	case pod.Name == "":
		o.problem(&r.problems, "metadata.name", "missing, want the name that the node's name is put behind")
	default:
		if what := apiReference(pod.Spec); what != "" {
			o.problem(&r.problems, "spec", "static pods may not reference %s", what)
		}
		return pod
	}
	return nil
}

// apiReference is the first thing of the API server that a pod needs, "" when it needs none.
// Source: kubernetes v1.37.2 pkg/api/pod/util.go HasAPIObjectReference.
func apiReference(s *model.PodSpec) string {
	kinds := map[model.Kind]string{model.KindSecret: "secrets", model.KindConfigMap: "configmaps"}
	if s.ServiceAccountName != "" {
		return "serviceaccounts"
	}
	if len(s.ImagePullSecrets) > 0 {
		return "secrets"
	}
	for _, list := range [2][]model.Container{s.InitContainers, s.Containers} {
		for i := range list {
			if len(list[i].EnvRefs) > 0 {
				return kinds[list[i].EnvRefs[0].Kind]
			}
		}
	}
	for i := range s.Volumes {
		switch v := &s.Volumes[i]; v.Kind {
		case "configMap":
			return "configmaps (via configmap volumes)"
		case "secret":
			return "secrets (via secret volumes)"
		case "csi":
			return "csidrivers (via CSI volumes)"
		case "persistentVolumeClaim":
			return "persistentvolumeclaims"
		case "ephemeral":
			return "persistentvolumeclaims (via ephemeral volumes)"
		case "projected":
			if len(v.Refs) > 0 {
				return kinds[v.Refs[0].Kind] + " (via projected volumes)"
			}
		}
	}
	return ""
}

// checkKubeletNodes notes entries about nodes that are never there, once all nodes are known.
func (r *reader) checkKubeletNodes() {
	if r.doc.Kubelet == nil {
		return
	}
	r.setMaxPods()
	for i := range r.doc.Kubelet.Nodes {
		r.checkNodeMatch(&r.doc.Kubelet.Nodes[i].Match, decode.Index("kubelet.nodes", i)+".match")
	}
	for i := range r.doc.Kubelet.StaticPods {
		r.checkNodeMatch(&r.doc.Kubelet.StaticPods[i].Match, decode.Index("kubelet.staticPods", i)+".match")
	}
}

func (r *reader) checkNodeMatch(b *matchNodesBlock, path string) {
	for _, o := range r.allObjects() {
		if n, ok := o.Object.(*model.Node); ok && b.matches(n) {
			return
		}
	}
	what := "this scenario has no nodes"
	switch {
	case b.Name != "":
		what = fmt.Sprintf("no node of this scenario is called %q", b.Name)
	case len(b.Labels) > 0:
		what = "no node of this scenario has these labels"
	}
	r.problems.Add(r.file, decode.Walk(r.root, path), path, "%s, want the name or labels of one", what)
}

// kubelets lists how the kubelets are set that are set otherwise, and the pods that kubelets run of files.
func (l *parameterList) kubelets(c *world.Config) {
	for i := range c.KubeletNodes {
		l.kubelet(&c.KubeletNodes[i].Timers, decode.Index("kubelet.nodes", i))
		l.eviction(&c.EvictionNodes[i].Config, decode.Index("kubelet.nodes", i))
	}
	for i := range c.StaticPods {
		l.add(decode.Index("kubelet.staticPods", i), c.StaticPods[i].Pod.Key())
	}
}
