package model

// Volume is one volume of a pod. Exactly one source is set; Kind names it as in the manifest
// ("emptyDir", "persistentVolumeClaim", "gcePersistentDisk", "csi", ...).
type Volume struct {
	Name string
	Kind string
	// Claim is the PVC name (persistentVolumeClaim) or, for ephemeral, the claim made for the pod
	// is named <pod>-<volume>.
	Claim    string
	ReadOnly bool
	// Driver is the CSI driver of an inline csi volume.
	Driver string
	// Disk identifies gcePersistentDisk, awsElasticBlockStore, iscsi and rbd volumes for conflicts, and
	// with cinder, azureDisk and portworxVolume those that CSI drivers have taken over.
	Disk *DiskSource
	// Template is the claim template of an ephemeral volume.
	Template *ClaimSpec
	// Object names a configMap or secret the pod mounts.
	Object   string
	Optional bool
	// Refs are the ConfigMaps and Secrets of a projected volume, and the keys that the items of a configMap
	// or secret volume name.
	Refs []ConfigReference
	// Image is the reference of an image volume.
	Image string
	// SizeLimit is emptyDir's sizeLimit, Medium its medium.
	SizeLimit Quantity
	Medium    string
	Path      string // hostPath
}

// DiskSource is what identifies an in-tree disk.
type DiskSource struct {
	ID       string   // pdName, volumeID, iqn, image, diskURI
	Pool     string   // rbd pool
	Monitors []string // rbd monitors
	Lun      int32    // iscsi
	Sharing  string   // azureDisk's kind: Shared, Dedicated, Managed
	ReadOnly bool
}

// ClaimSpec is what a claim asks for.
type ClaimSpec struct {
	StorageClass    *string // nil: absent; "" is an explicit empty class
	VolumeName      string
	VolumeMode      string // Filesystem, Block
	AccessModes     []string
	Requests        ResourceList
	Selector        *Selector
	AttributesClass *string
}

// PersistentVolumeClaim is a v1.PersistentVolumeClaim.
type PersistentVolumeClaim struct {
	ObjectMeta
	Spec     ClaimSpec
	Phase    string // Pending, Bound, Lost
	Capacity ResourceList
}

// Kind is KindPersistentVolumeClaim.
func (*PersistentVolumeClaim) Kind() Kind { return KindPersistentVolumeClaim }

// PersistentVolume is a v1.PersistentVolume.
type PersistentVolume struct {
	ObjectMeta
	StorageClass    string
	VolumeMode      string
	AccessModes     []string
	Capacity        ResourceList
	ReclaimPolicy   string
	AttributesClass *string
	NodeAffinity    *NodeSelector
	// ClaimNamespace, ClaimName and ClaimUID are the claimRef; empty name: none.
	ClaimNamespace string
	ClaimName      string
	ClaimUID       string
	// SourceKind names the volume source ("csi", "local", "gcePersistentDisk", ...); Driver and
	// Handle identify a CSI volume, Handle alone a disk that a CSI driver has taken over.
	SourceKind string
	Driver     string
	Handle     string
	Sharing    string // azureDisk's kind
	Phase      string // Pending, Available, Bound, Released, Failed
}

// Kind is KindPersistentVolume.
func (*PersistentVolume) Kind() Kind { return KindPersistentVolume }

// StorageClass is a storage.k8s.io/v1 StorageClass.
type StorageClass struct {
	ObjectMeta
	Provisioner       string
	BindingMode       string // Immediate, WaitForFirstConsumer; defaulted to Immediate when read
	ReclaimPolicy     string
	AllowedTopologies []TopologySelectorTerm
	Default           bool
}

// Kind is KindStorageClass.
func (*StorageClass) Kind() Kind { return KindStorageClass }

// TopologySelectorTerm is a conjunction of label requirements (In only).
type TopologySelectorTerm struct{ Requirements []Requirement }

// CSINode says what CSI drivers a node has, and how many volumes each may attach.
type CSINode struct {
	ObjectMeta
	Drivers []CSINodeDriver
}

// Kind is KindCSINode.
func (*CSINode) Kind() Kind { return KindCSINode }

// CSINodeDriver is one driver on a node; Count nil: no limit published.
type CSINodeDriver struct {
	Name         string
	NodeID       string
	TopologyKeys []string
	Count        *int32
}

// CSIDriver is a storage.k8s.io/v1 CSIDriver.
type CSIDriver struct {
	ObjectMeta
	StorageCapacity               bool
	PreventPodSchedulingIfMissing bool
	AttachRequired                bool
}

// Kind is KindCSIDriver.
func (*CSIDriver) Kind() Kind { return KindCSIDriver }

// CSIStorageCapacity is how much a class can still provision in a topology.
type CSIStorageCapacity struct {
	ObjectMeta
	StorageClass      string
	NodeTopology      *Selector // nil: no node
	Capacity          *Quantity
	MaximumVolumeSize *Quantity
}

// Kind is KindCSIStorageCapacity.
func (*CSIStorageCapacity) Kind() Kind { return KindCSIStorageCapacity }

// VolumeAttachment is a storage.k8s.io/v1 VolumeAttachment.
type VolumeAttachment struct {
	ObjectMeta
	Attacher         string
	NodeName         string
	PersistentVolume string
	InlineHandle     string
}

// Kind is KindVolumeAttachment.
func (*VolumeAttachment) Kind() Kind { return KindVolumeAttachment }
