package model

// ConfigMap is a v1.ConfigMap as far as pods wait for it: the names of its keys.
type ConfigMap struct {
	ObjectMeta
	Keys []string // sorted, of data and binaryData
}

// Kind is KindConfigMap.
func (*ConfigMap) Kind() Kind { return KindConfigMap }

// Secret is a v1.Secret as far as pods wait for it: the names of its keys.
type Secret struct {
	ObjectMeta
	Type string
	Keys []string // sorted, of data and stringData
}

// Kind is KindSecret.
func (*Secret) Kind() Kind { return KindSecret }

// ServiceAccount is who a pod is to the API server.
type ServiceAccount struct {
	ObjectMeta
	ImagePullSecrets []string
}

// Kind is KindServiceAccount.
func (*ServiceAccount) Kind() Kind { return KindServiceAccount }
