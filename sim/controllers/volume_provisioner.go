package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var volumeProvisionerInfo = Info{
	Name:  "volume-provisioner",
	Doc:   "Makes volumes for claims of classes with a provisioner, once the node is known where the class waits for it.",
	Start: startVolumeProvisioner,
}

// provisioning is how long a volume takes to be made.
const provisioning = time.Second

const (
	noProvisioner = "kubernetes.io/no-provisioner"
	selectedNode  = "volume.kubernetes.io/selected-node"
)

// volumeProvisioner stands for the provisioners of all classes, each of which always has room.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/pv_controller.go provisionClaim.
type volumeProvisioner struct {
	engine *sim.Engine
	actor  sim.Actor
	api    *apiserver.Server
	making map[string]bool // by uid of the claim
}

func startVolumeProvisioner(m *Manager) {
	p := &volumeProvisioner{engine: m.Engine, api: m.API, making: map[string]bool{}}
	p.actor = m.register("volume-provisioner", p)
	m.API.Observe(p.change)
}

// change begins to make a volume for a claim that asks for one.
func (p *volumeProvisioner) change(c apiserver.Change) {
	claim, ok := c.New.(*model.PersistentVolumeClaim)
	if ok && !p.making[claim.UID] && p.classOf(claim) != nil {
		p.making[claim.UID] = true
		p.engine.Schedule(p.engine.Now().Add(provisioning), sim.Event{Phase: sim.PhaseAct, Actor: p.actor,
			Ref: objectKey{model.KindPersistentVolumeClaim, claim.Namespace, claim.Name}})
	}
}

// classOf is the class by which a volume is to be made for the claim now, nil for none.
func (p *volumeProvisioner) classOf(claim *model.PersistentVolumeClaim) *model.StorageClass {
	class, ok := p.api.StorageClasses.Get("", classOfClaim(claim))
	if !ok || class.Provisioner == noProvisioner || claim.Spec.VolumeName != "" || claim.Spec.Selector != nil ||
		class.BindingMode == "WaitForFirstConsumer" && claim.Annotations[selectedNode] == "" {
		return nil
	}
	return class
}

// Handle makes a volume, unless the claim is gone or has got one.
func (p *volumeProvisioner) Handle(_ sim.Time, ev sim.Event) {
	key := ev.Ref.(objectKey)
	claim, ok := p.api.PersistentVolumeClaims.Get(key.namespace, key.name)
	if !ok {
		return
	}
	delete(p.making, claim.UID)
	class := p.classOf(claim)
	if class == nil {
		return
	}
	// A volume of that name has been made for the same claim.
	_, _ = p.api.Create(&model.PersistentVolume{ObjectMeta: model.ObjectMeta{Name: "pvc-" + claim.UID},
		StorageClass: class.Name, VolumeMode: claim.Spec.VolumeMode, AccessModes: claim.Spec.AccessModes,
		Capacity: claim.Spec.Requests, ReclaimPolicy: class.ReclaimPolicy, AttributesClass: claim.Spec.AttributesClass,
		NodeAffinity: p.reach(claim.Annotations[selectedNode], class.Provisioner), ClaimNamespace: claim.Namespace,
		ClaimName: claim.Name, ClaimUID: claim.UID, SourceKind: "csi", Driver: class.Provisioner, Handle: claim.UID,
		Phase: "Pending"})
}

// reach is where the volume can be used: where the driver's topology is that of the node; nil for
// everywhere, when no node was chosen or the driver has no topology there.
// Source: csi external-provisioner pkg/controller/topology.go GenerateAccessibilityRequirements.
func (p *volumeProvisioner) reach(name, driver string) *model.NodeSelector {
	node, there := p.api.Nodes.Get("", name)
	csi, known := p.api.CSINodes.Get("", name)
	if !there || !known {
		return nil
	}
	var term model.NodeSelectorTerm
	for _, d := range csi.Drivers {
		if d.Name != driver {
			continue
		}
		for _, key := range d.TopologyKeys {
			if value, ok := node.Labels[key]; ok {
				term.MatchExpressions = append(term.MatchExpressions, model.Requirement{Key: key, Operator: model.OpIn, Values: []string{value}})
			}
		}
	}
	if len(term.MatchExpressions) == 0 {
		return nil
	}
	return &model.NodeSelector{Terms: []model.NodeSelectorTerm{term}}
}
