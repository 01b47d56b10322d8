package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
)

// known lists the kinds of Kubernetes' own API groups that have no type in the model; the others are in
// kinds.
// Source: kubernetes v1.37.2 staging/src/k8s.io/api/*/*/register.go.
var known = map[string][]string{
	"": {"Binding", "ComponentStatus", "Endpoints", "Event", "PodTemplate"},
	"admissionregistration.k8s.io": {"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"},
	"apiextensions.k8s.io":         {"CustomResourceDefinition"},
	"apiregistration.k8s.io":       {"APIService"},
	"apps":                         {},
	"autoscaling":                  {},
	"batch":                        {},
	"certificates.k8s.io":          {"CertificateSigningRequest", "ClusterTrustBundle", "PodCertificateRequest"},
	"coordination.k8s.io":          {"LeaseCandidate"},
	"discovery.k8s.io":             {},
	"events.k8s.io":                {"Event"},
	"flowcontrol.apiserver.k8s.io": {"FlowSchema", "PriorityLevelConfiguration"},
	"internal.apiserver.k8s.io":    {"StorageVersion"},
	"lifecycle.k8s.io":             {"Eviction", "EvictionRequest"},
	"networking.k8s.io":            {"IPAddress", "Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR"},
	"node.k8s.io":                  {"RuntimeClass"},
	"policy":                       {"Eviction"},
	"rbac.authorization.k8s.io":    {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"},
	"resource.k8s.io":              {"DeviceClass", "DeviceTaintRule", "ResourceClaim", "ResourceClaimTemplate", "ResourcePoolStatusRequest", "ResourceSlice"},
	"scheduling.k8s.io":            {"PodGroup", "Workload"},
	"storage.k8s.io":               {"VolumeAttributesClass"},
	"storagemigration.k8s.io":      {"StorageVersionMigration"},
}

// effective are those of the known kinds that would change what becomes of pods: leaving them out is not the
// same cluster. All others, and custom resources, are taken and set aside.
var effective = map[string]bool{
	"Binding": true, "Eviction": true, "EvictionRequest": true, "RuntimeClass": true,
	"DeviceClass": true, "DeviceTaintRule": true, "ResourceClaim": true, "ResourceClaimTemplate": true,
	"ResourcePoolStatusRequest": true, "ResourceSlice": true, "PodGroup": true, "Workload": true,
}

var versionForm = regexp.MustCompile(`^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$`)

// resolveKind finds the kind of an object that is modelled; for others it says what is the matter.
func resolveKind(t listType) (*kind, *Finding) {
	k := kindNamed(model.Kind(t.kind))
	if k != nil && (apiVersions[k.kind] == t.apiVersion || older[k.kind] == t.apiVersion) {
		return k, nil
	}
	group, version, grouped := strings.Cut(t.apiVersion, "/")
	if !grouped {
		group, version = "", t.apiVersion
	}
	found := &Finding{Kind: t.kind}
	of, builtIn := kindsOf(group)
	switch {
	case !versionForm.MatchString(version):
		found.Field = "apiVersion"
		found.Message = fmt.Sprintf("%q is not an API version, want e.g. v1 or apps/v1", t.apiVersion)
	case k != nil && groupOf(k.kind) == group:
		found.Field = "apiVersion"
		found.Message = fmt.Sprintf("%s is not read in version %s, want %s", t.kind, t.apiVersion, apiVersions[k.kind])
	case builtIn && slices.Contains(of, t.kind) && effective[t.kind]:
		found.Sort = Unmodelled
		found.Message = fmt.Sprintf("%s is not modelled", t.kind)
	case builtIn && slices.Contains(of, t.kind):
		found.Sort = Accepted
		found.Message = fmt.Sprintf("%s has no effect on pods", t.kind)
	case group == "towtank.dev":
		found.Message = fmt.Sprintf("a %s among manifests, want it on its own as the first file", t.kind)
	case k != nil:
		found.Field = "apiVersion"
		found.Message = fmt.Sprintf("there is no %s in %s, want %s", t.kind, t.apiVersion, apiVersions[k.kind])
	case builtIn || !strings.Contains(group, "."):
		found.Message = unknownKind(t, of)
	default:
		found.Sort = Accepted
		found.Message = fmt.Sprintf("%s of %s has no effect on pods: what would read it does not run here", t.kind, group)
	}
	return nil, found
}

// unknownKind words that there is no such kind: the nearest of all, or those of the group.
func unknownKind(t listType, of []string) string {
	if len(of) == 0 {
		return fmt.Sprintf("%s in %s is no kind of Kubernetes, want one of %s", t.kind, t.apiVersion, strings.Join(modelled(), ", "))
	}
	if near := decode.Nearest(t.kind, of); near != "" {
		return fmt.Sprintf("there is no %s in %s, did you mean %s?", t.kind, t.apiVersion, near)
	}
	return fmt.Sprintf("there is no %s in %s, want one of %s", t.kind, t.apiVersion, strings.Join(modelled(), ", "))
}

func modelled() []string { return texts(Kinds()) }

func groupOf(k model.Kind) string {
	group, _, grouped := strings.Cut(apiVersions[k], "/")
	if !grouped {
		return ""
	}
	return group
}

// kindsOf lists the kinds of a group of Kubernetes' own, modelled ones first.
func kindsOf(group string) (names []string, builtIn bool) {
	for i := range kinds {
		if groupOf(kinds[i].kind) == group {
			names = append(names, string(kinds[i].kind))
		}
	}
	others, ok := known[group]
	return append(names, others...), ok
}
