package model

import (
	"strconv"
)

// PodTemplate is what a workload makes its pods of. Pods of one template share Spec, which is never
// written to: a template that is changed is a new one.
type PodTemplate struct {
	Labels      map[string]string
	Annotations map[string]string
	Finalizers  []string
	Spec        *PodSpec

	// Hash is the sum (32-bit FNV-1a) over the template's v1 form without the label pod-template-hash, and
	// RevisionHash that (32-bit FNV-1) over the data of its ControllerRevision: the reader of manifests
	// fills both in. A template made otherwise gets any numbers that no other template of its owner has.
	Hash         uint32
	RevisionHash uint32

	// Source is the v1.PodTemplateSpec this was read from, owned by scenarios/manifest. Its spec is Spec's, so
	// that who puts another Spec here takes the source away.
	Source any
}

// Labels and annotations by which controllers know what is theirs.
const (
	LabelTemplateHash       = "pod-template-hash"
	LabelRevisionHash       = "controller-revision-hash"
	LabelPodTemplateGen     = "pod-template-generation"
	LabelPodName            = "statefulset.kubernetes.io/pod-name"
	LabelPodIndex           = "apps.kubernetes.io/pod-index"
	LabelJobName            = "batch.kubernetes.io/job-name"
	LabelControllerUID      = "batch.kubernetes.io/controller-uid"
	AnnotationRevision      = "deployment.kubernetes.io/revision"
	AnnotationDesired       = "deployment.kubernetes.io/desired-replicas"
	AnnotationMaxReplicas   = "deployment.kubernetes.io/max-replicas"
	AnnotationDeletionCost  = "controller.kubernetes.io/pod-deletion-cost"
	AnnotationCompletion    = "batch.kubernetes.io/job-completion-index"
	AnnotationRestartedAt   = "kubectl.kubernetes.io/restartedAt"
	AnnotationChangeCause   = "kubernetes.io/change-cause"
	FinalizerJobTracking    = "batch.kubernetes.io/job-tracking"
	FinalizerForeground     = "foregroundDeletion"
	FinalizerOrphan         = "orphan"
	FinalizerClaimProtected = "kubernetes.io/pvc-protection"
)

// SameTemplate says whether two templates make the same pods, whatever their pod-template-hash labels say.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go EqualIgnoreHash.
func SameTemplate(a, b *PodTemplate) bool {
	if a == b {
		return true
	}
	return a.Hash == b.Hash && equalMaps(a.Annotations, b.Annotations, "") && equalMaps(a.Labels, b.Labels, LabelTemplateHash)
}

// equalMaps compares maps but for one key.
func equalMaps(a, b map[string]string, but string) bool {
	return subsetBut(a, b, but) && subsetBut(b, a, but)
}

func subsetBut(a, b map[string]string, but string) bool {
	for k, v := range a {
		if w, ok := b[k]; k != but && (!ok || v != w) {
			return false
		}
	}
	return true
}

// HashName is the template's hash as it stands in the names of ReplicaSets and the label
// pod-template-hash; collisions counts how often the name was taken (nil: never looked at).
// Source: kubernetes v1.37.2 pkg/controller/controller_utils.go ComputeHash.
func (t *PodTemplate) HashName(collisions *int32) string {
	sum := t.Hash
	if collisions != nil {
		n := uint32(*collisions)
		for _, b := range [8]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} {
			sum = (sum ^ uint32(b)) * fnvPrime
		}
	}
	return encode(sum)
}

// RevisionName is the hash in the name of the template's ControllerRevision; collisions as in HashName.
// Source: kubernetes v1.37.2 pkg/controller/history/controller_history.go HashControllerRevision.
func (t *PodTemplate) RevisionName(collisions *int32) string {
	sum := t.RevisionHash
	if collisions != nil {
		for _, b := range []byte(strconv.FormatInt(int64(*collisions), 10)) {
			sum = sum*fnvPrime ^ uint32(b)
		}
	}
	return encode(sum)
}

// fnvPrime is the prime of 32-bit FNV.
// Source: hash/fnv prime32.
const fnvPrime = 16777619

// encode writes a sum without vowels and what looks like another letter.
// Source: kubernetes v1.37.2 apimachinery pkg/util/rand/rand.go SafeEncodeString.
func encode(sum uint32) string {
	const alphanums = "bcdfghjklmnpqrstvwxz2456789"
	out := strconv.AppendUint(nil, uint64(sum), 10)
	for i, b := range out {
		out[i] = alphanums[int(b)%len(alphanums)]
	}
	return string(out)
}
