package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// admit completes a new object as the admission plugins of an API server do, or refuses it.
func (s *Server) admit(o model.Object, loaded bool) error {
	switch o := o.(type) {
	case *model.Namespace:
		labelNamespace(o)
		delete(s.namespaces.deleted, o.Name)
	case *model.Node:
		if !loaded {
			taintNotReady(o)
		}
	case *model.PriorityClass:
		return s.admitPriorityClass(o)
	case *model.Pod:
		return s.admitPod(o, loaded)
	case *model.LimitRange:
		s.admission.specs.reset()
	case *model.ResourceQuota:
		if s.quotas == nil {
			s.quotas = quotas{}
		}
	}
	return nil
}

// judge refuses a new object that is complete: the admission plugins that change nothing.
func (s *Server) judge(o model.Object) error {
	if s.LimitRanges.Len() > 0 {
		if err := s.judgeLimits(o); err != nil {
			return err
		}
	}
	if s.quotas != nil {
		return s.judgeQuotas(nil, o)
	}
	return nil
}

// judgeUpdate is judge for a change.
func (s *Server) judgeUpdate(old, o model.Object) error {
	if s.quotas != nil {
		return s.judgeQuotas(old, o)
	}
	return nil
}

// updated does what an update means for what the server derives from objects.
func (s *Server) updated(o model.Object) {
	switch o := o.(type) {
	case *model.Namespace:
		labelNamespace(o)
	case *model.PriorityClass, *model.LimitRange:
		s.admission.specs.reset()
	}
}

// taintNotReady keeps pods off a new node until it is known to be ready.
// Source: kubernetes v1.37.2 plugin/pkg/admission/nodetaint/admission.go Admit.
func taintNotReady(node *model.Node) {
	taint := model.Taint{Key: model.TaintNotReady, Effect: model.NoSchedule}
	for _, t := range node.Taints {
		if t.Key == taint.Key && t.Effect == taint.Effect {
			return
		}
	}
	node.Taints = append(node.Taints[:len(node.Taints):len(node.Taints)], taint)
}

// admission keeps, for specs that many pods share, the spec that admission makes of it, so that the
// pods go on sharing one.
type admission struct {
	specs recent[specKey, admitted]
}

// specKey tells specs of the initial state apart: they may bring a priority of their own. limited is the
// namespace, where its LimitRanges change specs.
type specKey struct {
	spec    *model.PodSpec
	loaded  bool
	limited string
}

type admitted struct {
	spec *model.PodSpec
	qos  string
	// limited is the annotation that tells what LimitRanges have filled in, "" for nothing.
	limited string
}

// admittedSpecs bounds how many specs admission remembers. Forgetting one costs a copy.
const admittedSpecs = 4096

func newAdmission() admission {
	return admission{specs: newRecent[specKey, admitted](admittedSpecs)}
}

func (s *Server) admitPod(pod *model.Pod, loaded bool) error {
	if !loaded {
		pod.Status = model.PodStatus{Phase: model.PodPending}
	}
	if pod.Status.Phase == "" {
		pod.Status.Phase = model.PodPending
	}
	if len(pod.Spec.ResourceClaims) > 0 {
		return forbidden(s.Pods.resource, asked(&pod.ObjectMeta), "spec.resourceClaims: dynamic resource allocation is not modelled")
	}
	if !loaded {
		if err := s.judgeAccount(pod); err != nil {
			return err
		}
	}
	key := specKey{spec: pod.Spec, loaded: loaded}
	if s.LimitRanges.Len() > 0 && !loaded {
		key.limited = pod.Namespace
	}
	done, ok := s.admission.specs.get(key)
	if !ok {
		var err error
		if done, err = s.admitSpec(pod, loaded); err != nil {
			return err
		}
		s.admission.specs.put(key, done)
	}
	pod.Spec, pod.Status.QOSClass = done.spec, done.qos
	if done.limited != "" {
		pod.Annotations = with(pod.Annotations, annotationLimited, done.limited)
	}
	if pod.NodeName != "" {
		if node, ok := s.Nodes.Get("", pod.NodeName); ok {
			pod.Labels = s.topology.copied(pod.Labels, node.Labels)
		}
	}
	return nil
}

