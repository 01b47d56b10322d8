package plugins

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"towtank.dev/towtank/model"
)

// inTreeDisk is a kind of disk that Kubernetes once drove itself and a CSI driver drives now.
type inTreeDisk struct {
	kind           string // as in manifests
	plugin, driver string
	// counted says whether migration is on where volumes are counted and node affinity is translated.
	counted bool
	// topology is the driver's label for zones, "" when node affinity stays as it is.
	topology string
}

// inTreeDisks are all there are.
// Source: kubernetes v1.37.2 csi-translation-lib translate.go inTreePlugins; plugins/*.go;
// pkg/scheduler/framework/plugins/nodevolumelimits/utils.go isCSIMigrationOn.
var inTreeDisks = []inTreeDisk{
	{"gcePersistentDisk", "kubernetes.io/gce-pd", "pd.csi.storage.gke.io", true, "topology.gke.io/zone"},
	{"awsElasticBlockStore", "kubernetes.io/aws-ebs", "ebs.csi.aws.com", true, "topology.ebs.csi.aws.com/zone"},
	{"cinder", "kubernetes.io/cinder", "cinder.csi.openstack.org", true, "topology.cinder.csi.openstack.org/zone"},
	{"azureDisk", "kubernetes.io/azure-disk", "disk.csi.azure.com", true, ""},
	{"azureFile", "kubernetes.io/azure-file", "file.csi.azure.com", false, ""},
	{"vsphereVolume", "kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com", false, ""},
	{"portworxVolume", "kubernetes.io/portworx-volume", "pxd.portworx.com", true, ""},
}

// migratedKind finds the disk of a kind of volume, nil for any other volume.
func migratedKind(kind string) *inTreeDisk {
	for i := range inTreeDisks {
		if inTreeDisks[i].kind == kind {
			return &inTreeDisks[i]
		}
	}
	return nil
}

// migratedPlugin finds the disk that a provisioner of old makes, nil for any other provisioner.
func migratedPlugin(provisioner string) *inTreeDisk {
	for i := range inTreeDisks {
		if inTreeDisks[i].plugin == provisioner {
			return &inTreeDisks[i]
		}
	}
	return nil
}

// onNode says whether the node has said that it has the disk's CSI driver take over.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/volumebinding/binder.go isPluginMigratedToCSIOnNode.
func (d *inTreeDisk) onNode(n *model.CSINode) bool {
	if n == nil || !d.counted {
		return false
	}
	for name := range strings.SplitSeq(n.Annotations[migratedPluginsAnnotation], ",") {
		if name == d.plugin {
			return true
		}
	}
	return false
}

// inlineHandle is the handle under which the CSI driver knows a disk that a pod names itself. sharing is
// the kind of an Azure disk.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/*.go TranslateInTreeInlineVolumeToCSI.
func (d *inTreeDisk) inlineHandle(id, sharing string) (string, error) {
	switch d.kind {
	case "gcePersistentDisk":
		return "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/" + id, nil
	case "awsElasticBlockStore":
		handle, err := ebsVolume(id)
		if err != nil {
			return "", fmt.Errorf("failed to translate Kubernetes ID to EBS Volume ID %w", err)
		}
		return handle, nil
	case "azureDisk":
		if sharing != "" && !strings.EqualFold(sharing, "Managed") {
			return "", fmt.Errorf("kind(%s) is not supported in csi migration", sharing)
		}
	}
	return id, nil
}

// volumeHandle is the handle under which the CSI driver knows a persistent volume.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/*.go TranslateInTreePVToCSI.
func (d *inTreeDisk) volumeHandle(v *model.PersistentVolume) (string, error) {
	if d.kind != "gcePersistentDisk" {
		return d.inlineHandle(v.Handle, v.Sharing)
	}
	label := v.Labels[model.LabelZoneBeta]
	if label == "" {
		label = v.Labels[model.LabelZone]
	}
	zones := strings.Split(label, zoneDelimiter)
	switch {
	case len(zones) > 1:
		region, err := gceRegion(zones)
		if err != nil {
			return "", fmt.Errorf("failed to get region from zones: %w", err)
		}
		return fmt.Sprintf("projects/UNSPECIFIED/regions/%s/disks/%s", region, v.Handle), nil
	case label != "":
		return fmt.Sprintf("projects/UNSPECIFIED/zones/%s/disks/%s", label, v.Handle), nil
	}
	return d.inlineHandle(v.Handle, v.Sharing)
}

// gceRegion is the one region that zones such as europe-west1-b lie in.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/gce_pd.go gceGetRegionFromZones.
func gceRegion(zones []string) (string, error) {
	regions := map[string]struct{}{}
	var region string
	for _, zone := range zones {
		parts := strings.Split(zone, "-")
		if len(parts) != 3 {
			return "", fmt.Errorf("zone in unexpected format, expected: {locale}-{region}-{zone}, got: %v", zone)
		}
		region = parts[0] + "-" + parts[1]
		regions[region] = struct{}{}
	}
	if len(regions) != 1 {
		return "", fmt.Errorf("multiple or no regions gotten from zones, got: %v", regions)
	}
	return region, nil
}

var ebsForm = regexp.MustCompile("^vol-[^/]*$")

// ebsVolume takes the volume out of aws://zone/volume.
// Source: kubernetes v1.37.2 csi-translation-lib plugins/aws_ebs.go KubernetesVolumeIDToEBSVolumeID.
func ebsVolume(id string) (string, error) {
	if !strings.HasPrefix(id, "aws://") {
		return id, nil
	}
	u, err := url.Parse(id)
	if err != nil {
		//lint:ignore ST1005 These are upstream's words.
		return "", fmt.Errorf("Invalid disk name (%s): %w", id, err)
	}
	volume := strings.Trim(u.Path, "/")
	if !ebsForm.MatchString(volume) {
		//lint:ignore ST1005 These are upstream's words.
		return "", fmt.Errorf("Invalid format for AWS volume (%s)", id)
	}
	return volume, nil
}
