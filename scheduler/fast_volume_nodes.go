package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// volumeNodes keeps account of the volumes on nodes, by index of the node. Nothing is kept until the
// first pod with volumes comes.
type volumeNodes struct {
	f       *fast
	counter volumeCounter // nil: nothing is kept
	records []volumeRecord
	rows    []int32 // indexes by row
	// at is how much of the log the records reflect. touched are indexes of nodes that an object concerns,
	// epoch counts the changes that concern all.
	at      uint64
	touched []int32
	epoch   uint64
	seen    uint64 // epoch of the records

	// claims tells, by key, on which nodes claims are used; held on how many nodes a volume is.
	claims        map[string]holders
	held          map[plugins.AttachedVolume]int32
	odd, dangling int // nodes that are

	drivers     []*driverRoom
	attachments map[string][]*model.VolumeAttachment // by node; nil when they are to be sorted again
	fresh       plugins.NodeVolumes
	inUse       func(key string) bool // is usesClaim
	claimLists  framework.Lists[string]
	lists       framework.Lists[plugins.AttachedVolume]

	// version grows with each change of what VolumeBinding's keys leave out.
	version uint64
	plan    volumePlan
	once    answers
}

// volumeRecord is what was found on a node at a generation of it and an epoch.
type volumeRecord struct {
	plugins.NodeVolumes
	generation, epoch uint64
}

// holders are nodes by number and by the sum of their indexes: a single one is known by it.
type holders struct {
	count int32
	sum   int64
}

// driverRoom is how many volumes of a driver nodes have room for, by index.
type driverRoom struct {
	name string
	room []int32
}

// usesClaim says whether a pod on any node uses the claim.
func (v *volumeNodes) usesClaim(key string) bool { return v.claims[key].count > 0 }

// refresh takes in what has changed. It returns false when nothing can collect the volumes on nodes.
func (v *volumeNodes) refresh(counter volumeCounter) bool {
	if counter == nil {
		return false
	}
	if v.counter == nil {
		v.counter, v.inUse = counter, v.usesClaim
		v.claims, v.held = map[string]holders{}, map[plugins.AttachedVolume]int32{}
		v.epoch++
	}
	if v.attachments == nil {
		v.attachments = map[string][]*model.VolumeAttachment{}
		for _, a := range v.f.core.objects.VolumeAttachments() {
			v.attachments[a.NodeName] = append(v.attachments[a.NodeName], a)
		}
	}
	f, end := v.f, v.f.end()
	if v.at < f.logStart || v.seen != v.epoch {
		v.refreshAll()
	} else {
		for ; v.at < end; v.at++ {
			v.take(f.log[v.at-f.logStart].row)
		}
		for _, index := range v.touched {
			if row := f.rowOf[index]; row >= 0 {
				v.records[index].generation = 0
				v.take(row)
			}
		}
	}
	v.at, v.touched = end, v.touched[:0]
	return true
}

// refreshAll looks at all nodes, also for those that are gone.
func (v *volumeNodes) refreshAll() {
	f := v.f
	v.seen = v.epoch
	for len(v.records) < len(f.rowOf) {
		v.records = append(v.records, volumeRecord{})
	}
	for _, d := range v.drivers {
		d.fit(len(f.rowOf))
	}
	for _, index := range v.touched {
		v.records[index].generation = 0
	}
	for index := range v.records {
		if index >= len(f.rowOf) || f.rowOf[index] < 0 {
			v.fresh.Clear()
			v.replace(int32(index))
			v.records[index].generation = 0
		}
	}
	v.rows = sized(v.rows, len(f.nodes))
	for row, n := range f.nodes {
		v.rows[row] = int32(n.Index)
		v.take(int32(row))
	}
}

// take looks at a node again, unless it is as it was.
func (v *volumeNodes) take(row int32) {
	n := v.f.nodes[row]
	r := &v.records[n.Index]
	if r.generation == n.Generation && r.epoch == v.epoch {
		return
	}
	v.counter.OnNode(n, v.attachments[n.Name], &v.fresh)
	v.replace(int32(n.Index))
	r.generation, r.epoch = n.Generation, v.epoch
	for _, d := range v.drivers {
		d.room[n.Index] = v.counter.Room(d.name, n, &r.NodeVolumes)
	}
}

