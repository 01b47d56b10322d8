package apiserver

import (
	"fmt"

	"towtank.dev/towtank/model"
)

// defaultAccount is the service account of pods that name none.
const defaultAccount = "default"

// mirrorAnnotation marks the object of a static pod, which has no account.
// Source: kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go Admit, shouldIgnore.
const mirrorAnnotation = "kubernetes.io/config.mirror"

// judgeAccount refuses a pod that names an account that is not there.
//
// Differs from upstream: in a namespace in which no account is declared, every account exists, so that a
// workload can be run without its cluster's accounts. Tokens are not mounted.
// Source: kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go Admit.
func (s *Server) judgeAccount(pod *model.Pod) error {
	name := pod.Spec.ServiceAccountName
	if name == defaultAccount || name == "" || s.ServiceAccounts.Len() == 0 {
		return nil
	}
	if _, ok := s.ServiceAccounts.Get(pod.Namespace, name); ok {
		return nil
	}
	for a := range s.ServiceAccounts.All() {
		if a.Namespace == pod.Namespace {
			return forbidden(s.Pods.resource, asked(&pod.ObjectMeta), fmt.Sprintf(
				"error looking up service account %s/%s: serviceaccount %q not found", pod.Namespace, name, name))
		}
	}
	return nil
}
