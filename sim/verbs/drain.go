package verbs

import (
	"fmt"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

var drainInfo = Info{
	Name:    "drain",
	Doc:     "Cordons nodes and evicts their pods, one node after another, asking disruption budgets and trying again every 5 s.",
	Example: "drain: {nodes: {labels: {pool: old}}, ignoreDaemonSets: true, timeout: 10m}",
	New:     func() Verb { return new(Drain) },
}

// Drain is kubectl drain.
type Drain struct {
	Target             Target            `yaml:",inline"`
	IgnoreDaemonSets   bool              `yaml:"ignoreDaemonSets" doc:"Whether pods of DaemonSets, which would come back at once, are left alone. Otherwise a node that has some is not drained. Default false."`
	Force              bool              `yaml:"force" doc:"Whether pods that nothing would replace are evicted too. Otherwise a node that has some is not drained. Default false."`
	DeleteEmptyDirData bool              `yaml:"deleteEmptyDirData" doc:"Whether pods with emptyDir volumes are evicted too. Otherwise a node that has some is not drained. Default false."`
	DisableEviction    bool              `yaml:"disableEviction" doc:"Whether pods are deleted rather than evicted, whatever the disruption budgets say. Default false."`
	GracePeriod        *int64            `yaml:"gracePeriodSeconds" doc:"Seconds a pod gets to stop. Default: its terminationGracePeriodSeconds."`
	PodLabels          map[string]string `yaml:"podLabels" doc:"Which pods are evicted: those that have all these labels. Default: all."`
	Timeout            time.Duration     `yaml:"timeout" doc:"How long a node may take before it is given up. Default: for ever."`
}

// Check refuses targets that are no nodes, and negative times.
func (v *Drain) Check() error {
	switch {
	case v.GracePeriod != nil && *v.GracePeriod < 0:
		return fmt.Errorf("gracePeriodSeconds: %d is negative, want 0 or more", *v.GracePeriod)
	case v.Timeout < 0:
		return fmt.Errorf("timeout: %v is negative, want 0 or more", v.Timeout)
	}
	return checkNodes(v.Target)
}

// Do begins to drain: all nodes are cordoned, then emptied one after another.
func (v *Drain) Do(env *Env) error {
	objects, err := v.Target.Objects(env.API)
	if err != nil {
		return err
	}
	d := &draining{verb: v, latency: newLatency(env)}
	for _, o := range objects {
		d.nodes = append(d.nodes, o.Meta().Name)
	}
	env.Start(d)
	return nil
}

// doomed says what is to become of a pod of a node that is drained: it is evicted, it is left alone, or it
// keeps the node from being drained, and why.
// Source: kubectl pkg/drain/filters.go makeFilters (v0.37.2).
func (v *Drain) doomed(api *apiserver.Server, pod *model.Pod) (evict bool, hindrance string) {
	if pod.Annotations[mirrorAnnotation] != "" {
		return false, ""
	}
	if !hasAll(pod.Labels, v.PodLabels) {
		return false, ""
	}
	owner := pod.Controller()
	if owner != nil && owner.Kind == string(model.KindDaemonSet) && !pod.Terminal() {
		_, there := api.DaemonSets.Get(pod.Namespace, owner.Name)
		switch {
		case !there && v.Force:
			return true, ""
		case !there:
			return false, fmt.Sprintf("daemonsets.apps %q not found", owner.Name)
		case v.IgnoreDaemonSets:
			return false, ""
		}
		return false, "DaemonSet-managed Pods (use ignoreDaemonSets to ignore)"
	}
	if !pod.Terminal() && !v.DeleteEmptyDirData && hasEmptyDir(pod) {
		return false, "Pods with local storage (use deleteEmptyDirData to override)"
	}
	if owner == nil && !pod.Terminal() && !v.Force {
		return false, "Pods that declare no controller (use force to override)"
	}
	return true, ""
}

// mirrorAnnotation marks the mirror of a static pod, which no request can evict.
// Source: kubernetes v1.37.2 api core/v1/annotation_key_constants.go MirrorPodAnnotationKey.
const mirrorAnnotation = "kubernetes.io/config.mirror"

func hasEmptyDir(pod *model.Pod) bool {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].Kind == "emptyDir" {
			return true
		}
	}
	return false
}

func hasAll(have, want map[string]string) bool {
	for k, v := range want {
		if got, ok := have[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// hindrances are the pods that keep a node from being drained, by why they do.
type hindrances struct {
	reasons []string // in the order of their first pods
	pods    map[string][]string
}

func (h *hindrances) add(reason string, pod *model.Pod) {
	if h.pods == nil {
		h.pods = map[string][]string{}
	}
	if len(h.pods[reason]) == 0 {
		h.reasons = append(h.reasons, reason)
	}
	h.pods[reason] = append(h.pods[reason], pod.Key())
}

// err is what kubectl says of them, nil when there are none.
// Source: kubectl pkg/drain/filters.go PodDeleteList.errors, pkg/cmd/drain/drain.go RunDrain (v0.37.2).
func (h *hindrances) err(node string) error {
	var parts []string
	for _, reason := range h.reasons {
		parts = append(parts, "cannot delete "+reason+": "+strings.Join(h.pods[reason], ", "))
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("unable to drain node %q due to error: %s", node, parts[0])
	}
	return fmt.Errorf("unable to drain node %q due to error: [%s]", node, strings.Join(parts, ", "))
}
