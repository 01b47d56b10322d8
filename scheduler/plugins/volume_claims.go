package plugins

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// The annotations of claims, volumes and CSI nodes that decide.
// Source: kubernetes v1.37.2 component-helpers storage/volume/pv_helpers.go; api core/v1/annotation_key_constants.go.
const (
	bindCompletedAnnotation     = "pv.kubernetes.io/bind-completed"
	boundByControllerAnnotation = "pv.kubernetes.io/bound-by-controller"
	selectedNodeAnnotation      = "volume.kubernetes.io/selected-node"
	storageClassAnnotation      = "volume.beta.kubernetes.io/storage-class"
	migratedPluginsAnnotation   = "storage.alpha.kubernetes.io/migrated-plugins"
)

// resourceStorage is the one resource that claims ask for and volumes have.
const resourceStorage = "storage"

// claimOf is the name of the claim that a pod's volume stands for; generic ephemeral volumes have one
// made for the pod. ok is false for other volumes.
// Source: kubernetes v1.37.2 component-helpers storage/ephemeral/ephemeral.go VolumeClaimName.
func claimOf(pod *model.Pod, v *model.Volume) (name string, ephemeral, ok bool) {
	switch v.Kind {
	case "persistentVolumeClaim":
		return v.Claim, false, true
	case "ephemeral":
		return pod.Name + "-" + v.Name, true, true
	}
	return "", false, false
}

// namesClaim says whether one of the pod's volumes names the claim. Generic ephemeral volumes count
// only on request.
func namesClaim(pod *model.Pod, claim *model.PersistentVolumeClaim, ephemeralToo bool) bool {
	if pod.Namespace != claim.Namespace {
		return false
	}
	for i := range pod.Spec.Volumes {
		name, ephemeral, ok := claimOf(pod, &pod.Spec.Volumes[i])
		if ok && name == claim.Name && (ephemeralToo || !ephemeral) {
			return true
		}
	}
	return false
}

// notOwned says that the claim of a generic ephemeral volume was made for something else; "" when it
// was made for the pod.
// Source: kubernetes v1.37.2 component-helpers storage/ephemeral/ephemeral.go VolumeIsForPod.
func notOwned(pod *model.Pod, claim *model.PersistentVolumeClaim) string {
	if owner := claim.Controller(); owner != nil && owner.UID == pod.UID {
		return ""
	}
	return fmt.Sprintf("PVC %s was not created for pod %s (pod is not owner)", claim.Key(), pod.Key())
}

// claimClass is the name of the claim's storage class, "" for none.
// Source: kubernetes v1.37.2 component-helpers storage/volume/helpers.go GetPersistentVolumeClaimClass.
func claimClass(claim *model.PersistentVolumeClaim) string {
	if class, has := claim.Annotations[storageClassAnnotation]; has {
		return class
	}
	if claim.Spec.StorageClass != nil {
		return *claim.Spec.StorageClass
	}
	return ""
}

// volumeClass is the name of the volume's storage class, "" for none.
// Source: kubernetes v1.37.2 component-helpers storage/volume/helpers.go GetPersistentVolumeClass.
func volumeClass(v *model.PersistentVolume) string {
	if class, has := v.Annotations[storageClassAnnotation]; has {
		return class
	}
	return v.StorageClass
}

// The texts of upstream's listers about objects that are not there.
// Source: kubernetes v1.37.2 apimachinery pkg/api/errors/errors.go NewNotFound.
func claimNotFound(name string) string {
	return fmt.Sprintf("persistentvolumeclaim %q not found", name)
}

func volumeNotFound(name string) string { return fmt.Sprintf("persistentvolume %q not found", name) }

func classNotFound(name string) string {
	return fmt.Sprintf("storageclass.storage.k8s.io %q not found", name)
}
