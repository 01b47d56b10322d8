package reports

import (
	"slices"
	"strings"

	"towtank.dev/towtank/model"
)

var claimColumns = &KubectlKind{Kind: model.KindPersistentVolumeClaim, Names: []string{"persistentvolumeclaims", "persistentvolumeclaim", "pvc"}, Namespace: true,
	Heads:     []string{"NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"},
	WideHeads: []string{"VOLUMEMODE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		c := o.(*model.PersistentVolumeClaim)
		phase, capacity, modes, class := c.Phase, "", "", ""
		if c.Deleting {
			phase = "Terminating"
		}
		if c.Spec.VolumeName != "" {
			capacity, modes = storageText(c.Capacity), accessModes(c.Spec.AccessModes)
		}
		if c.Spec.StorageClass != nil {
			class = *c.Spec.StorageClass
		}
		return []string{c.Name, phase, c.Spec.VolumeName, capacity, modes, class, pointerText(c.Spec.AttributesClass), k.Age(c.Created)},
			[]string{orWord(c.Spec.VolumeMode, unsetWord)}
	}}

var volumeColumns = &KubectlKind{Kind: model.KindPersistentVolume, Names: []string{"persistentvolumes", "persistentvolume", "pv"},
	Heads: []string{"NAME", "CAPACITY", "ACCESS MODES", "RECLAIM POLICY", "STATUS", "CLAIM", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS",
		"REASON", "AGE"},
	WideHeads: []string{"VOLUMEMODE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		v := o.(*model.PersistentVolume)
		phase, claim := v.Phase, ""
		if v.Deleting {
			phase = "Terminating"
		}
		if v.ClaimName != "" {
			claim = v.ClaimNamespace + "/" + v.ClaimName
		}
		return []string{v.Name, storageText(v.Capacity), accessModes(v.AccessModes), v.ReclaimPolicy, phase, claim, v.StorageClass,
			pointerText(v.AttributesClass), "", k.Age(v.Created)}, []string{orWord(v.VolumeMode, unsetWord)}
	}}

var storageClassColumns = &KubectlKind{Kind: model.KindStorageClass, Names: []string{"storageclasses", "storageclass", "sc"}, Group: "storage.k8s.io",
	Heads: []string{"NAME", "PROVISIONER", "RECLAIMPOLICY", "VOLUMEBINDINGMODE", "ALLOWVOLUMEEXPANSION", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		c := o.(*model.StorageClass)
		name := c.Name
		if c.Default {
			name += " (default)"
		}
		return []string{name, c.Provisioner, orWord(c.ReclaimPolicy, "Delete"), orWord(c.BindingMode, "Immediate"), "false", k.Age(c.Created)}, nil
	}}

func pointerText(s *string) string {
	if s == nil {
		return unsetWord
	}
	return *s
}

func storageText(l model.ResourceList) string {
	q, _ := l.Get("storage")
	return model.FormatQuantity("storage", q)
}

// accessModes abbreviates access modes, in kubectl's order.
// Source: kubernetes v1.37.2 pkg/apis/core/helper/helpers.go GetAccessModesAsString.
func accessModes(modes []string) string {
	var parts []string
	for _, m := range [...]struct{ mode, short string }{
		{"ReadWriteOnce", "RWO"}, {"ReadOnlyMany", "ROX"}, {"ReadWriteMany", "RWX"}, {"ReadWriteOncePod", "RWOP"}} {
		if slices.Contains(modes, m.mode) {
			parts = append(parts, m.short)
		}
	}
	return strings.Join(parts, ",")
}
