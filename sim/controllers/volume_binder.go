package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var volumeBinderInfo = Info{
	Name:  "persistentvolume-binder",
	Doc:   "Binds claims to volumes, and tells when a volume is available, bound or released.",
	Start: startVolumeBinder,
}

// resyncPeriod is how often claims without a volume look for one that came after them.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/config/v1alpha1/defaults.go
// PVClaimBinderSyncPeriod.
const resyncPeriod = 15 * time.Second

// volumeBinder brings volumes and claims together, one write at a time. What is not modelled: the
// deletion of volumes that are released.
// Source: kubernetes v1.37.2 pkg/controller/volume/persistentvolume/pv_controller.go syncVolume, syncClaim.
type volumeBinder struct {
	engine *sim.Engine
	actor  sim.Actor
	api    *apiserver.Server
	due    map[objectKey]bool
	// resyncs says that the next resync is scheduled.
	resyncs bool
}

// objectKey names a volume or a claim.
type objectKey struct {
	kind            model.Kind
	namespace, name string
}

const (
	opSync uint16 = iota
	opResync
)

func startVolumeBinder(m *Manager) {
	b := &volumeBinder{engine: m.Engine, api: m.API, due: map[objectKey]bool{}}
	b.actor = m.register("volume-binder", b)
	m.API.Observe(b.change)
}

// change has a volume or claim synced after a change, and all of them at the next resync.
func (b *volumeBinder) change(c apiserver.Change) {
	switch o := c.Object().(type) {
	case *model.PersistentVolume:
		if c.Type != apiserver.Deleted {
			b.sync(o)
		} else if claim, ok := b.api.PersistentVolumeClaims.Get(o.ClaimNamespace, o.ClaimName); ok {
			b.sync(claim)
		}
	case *model.PersistentVolumeClaim:
		if c.Type != apiserver.Deleted {
			b.sync(o)
		} else if v, ok := b.api.PersistentVolumes.Get("", o.Spec.VolumeName); ok {
			b.sync(v)
		}
	default:
		return
	}
	if !b.resyncs {
		b.resyncs = true
		b.engine.Schedule(b.engine.Now().Truncate(resyncPeriod).Add(resyncPeriod),
			sim.Event{Phase: sim.PhaseAct, Actor: b.actor, Op: opResync})
	}
}

// sync has an object looked at soon.
func (b *volumeBinder) sync(o model.Object) {
	m := o.Meta()
	key := objectKey{o.Kind(), m.Namespace, m.Name}
	if b.due[key] {
		return
	}
	b.due[key] = true
	b.engine.Schedule(b.engine.Now().Add(syncDelay), sim.Event{Phase: sim.PhaseAct, Actor: b.actor, Op: opSync, Ref: key})
}

// Handle makes the next write for a volume or claim, or looks at all of them.
func (b *volumeBinder) Handle(_ sim.Time, ev sim.Event) {
	if ev.Op == opResync {
		b.resync()
		return
	}
	key := ev.Ref.(objectKey)
	delete(b.due, key)
	switch o := b.api.Collection(key.kind).Find(key.namespace, key.name).(type) {
	case *model.PersistentVolume:
		b.write(b.nextOfVolume(o))
	case *model.PersistentVolumeClaim:
		b.write(b.nextOfClaim(o))
	}
}

// resync looks at all claims that wait for a volume.
func (b *volumeBinder) resync() {
	b.resyncs = false
	for _, claim := range b.api.PersistentVolumeClaims.Objects() {
		b.write(b.nextOfClaim(claim.(*model.PersistentVolumeClaim)))
	}
}

// write stores what is to be changed, if anything.
func (b *volumeBinder) write(o model.Object) {
	if o != nil {
		// The object is there, so that the write cannot fail.
		_ = b.api.Update(o)
	}
}
