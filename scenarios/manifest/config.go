package manifest

import (
	"maps"
	"slices"

	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

// keysOf are the keys of both maps, sorted.
func keysOf[A, B any](a map[string]A, b map[string]B) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// configMap keeps the names of what is in it. The values have no effect: they stay in the source.
func (c clock) configMap(m *v1.ConfigMap) *model.ConfigMap {
	out := &model.ConfigMap{ObjectMeta: c.meta(&m.ObjectMeta), Keys: keysOf(m.Data, m.BinaryData)}
	out.Source = m
	return out
}

func (c clock) toConfigMap(m *model.ConfigMap) *v1.ConfigMap {
	out := &v1.ConfigMap{}
	source, ok := m.Source.(*v1.ConfigMap)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindConfigMap), c.toMeta(&m.ObjectMeta)
	for _, key := range m.Keys {
		if ok {
			break
		}
		if out.Data == nil {
			out.Data = map[string]string{}
		}
		out.Data[key] = ""
	}
	return out
}

func (c clock) secret(s *v1.Secret) *model.Secret {
	out := &model.Secret{ObjectMeta: c.meta(&s.ObjectMeta), Type: string(s.Type), Keys: keysOf(s.Data, s.StringData)}
	out.Source = s
	return out
}

func (c clock) toSecret(s *model.Secret) *v1.Secret {
	out := &v1.Secret{}
	source, ok := s.Source.(*v1.Secret)
	if ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta, out.Type = typeMeta(model.KindSecret), c.toMeta(&s.ObjectMeta), v1.SecretType(s.Type)
	for _, key := range s.Keys {
		if ok {
			break
		}
		if out.Data == nil {
			out.Data = map[string][]byte{}
		}
		out.Data[key] = []byte{}
	}
	return out
}

func (c clock) serviceAccount(s *v1.ServiceAccount) *model.ServiceAccount {
	out := &model.ServiceAccount{ObjectMeta: c.meta(&s.ObjectMeta),
		ImagePullSecrets: each(s.ImagePullSecrets, func(r *v1.LocalObjectReference) string { return r.Name })}
	out.Source = s
	return out
}

func (c clock) toServiceAccount(s *model.ServiceAccount) *v1.ServiceAccount {
	out := &v1.ServiceAccount{}
	if source, ok := s.Source.(*v1.ServiceAccount); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindServiceAccount), c.toMeta(&s.ObjectMeta)
	out.ImagePullSecrets = each(s.ImagePullSecrets, func(name *string) v1.LocalObjectReference { return v1.LocalObjectReference{Name: *name} })
	return out
}