// admitSpec returns the spec with account, priority, default tolerations and the defaults of LimitRanges
// filled in: the same pointer when nothing was missing.
func (s *Server) admitSpec(pod *model.Pod, loaded bool) (admitted, error) {
	spec := *pod.Spec
	if !loaded || !spec.HasPriority {
		if err := s.admitPriority(pod, &spec); err != nil {
			return admitted{}, err
		}
	}
	spec.Tolerations = withDefaultTolerations(spec.Tolerations)
	done := admitted{spec: &spec}
	if !loaded {
		done.limited = s.defaultLimits(pod.Namespace, &spec)
		if _, mirror := pod.Annotations[mirrorAnnotation]; spec.ServiceAccountName == "" && !mirror {
			spec.ServiceAccountName = defaultAccount
		}
	}
	if spec.HasPriority == pod.Spec.HasPriority && spec.PriorityClassName == pod.Spec.PriorityClassName && done.limited == "" &&
		spec.PreemptionPolicy == pod.Spec.PreemptionPolicy && len(spec.Tolerations) == len(pod.Spec.Tolerations) &&
		spec.ServiceAccountName == pod.Spec.ServiceAccountName {
		done.spec = pod.Spec
	}
	done.qos = QOSClass(done.spec)
	return done, nil
}

// toleranceSeconds is how long a pod stays on a node that is not ready or not reachable.
// Source: kubernetes v1.37.2 plugin/pkg/admission/defaulttolerationseconds/admission.go.
const toleranceSeconds = 300

// withDefaultTolerations adds tolerations of not-ready and unreachable for 300 s where the pod has none.
// Source: kubernetes v1.37.2 plugin/pkg/admission/defaulttolerationseconds/admission.go Admit.
func withDefaultTolerations(have []model.Toleration) []model.Toleration {
	notReady, unreachable := false, false
	for i := range have {
		if t := &have[i]; t.Effect == model.NoExecute || t.Effect == "" {
			notReady = notReady || t.Key == model.TaintNotReady || t.Key == ""
			unreachable = unreachable || t.Key == model.TaintUnreachable || t.Key == ""
		}
	}
	if notReady && unreachable {
		return have
	}
	out := make([]model.Toleration, len(have), len(have)+2)
	copy(out, have)
	seconds := int64(toleranceSeconds)
	if !notReady {
		out = append(out, model.Toleration{Key: model.TaintNotReady, Operator: "Exists", Effect: model.NoExecute, Seconds: &seconds})
	}
	if !unreachable {
		out = append(out, model.Toleration{Key: model.TaintUnreachable, Operator: "Exists", Effect: model.NoExecute, Seconds: &seconds})
	}
	return out
}

// recent remembers what was used last: at least limit entries and at most twice as many.
type recent[K comparable, V any] struct {
	limit      int
	young, old map[K]V
}

func newRecent[K comparable, V any](limit int) recent[K, V] {
	return recent[K, V]{limit: limit, young: map[K]V{}, old: map[K]V{}}
}

func (r *recent[K, V]) reset() { clear(r.young); clear(r.old) }

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.young[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if len(r.young) >= r.limit {
		r.young, r.old = r.old, r.young
		clear(r.young)
	}
	r.young[k] = v
}

// mismatch is how admission refuses a value that it computes itself.
// Source: kubernetes v1.37.2 plugin/pkg/admission/priority/admission.go admitPod.
func mismatch(what string, given, computed any) string {
	return fmt.Sprintf("the %s (%v) must not be provided in pod spec; priority admission controller computed %v "+
		"from the given PriorityClass name", what, given, computed)
}
