package manifest

import (
	"reflect"
	"strings"

	v1 "k8s.io/api/core/v1"

	"towtank.dev/towtank/model"
)

func volumes(list []v1.Volume) []model.Volume {
	var out []model.Volume
	for i := range list {
		out = append(out, volume(&list[i]))
	}
	return out
}

// volume takes over what scheduling reads of a volume.
// Source of what identifies a disk: kubernetes v1.37.2
// pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go isVolumeConflict.
func volume(v *v1.Volume) model.Volume {
	out := model.Volume{Name: v.Name, Kind: sourceKind(&v.VolumeSource)}
	switch {
	case v.PersistentVolumeClaim != nil:
		out.Claim, out.ReadOnly = v.PersistentVolumeClaim.ClaimName, v.PersistentVolumeClaim.ReadOnly
	case v.Ephemeral != nil:
		if t := v.Ephemeral.VolumeClaimTemplate; t != nil {
			spec := claimSpec(&t.Spec)
			out.Template = &spec
		}
	case v.CSI != nil:
		out.Driver, out.ReadOnly = v.CSI.Driver, v.CSI.ReadOnly != nil && *v.CSI.ReadOnly
	case v.ConfigMap != nil:
		out.Object, out.Optional = v.ConfigMap.Name, v.ConfigMap.Optional != nil && *v.ConfigMap.Optional
		out.Refs = itemRefs(model.KindConfigMap, out.Object, out.Optional, v.ConfigMap.Items)
	case v.Secret != nil:
		out.Object, out.Optional = v.Secret.SecretName, v.Secret.Optional != nil && *v.Secret.Optional
		out.Refs = itemRefs(model.KindSecret, out.Object, out.Optional, v.Secret.Items)
	case v.Projected != nil:
		out.Refs = projectedRefs(v.Projected)
	case v.Image != nil:
		out.Image = v.Image.Reference
	case v.HostPath != nil:
		out.Path = v.HostPath.Path
	case v.EmptyDir != nil:
		out.Medium = string(v.EmptyDir.Medium)
		if v.EmptyDir.SizeLimit != nil {
			out.SizeLimit = fromQuantity(*v.EmptyDir.SizeLimit)
		}
	default:
		out.Disk = disk(&v.VolumeSource)
	}
	return out
}

// itemRefs are the keys of an object that the items of a volume name.
func itemRefs(kind model.Kind, name string, optional bool, items []v1.KeyToPath) []model.ConfigReference {
	return each(items, func(i *v1.KeyToPath) model.ConfigReference {
		return model.ConfigReference{Kind: kind, Name: name, Key: i.Key, Optional: optional}
	})
}

// rootCA is the ConfigMap that every namespace has: it is no object here, and nobody waits for it.
// Source: kubernetes v1.37.2 pkg/controller/certificates/rootcacertpublisher/publisher.go RootCACertConfigMapName.
const rootCA = "kube-root-ca.crt"

// projectedRefs are the objects that a projected volume is made of, as a whole or by key.
func projectedRefs(p *v1.ProjectedVolumeSource) []model.ConfigReference {
	var out []model.ConfigReference
	add := func(kind model.Kind, name string, optional *bool, items []v1.KeyToPath) {
		o := optional != nil && *optional
		if len(items) == 0 {
			out = append(out, model.ConfigReference{Kind: kind, Name: name, Optional: o})
		}
		out = append(out, itemRefs(kind, name, o, items)...)
	}
	for i := range p.Sources {
		if c := p.Sources[i].ConfigMap; c != nil && c.Name != rootCA {
			add(model.KindConfigMap, c.Name, c.Optional, c.Items)
		}
		if s := p.Sources[i].Secret; s != nil {
			add(model.KindSecret, s.Name, s.Optional, s.Items)
		}
	}
	return out
}

// toItems turns references by key back.
func toItems(refs []model.ConfigReference) []v1.KeyToPath {
	return each(refs, func(r *model.ConfigReference) v1.KeyToPath { return v1.KeyToPath{Key: r.Key, Path: r.Key} })
}

// toProjected makes a source of each reference.
func toProjected(refs []model.ConfigReference) *v1.ProjectedVolumeSource {
	out := &v1.ProjectedVolumeSource{}
	for i := range refs {
		r := &refs[i]
		object := v1.LocalObjectReference{Name: r.Name}
		var optional *bool
		if r.Optional {
			optional = &r.Optional
		}
		var items []v1.KeyToPath
		if r.Key != "" {
			items = toItems(refs[i : i+1])
		}
		if r.Kind == model.KindConfigMap {
			out.Sources = append(out.Sources, v1.VolumeProjection{ConfigMap: &v1.ConfigMapProjection{LocalObjectReference: object, Items: items, Optional: optional}})
		} else {
			out.Sources = append(out.Sources, v1.VolumeProjection{Secret: &v1.SecretProjection{LocalObjectReference: object, Items: items, Optional: optional}})
		}
	}
	return out
}

