package kubelet

import (
	"encoding/hex"
	"maps"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// StaticPod is a pod that the kubelets of some nodes have a file of: they run it without being asked by the
// API server, which only has a mirror of it.
type StaticPod struct {
	// Match says whether a node, as it is when its kubelet begins, has the file; nil: every node.
	Match func(n *model.Node) bool
	// Pod is what the file says. It is not written to; its name gets the name of the node behind it.
	Pod *model.Pod
}

// The annotations that kubelets give to static pods and their mirrors.
// Source: kubernetes v1.37.2 pkg/kubelet/types/pod_update.go.
const (
	// MirrorAnnotation marks the object of a static pod; its value is the pod's UID for its kubelet.
	MirrorAnnotation = "kubernetes.io/config.mirror"
	hashAnnotation   = "kubernetes.io/config.hash"
	sourceAnnotation = "kubernetes.io/config.source"
	seenAnnotation   = "kubernetes.io/config.seen"
	fileSource       = "file"
)

// isMirror says whether an object only mirrors a static pod.
func isMirror(pod *model.Pod) bool {
	_, is := pod.Annotations[MirrorAnnotation]
	return is
}

// Critical says whether a pod is critical: kubelets do not evict it, and make room for it.
// Source: kubernetes v1.37.2 pkg/kubelet/types/pod_update.go IsCriticalPod, IsStaticPod, IsMirrorPod.
func Critical(pod *model.Pod) bool {
	if source := pod.Annotations[sourceAnnotation]; source != "" && source != "api" || isMirror(pod) {
		return true
	}
	return pod.Spec.HasPriority && pod.Spec.Priority >= CriticalPriority
}

// static is a static pod of one node.
type static struct {
	pod *model.Pod
	// said is what has last been said of it, known whether something has: the runtime can tell as much to a
	// kubelet that starts.
	said  model.PodStatus
	known bool
}

// readStatics has a kubelet that begins read the files of its static pods.
func (f *Fleet) readStatics(now sim.Time, h *host) {
	for i := range f.options.StaticPods {
		p := &f.options.StaticPods[i]
		if p.Match == nil || p.Match(h.node) {
			h.statics = append(h.statics, &static{pod: f.staticPod(now, h, p.Pod)})
		}
	}
	if len(h.statics) > 0 {
		f.staticsAt(now, h)
	}
}

// staticsAt has static pods that do not run begin.
func (f *Fleet) staticsAt(now sim.Time, h *host) {
	f.engine.Schedule(now, sim.Event{Phase: sim.PhaseAct, Actor: f.actor, Op: opStatics, Ref: h})
}

// staticPod is the pod that a kubelet makes of what a file says. Its UID has the form of a hash of the file.
// Source: kubernetes v1.37.2 pkg/kubelet/config/common.go applyDefaults; config.go (ConfigSourceAnnotationKey,
// ConfigFirstSeenAnnotationKey).
func (f *Fleet) staticPod(now sim.Time, h *host, file *model.Pod) *model.Pod {
	pod := *file
	if pod.Namespace == "" {
		pod.Namespace = "default"
	}
	f.scratch = f.ids.Of("static pod").Of(h.name).Of(pod.Key()).Draw(0)
	var raw [16]byte
	for i := range raw {
		raw[i] = byte(f.scratch.Uint64())
	}
	pod.UID = hex.EncodeToString(raw[:])
	pod.Name += "-" + strings.ToLower(h.name)
	pod.NodeName = h.name
	pod.Annotations = maps.Clone(pod.Annotations)
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[hashAnnotation], pod.Annotations[sourceAnnotation] = pod.UID, fileSource
	if !f.options.Start.IsZero() {
		pod.Annotations[seenAnnotation] = f.options.Start.Add(now.Sub(0)).UTC().Format(time.RFC3339Nano)
	}
	pod.Spec = f.staticSpec(pod.Spec)
	pod.Status = model.PodStatus{Phase: model.PodPending, QOSClass: apiserver.QOSClass(pod.Spec)}
	return &pod
}

// staticSpec is a spec that tolerates every taint NoExecute; one for all pods of a file.
// Source: kubernetes v1.37.2 pkg/kubelet/config/common.go applyDefaults (AddOrUpdateTolerationInPod).
func (f *Fleet) staticSpec(spec *model.PodSpec) *model.PodSpec {
	if made, ok := f.staticSpecs[spec]; ok {
		return made
	}
	made := *spec
	made.Tolerations = append([]model.Toleration(nil), spec.Tolerations...)
	all := model.Toleration{Operator: "Exists", Effect: model.NoExecute}
	has := false
	for i := range made.Tolerations {
		t := &made.Tolerations[i]
		has = has || t.Key == "" && t.Operator == all.Operator && t.Effect == all.Effect && t.Value == "" && t.Seconds == nil
	}
	if !has {
		made.Tolerations = append(made.Tolerations, all)
	}
	if f.staticSpecs == nil {
		f.staticSpecs = map[*model.PodSpec]*model.PodSpec{}
	}
	f.staticSpecs[spec] = &made
	return &made
}

// startStatics begins with the static pods of a node that nobody looks after.
func (f *Fleet) startStatics(now sim.Time, h *host) {
	for _, s := range h.statics {
		if _, begun := f.workers[s.pod.UID]; !begun && !h.trouble.off {
			f.beginStatic(now, h, s)
		}
	}
}

// beginStatic begins with a static pod, as the runtime has it: one that has been stopped for the node's sake
// begins anew.
func (f *Fleet) beginStatic(now sim.Time, h *host, s *static) {
	pod := *s.pod
	if s.known {
		pod.Status = s.said
		pod.Status.QOSClass = s.pod.Status.QOSClass
		if pod.Terminal() {
			pod.Status.Phase, pod.Status.Reason, pod.Status.Message = model.PodRunning, "", ""
		}
		pod.Status.Conditions = nil
		for _, c := range s.said.Conditions {
			if ownedByKubelet(c.Type) {
				pod.Status.Conditions = append(pod.Status.Conditions, c)
			}
		}
	}
	w := f.add(&pod)
	w.static = s
	if stored, ok := f.api.Pods.Get(pod.Namespace, pod.Name); ok && isMirror(stored) {
		f.setMirror(w, stored)
	}
	f.begin(now, w)
}

// keepStatic keeps what has been said of a static pod for when its kubelet begins with it again.
func (w *worker) keepStatic() {
	s := w.static
	if s == nil || !w.known || w.rejected {
		return
	}
	s.said, s.known = model.PodStatus{}, true
	copyStatus(&s.said, &w.status)
}

// staticNamed is the static pod of that name, nil when the node has none.
func (h *host) staticNamed(namespace, name string) *static {
	for _, s := range h.statics {
		if s.pod.Name == name && s.pod.Namespace == namespace {
			return s
		}
	}
	return nil
}