// replace puts what has been found in the place of a node's record.
func (v *volumeNodes) replace(index int32) {
	r, fresh := &v.records[index], &v.fresh
	// Pods come last on their nodes, so that lists mostly differ at their ends.
	sameClaims := commonPrefix(r.Claims, fresh.Claims)
	for _, key := range r.Claims[sameClaims:] {
		v.holdClaim(key, index, -1)
	}
	for _, key := range fresh.Claims[sameClaims:] {
		v.holdClaim(key, index, 1)
	}
	same := commonPrefix(r.Present, fresh.Present)
	for _, volume := range r.Present[same:] {
		if v.held[volume]--; v.held[volume] == 0 {
			delete(v.held, volume)
		}
	}
	for _, volume := range fresh.Present[same:] {
		v.held[volume]++
	}
	v.odd += one01(fresh.Odd) - one01(r.Odd)
	v.dangling += one01(fresh.Dangling) - one01(r.Dangling)
	claims := v.claimLists.Add(r.Claims[:sameClaims], fresh.Claims[sameClaims:]...)
	present := v.lists.Add(r.Present[:same], fresh.Present[same:]...)
	r.NodeVolumes = *fresh
	r.Claims, r.Present = claims, present
}

func commonPrefix[T comparable](a, b []T) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func one01(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (v *volumeNodes) holdClaim(key string, index, by int32) {
	h := v.claims[key]
	h.count += by
	h.sum += int64(by) * int64(index)
	if h.count == 0 {
		delete(v.claims, key)
		return
	}
	v.claims[key] = h
}

// driver finds or makes the account of a driver. The records must be up to date.
func (v *volumeNodes) driver(name string) *driverRoom {
	for _, d := range v.drivers {
		if d.name == name {
			return d
		}
	}
	d := &driverRoom{name: name}
	d.fit(len(v.records))
	for _, n := range v.f.nodes {
		d.room[n.Index] = v.counter.Room(name, n, &v.records[n.Index].NodeVolumes)
	}
	v.drivers = append(v.drivers, d)
	return d
}

func (d *driverRoom) fit(indexes int) {
	if missing := indexes - len(d.room); missing > 0 {
		d.room = append(d.room, make([]int32, missing)...)
	}
}

// changed is told of every object before it comes, changes or goes.
func (v *volumeNodes) changed(o model.Object, stays bool) {
	switch o.(type) {
	case *model.CSIDriver, *model.CSIStorageCapacity:
		v.version++
	}
	if v.counter == nil {
		return
	}
	switch o := o.(type) {
	case *model.PersistentVolumeClaim:
		v.claimChanged(o, stays)
	case *model.PersistentVolume:
		v.volumeChanged(o, stays)
	case *model.StorageClass, *model.CSIDriver:
		v.epoch++
	case *model.CSINode:
		v.touch(o.Name)
	case *model.VolumeAttachment:
		v.attachments = nil
		v.touch(o.NodeName)
		for _, a := range v.f.core.objects.VolumeAttachments() {
			if a.Name == o.Name {
				v.touch(a.NodeName)
			}
		}
	}
}

// touch has a node looked at again.
func (v *volumeNodes) touch(name string) {
	if n := v.f.core.snapshot.Node(name); n != nil {
		v.touched = append(v.touched, int32(n.Index))
	}
}

func (v *volumeNodes) claimChanged(o *model.PersistentVolumeClaim, stays bool) {
	h := v.claims[o.Key()]
	old := v.f.core.objects.PersistentVolumeClaim(o.Namespace, o.Name)
	switch {
	case h.count == 0 || stays && old != nil && plugins.SameClaim(old, o):
	case h.count == 1:
		v.touched = append(v.touched, int32(h.sum))
	default:
		v.epoch++
	}
}

func (v *volumeNodes) volumeChanged(o *model.PersistentVolume, stays bool) {
	old := v.f.core.objects.PersistentVolume(o.Name)
	switch {
	case stays && old != nil && plugins.SameAttachment(old, o):
	case len(v.f.core.objects.VolumeAttachments()) > 0: // one may be of the volume
		v.epoch++
	case old == nil:
		if stays && v.dangling > 0 {
			v.epoch++
		}
	case !stays && old.SourceKind == "csi" && v.held[plugins.AttachedVolume{Driver: old.Driver, Handle: old.Handle}] == 0:
	default:
		v.epoch++
	}
}
