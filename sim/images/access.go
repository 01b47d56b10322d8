package images

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

// access is who may use an image that the kubelet has pulled, under one of its names.
type access struct {
	bare     string
	everyone bool
	secrets  []string
}

// credential is what a pull got access with.
type credential struct {
	// secret is an entry of Private.Secrets; "" is access that all pods of the node have.
	secret string
}

// admit remembers with what a pull got access.
// Source: kubernetes v1.37.2 pkg/kubelet/images/pullmanager/image_pull_manager.go pulledRecordMergeNewCreds.
func (s *stored) admit(bare string, c credential) {
	i := slices.IndexFunc(s.access, func(a access) bool { return a.bare == bare })
	if i < 0 {
		i = len(s.access)
		s.access = append(s.access, access{bare: bare})
	}
	a := &s.access[i]
	switch {
	case a.everyone:
	case c.secret == "":
		a.everyone, a.secrets = true, nil
	case !slices.Contains(a.secrets, c.secret):
		a.secrets = append(a.secrets, c.secret)
	}
}

// accessible says whether a pod may use an image that is present without pulling it.
// Source: kubernetes v1.37.2 pkg/kubelet/images/pullmanager/image_pull_manager.go MustAttemptImagePull.
func (m *Manager) accessible(n *node, s *stored, k *known, pod *model.Pod) bool {
	pulled := len(s.access) > 0
	switch n.settings.Kubelet.Verification {
	case NeverVerify:
		return true
	case AlwaysVerify:
	default:
		if !pulled && !n.intends(k.asked) {
			return true
		}
	}
	i := slices.IndexFunc(s.access, func(a access) bool { return a.bare == k.bare })
	if i < 0 {
		return false
	}
	if a := &s.access[i]; !a.everyone {
		return slices.ContainsFunc(m.secretsFor(k, pod), func(c string) bool { return slices.Contains(a.secrets, c) })
	}
	return true
}

// intends says whether a pull of that name is under way or waits for its turn.
func (n *node) intends(asked string) bool {
	same := func(p *Pull) bool { return p.known.asked == asked }
	return slices.ContainsFunc(n.queue, same) || slices.ContainsFunc(n.active, same)
}

// secretsFor are the credentials that a pod's pull secrets hold for a repository.
func (m *Manager) secretsFor(k *known, pod *model.Pod) []string {
	private := m.registry(k.Host).privateOf(k.path())
	if private == nil {
		return nil
	}
	var out []string
	for _, name := range pullSecrets(pod) {
		for _, entry := range private.Secrets {
			if entry == name || entry == pod.Namespace+"/"+name {
				out = append(out, entry)
			}
		}
	}
	return out
}

// authorize says with what a pod's pull gets access to a repository; ok is false when the registry denies it.
// A pod's own secrets are tried before the node's credentials.
// Source: kubernetes v1.37.2 pkg/credentialprovider/secrets/secrets.go MakeDockerKeyring.
func (m *Manager) authorize(k *known, pod *model.Pod) (c credential, ok bool) {
	private := m.registry(k.Host).privateOf(k.path())
	if private == nil {
		return credential{}, true
	}
	if own := m.secretsFor(k, pod); len(own) > 0 {
		return credential{own[0]}, true
	}
	return credential{}, private.Nodes
}

// privateOf is the set of private repositories that one belongs to, nil when it is public.
func (r *registry) privateOf(path string) *Private {
	for i := range r.config.Private {
		for _, pattern := range r.config.Private[i].Repositories {
			if below, tree := strings.CutSuffix(pattern, "/*"); pattern == path || pattern == "*" ||
				tree && strings.HasPrefix(path, below+"/") {
				return &r.config.Private[i]
			}
		}
	}
	return nil
}

// pullSecrets are the names of a pod's pull secrets.
func pullSecrets(pod *model.Pod) []string {
	if pod == nil || pod.Spec == nil {
		return nil
	}
	return pod.Spec.ImagePullSecrets
}
