package manifest

import (
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"towtank.dev/towtank/model"
)

// meta turns metadata into the model's. Maps and slices are taken over, not copied.
func (c clock) meta(m *metav1.ObjectMeta) model.ObjectMeta {
	version, _ := strconv.ParseUint(m.ResourceVersion, 10, 64)
	out := model.ObjectMeta{
		Name: m.Name, Namespace: m.Namespace, GenerateName: m.GenerateName,
		UID: string(m.UID), ResourceVersion: version, Generation: m.Generation,
		Labels: m.Labels, Annotations: m.Annotations, Finalizers: m.Finalizers,
		Created: c.at(m.CreationTimestamp),
	}
	out.Deleted, out.Deleting = c.pointer(m.DeletionTimestamp)
	if m.DeletionGracePeriodSeconds != nil {
		out.DeletionGracePeriodSeconds = *m.DeletionGracePeriodSeconds
	}
	for i := range m.OwnerReferences {
		o := &m.OwnerReferences[i]
		out.Owners = append(out.Owners, model.OwnerReference{
			APIVersion: o.APIVersion, Kind: o.Kind, Name: o.Name, UID: string(o.UID),
			Controller:         o.Controller != nil && *o.Controller,
			BlockOwnerDeletion: o.BlockOwnerDeletion != nil && *o.BlockOwnerDeletion,
		})
	}
	return out
}

// toMeta turns metadata back.
func (c clock) toMeta(m *model.ObjectMeta) metav1.ObjectMeta {
	out := metav1.ObjectMeta{
		Name: m.Name, Namespace: m.Namespace, GenerateName: m.GenerateName,
		UID: types.UID(m.UID), Generation: m.Generation,
		Labels: m.Labels, Annotations: m.Annotations, Finalizers: m.Finalizers,
		CreationTimestamp: c.wall(m.Created),
	}
	if m.ResourceVersion != 0 {
		out.ResourceVersion = strconv.FormatUint(m.ResourceVersion, 10)
	}
	if m.Deleting {
		deleted := c.wall(m.Deleted)
		grace := m.DeletionGracePeriodSeconds
		out.DeletionTimestamp, out.DeletionGracePeriodSeconds = &deleted, &grace
	}
	for i := range m.Owners {
		out.OwnerReferences = append(out.OwnerReferences, toOwner(&m.Owners[i]))
	}
	return out
}

func toOwner(o *model.OwnerReference) metav1.OwnerReference {
	out := metav1.OwnerReference{APIVersion: o.APIVersion, Kind: o.Kind, Name: o.Name, UID: types.UID(o.UID)}
	if o.Controller {
		out.Controller = &o.Controller
	}
	if o.BlockOwnerDeletion {
		out.BlockOwnerDeletion = &o.BlockOwnerDeletion
	}
	return out
}
