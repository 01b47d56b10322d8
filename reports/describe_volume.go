package reports

import (
	"fmt"
	"strings"

	"towtank.dev/towtank/model"
)

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describePersistentVolume.
var volumeDescription = description{model.KindPersistentVolume, func(d *Describer, s *sheet, o model.Object) {
	v := o.(*model.PersistentVolume)
	s.put(0, "Name:\t%s", v.Name)
	s.marks(&v.ObjectMeta)
	s.put(0, "Finalizers:\t%s", orderedList(v.Finalizers))
	s.put(0, "StorageClass:\t%s", v.StorageClass)
	d.phase(s, &v.ObjectMeta, v.Phase)
	claim := ""
	if v.ClaimName != "" {
		claim = v.ClaimNamespace + "/" + v.ClaimName
	}
	s.put(0, "Claim:\t%s", claim)
	s.put(0, "Reclaim Policy:\t%s", v.ReclaimPolicy)
	s.put(0, "Access Modes:\t%s", accessModes(v.AccessModes))
	s.maybe("VolumeMode", v.VolumeMode)
	s.put(0, "Capacity:\t%s", storageText(v.Capacity))
	describeNodeAffinity(s, v.NodeAffinity)
	s.put(0, "Message:\t%s", d.written(v, "status", "message"))
	s.put(0, "Source:")
	d.volumeSource(s, v)
	d.events(s)
}}

// describeNodeAffinity: Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go printVolumeNodeAffinity.
func describeNodeAffinity(s *sheet, affinity *model.NodeSelector) {
	if affinity == nil {
		s.put(0, "Node Affinity:\t%s", noneWord)
		return
	}
	s.put(0, "Node Affinity:\t")
	if len(affinity.Terms) == 0 {
		s.put(1, "Required Terms:\t%s", noneWord)
		return
	}
	s.put(1, "Required Terms:\t")
	for i := range affinity.Terms {
		describeTerm(s, 2, i, affinity.Terms[i].MatchExpressions)
	}
}

// describeTerm lists the requirements of a term below each other.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go printNodeSelectorTermsMultilineWithIndent.
func describeTerm(s *sheet, level, number int, requirements []model.Requirement) {
	title := fmt.Sprintf("Term %d:", number)
	if len(requirements) == 0 {
		s.put(level, "%s\t%s", title, noneWord)
	}
	for i := range requirements {
		r := &requirements[i]
		text := r.Key + " " + strings.ToLower(string(r.Operator))
		if len(r.Values) > 0 {
			text += " [" + strings.Join(r.Values, ", ") + "]"
		}
		s.put(level, "%s\t%s", title, text)
		title = ""
	}
}

// volumeSource says where a volume is.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go printCSIPersistentVolumeSource and its neighbours.
func (d *Describer) volumeSource(s *sheet, v *model.PersistentVolume) {
	part := func(name string) string { return d.written(v, "spec", v.SourceKind, name) }
	switch v.SourceKind {
	case "csi":
		s.put(2, "Type:\tCSI (a Container Storage Interface (CSI) volume source)")
		s.put(2, "Driver:\t%s", v.Driver)
		s.put(2, "FSType:\t%s", part("fsType"))
		s.put(2, "VolumeHandle:\t%s", v.Handle)
		s.put(2, "ReadOnly:\t%s", orWord(part("readOnly"), "false"))
		lines := pairs(d.writtenMap(v, "spec", "csi", "volumeAttributes"), "=")
		if len(lines) == 0 {
			lines = []string{noneWord}
		}
		s.put(2, "VolumeAttributes:\t%s", lines[0])
		for _, line := range lines[1:] {
			s.put(2, "\t%s", line)
		}
	case "hostPath":
		s.put(2, "Type:\tHostPath (bare host directory volume)")
		s.put(2, "Path:\t%s", part("path"))
		s.put(2, "HostPathType:\t%s", orNone(part("type")))
	case "local":
		s.put(2, "Type:\tLocalVolume (a persistent volume backed by local storage on a node)")
		s.put(2, "Path:\t%s", part("path"))
	case "nfs":
		s.put(2, "Type:\tNFS (an NFS mount that lasts the lifetime of a pod)")
		s.put(2, "Server:\t%s", part("server"))
		s.put(2, "Path:\t%s", part("path"))
		s.put(2, "ReadOnly:\t%s", orWord(part("readOnly"), "false"))
	case "gcePersistentDisk":
		s.put(2, "Type:\tGCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)")
		s.put(2, "PDName:\t%s", part("pdName"))
		s.put(2, "FSType:\t%s", part("fsType"))
		s.put(2, "Partition:\t%s", orWord(part("partition"), "0"))
		s.put(2, "ReadOnly:\t%s", orWord(part("readOnly"), "false"))
	case "awsElasticBlockStore":
		s.put(2, "Type:\tAWSElasticBlockStore (a Persistent Disk resource in AWS)")
		s.put(2, "VolumeID:\t%s", part("volumeID"))
		s.put(2, "FSType:\t%s", part("fsType"))
		s.put(2, "Partition:\t%s", orWord(part("partition"), "0"))
		s.put(2, "ReadOnly:\t%s", orWord(part("readOnly"), "false"))
	case "":
		s.put(1, "%s", unknownWord)
	default:
		s.put(2, "Type:\t%s", v.SourceKind)
	}
}