func disk(s *v1.VolumeSource) *model.DiskSource {
	switch {
	case s.GCEPersistentDisk != nil:
		return &model.DiskSource{ID: s.GCEPersistentDisk.PDName, ReadOnly: s.GCEPersistentDisk.ReadOnly}
	case s.AWSElasticBlockStore != nil:
		return &model.DiskSource{ID: s.AWSElasticBlockStore.VolumeID, ReadOnly: s.AWSElasticBlockStore.ReadOnly}
	case s.ISCSI != nil:
		return &model.DiskSource{ID: s.ISCSI.IQN, Lun: s.ISCSI.Lun, ReadOnly: s.ISCSI.ReadOnly}
	case s.RBD != nil:
		return &model.DiskSource{ID: s.RBD.RBDImage, Pool: s.RBD.RBDPool, Monitors: s.RBD.CephMonitors, ReadOnly: s.RBD.ReadOnly}
	case s.Cinder != nil:
		return &model.DiskSource{ID: s.Cinder.VolumeID, ReadOnly: s.Cinder.ReadOnly}
	case s.AzureDisk != nil:
		return &model.DiskSource{ID: s.AzureDisk.DataDiskURI, Sharing: azureKind(s.AzureDisk), ReadOnly: s.AzureDisk.ReadOnly != nil && *s.AzureDisk.ReadOnly}
	case s.PortworxVolume != nil:
		return &model.DiskSource{ID: s.PortworxVolume.VolumeID, ReadOnly: s.PortworxVolume.ReadOnly}
	}
	return nil
}

// azureKind is the kind of an Azure disk, completed as the API server does; "" when there is no disk.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_AzureDiskVolumeSource.
func azureKind(s *v1.AzureDiskVolumeSource) string {
	switch {
	case s == nil:
		return ""
	case s.Kind == nil:
		return string(v1.AzureSharedBlobDisk)
	}
	return string(*s.Kind)
}

// sourceKind names the one source that is set in a struct of pointers, as the manifest does; "" when
// there is none.
func sourceKind(source any) string {
	s := reflect.ValueOf(source).Elem()
	for i := range s.NumField() {
		if f := s.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			return fieldName(s.Type().Field(i))
		}
	}
	return ""
}

func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// toVolume turns a volume back, as far as the model knows it.
func toVolume(v *model.Volume) v1.Volume {
	out := v1.Volume{Name: v.Name}
	switch v.Kind {
	case "persistentVolumeClaim":
		out.PersistentVolumeClaim = &v1.PersistentVolumeClaimVolumeSource{ClaimName: v.Claim, ReadOnly: v.ReadOnly}
	case "ephemeral":
		out.Ephemeral = &v1.EphemeralVolumeSource{}
		if v.Template != nil {
			out.Ephemeral.VolumeClaimTemplate = &v1.PersistentVolumeClaimTemplate{Spec: toClaimSpec(v.Template, nil)}
		}
	case "csi":
		out.CSI = &v1.CSIVolumeSource{Driver: v.Driver}
		if v.ReadOnly {
			out.CSI.ReadOnly = &v.ReadOnly
		}
	case "configMap":
		out.ConfigMap = &v1.ConfigMapVolumeSource{LocalObjectReference: v1.LocalObjectReference{Name: v.Object}, Items: toItems(v.Refs)}
		if v.Optional {
			out.ConfigMap.Optional = &v.Optional
		}
	case "secret":
		out.Secret = &v1.SecretVolumeSource{SecretName: v.Object, Items: toItems(v.Refs)}
		if v.Optional {
			out.Secret.Optional = &v.Optional
		}
	case "image":
		out.Image = &v1.ImageVolumeSource{Reference: v.Image}
	case "hostPath":
		out.HostPath = &v1.HostPathVolumeSource{Path: v.Path}
	case "emptyDir":
		out.EmptyDir = &v1.EmptyDirVolumeSource{Medium: v1.StorageMedium(v.Medium)}
		if !v.SizeLimit.IsZero() {
			limit := toQuantity(model.ResourceEphemeralStorage, v.SizeLimit)
			out.EmptyDir.SizeLimit = &limit
		}
	case "projected":
		out.Projected = toProjected(v.Refs)
	case "downwardAPI":
		out.DownwardAPI = &v1.DownwardAPIVolumeSource{}
	default:
		toDisk(v, &out.VolumeSource)
	}
	return out
}

func toDisk(v *model.Volume, out *v1.VolumeSource) {
	d := v.Disk
	if d == nil {
		return
	}
	switch v.Kind {
	case "gcePersistentDisk":
		out.GCEPersistentDisk = &v1.GCEPersistentDiskVolumeSource{PDName: d.ID, ReadOnly: d.ReadOnly}
	case "awsElasticBlockStore":
		out.AWSElasticBlockStore = &v1.AWSElasticBlockStoreVolumeSource{VolumeID: d.ID, ReadOnly: d.ReadOnly}
	case "iscsi":
		out.ISCSI = &v1.ISCSIVolumeSource{IQN: d.ID, Lun: d.Lun, ReadOnly: d.ReadOnly}
	case "cinder":
		out.Cinder = &v1.CinderVolumeSource{VolumeID: d.ID, ReadOnly: d.ReadOnly}
	case "azureDisk":
		out.AzureDisk = &v1.AzureDiskVolumeSource{DataDiskURI: d.ID, Kind: pointer[v1.AzureDataDiskKind](d.Sharing), ReadOnly: &d.ReadOnly}
	case "portworxVolume":
		out.PortworxVolume = &v1.PortworxVolumeSource{VolumeID: d.ID, ReadOnly: d.ReadOnly}
	case "rbd":
		out.RBD = &v1.RBDVolumeSource{RBDImage: d.ID, RBDPool: d.Pool, CephMonitors: d.Monitors, ReadOnly: d.ReadOnly}
	}
}
