package plugins

import (
	"reflect"
	"testing"

	"towtank.dev/towtank/model"
)

func inTree(kind, handle string) func(*model.PersistentVolume) {
	return func(v *model.PersistentVolume) { v.SourceKind, v.Handle = kind, handle }
}

func TestHandlesOfMigratedVolumes(t *testing.T) {
	zones := func(value string) func(*model.PersistentVolume) { return labelled(model.LabelZone, value) }
	for _, c := range []struct {
		name   string
		volume *model.PersistentVolume
		want   string
	}{
		{"a GCE disk without a zone", aVolume("v", 1, inTree("gcePersistentDisk", "pd")), "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/pd"},
		{"a GCE disk in a zone", aVolume("v", 1, inTree("gcePersistentDisk", "pd"), zones("us-east1-b")), "projects/UNSPECIFIED/zones/us-east1-b/disks/pd"},
		{"a GCE disk in two zones of a region", aVolume("v", 1, inTree("gcePersistentDisk", "pd"), zones("us-east1-b__us-east1-c")), "projects/UNSPECIFIED/regions/us-east1/disks/pd"},
		{"a GCE disk in two regions", aVolume("v", 1, inTree("gcePersistentDisk", "pd"), zones("us-east1-b__us-west1-c")),
			"error: failed to get region from zones: multiple or no regions gotten from zones, got: map[us-east1:{} us-west1:{}]"},
		{"a GCE disk in zones that are none", aVolume("v", 1, inTree("gcePersistentDisk", "pd"), zones("za__zb")),
			"error: failed to get region from zones: zone in unexpected format, expected: {locale}-{region}-{zone}, got: za"},
		{"an EBS volume", aVolume("v", 1, inTree("awsElasticBlockStore", "vol-1")), "vol-1"},
		{"an EBS volume with its zone", aVolume("v", 1, inTree("awsElasticBlockStore", "aws://za/vol-1")), "vol-1"},
		{"an Azure disk of a kind that cannot move", aVolume("v", 1, inTree("azureDisk", "d"), func(v *model.PersistentVolume) { v.Sharing = "Shared" }),
			"error: kind(Shared) is not supported in csi migration"},
		{"an Azure disk", aVolume("v", 1, inTree("azureDisk", "/subscriptions/s/disks/d")), "/subscriptions/s/disks/d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := migratedKind(c.volume.SourceKind).volumeHandle(c.volume)
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAffinityOnceMigrated(t *testing.T) {
	in := func(key string, values ...string) model.Requirement {
		return model.Requirement{Key: key, Operator: model.OpIn, Values: values}
	}
	affine := func(requirements ...model.Requirement) func(*model.PersistentVolume) {
		return func(v *model.PersistentVolume) {
			v.NodeAffinity = &model.NodeSelector{Terms: []model.NodeSelectorTerm{{MatchExpressions: requirements}}}
		}
	}
	ebs := inTree("awsElasticBlockStore", "vol-1")
	const zone = "topology.ebs.csi.aws.com/zone"
	for _, c := range []struct {
		name   string
		volume *model.PersistentVolume
		want   *model.PersistentVolume // its node affinity
	}{
		{"neither affinity nor label", aVolume("v", 1, ebs), aVolume("", 1)},
		{"the zone of the affinity gets the driver's key", aVolume("v", 1, ebs, affine(in(model.LabelZone, "za"), in("x", "y"))), aVolume("", 1, affine(in(zone, "za"), in("x", "y")))},
		{"the label becomes affinity", aVolume("v", 1, ebs, labelled(model.LabelZone, "zb__za")), aVolume("", 1, affine(in(zone, "za", "zb")))},
		{"the label is added to affinity of another kind", aVolume("v", 1, ebs, labelled(model.LabelZone, "za"), affine(in("x", "y"))), aVolume("", 1, affine(in("x", "y"), in(zone, "za")))},
		{"affinity counts before the label", aVolume("v", 1, ebs, labelled(model.LabelZone, "zb"), affine(in(model.LabelZone, "za"))), aVolume("", 1, affine(in(zone, "za")))},
		{"an old label does as well", aVolume("v", 1, ebs, labelled(model.LabelZoneBeta, "za")), aVolume("", 1, affine(in(zone, "za")))},
		{"an old region gets its new key", aVolume("v", 1, ebs, affine(in(model.LabelZoneBeta, "za"), in(model.LabelRegionBeta, "ra"))), aVolume("", 1, affine(in(zone, "za"), in(model.LabelRegion, "ra")))},
		{"a label that names no zone", aVolume("v", 1, ebs, labelled(model.LabelZone, " ")), aVolume("", 1)},
		{"an Azure disk stays as it is", aVolume("v", 1, inTree("azureDisk", "d"), affine(in(model.LabelZone, "za"))), aVolume("", 1, affine(in(model.LabelZone, "za")))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := migratedKind(c.volume.SourceKind).affinityOnceMigrated(c.volume)
			if !reflect.DeepEqual(got, c.want.NodeAffinity) {
				t.Errorf("got %+v, want %+v", got, c.want.NodeAffinity)
			}
		})
	}
}

func TestMigratedVolumeIsReachedByTheDriversLabel(t *testing.T) {
	v := aVolume("v", 1, inTree("awsElasticBlockStore", "vol-1"), reachedFrom("za"))
	b := withObjects(t, v, aClaim("a", boundBy("v")))
	n := b.node("n", labels("topology.ebs.csi.aws.com/zone", "za"))
	pl := b.plugin(VolumeBinding, nil)
	const conflict = "UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity"
	if got := b.filter(pl, pod(nil, claiming("a")), n); got != conflict {
		t.Errorf("the node does not say that it has migrated: got %q, want %q", got, conflict)
	}
	said := aCSINode("n")
	annotate(&said.ObjectMeta, migratedPluginsAnnotation, "kubernetes.io/gce-pd,kubernetes.io/aws-ebs")
	b.set(said)
	if got := b.filter(pl, pod(nil, claiming("a")), n); got != "" {
		t.Errorf("the node says that it has: got %q", got)
	}
}
