package images

import (
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Pull is one pull of an image, from when it waits for its turn until its end.
type Pull struct {
	node     *node
	known    *known
	pod      *model.Pod
	registry *registry
	scripted func(sinceFirst time.Duration) Scripted
	try      *try
	done     sim.Event

	queued, began sim.Time
	trips         float64 // seconds of one round trip
	credential    credential
	failure       string
	outcome       Outcome
	timer         sim.Handle // of what is waited for, other than downloads
	over          bool

	// own are the layers that it downloads, of which next have come and are unpacked at an instant. held are all
	// layers of the image that are on disk, which are ready at an instant. pending counts layers that other pulls of
	// the node bring.
	own      []parcel
	next     int
	unpacked sim.Time
	held     []*layer
	ready    sim.Time
	pending  int
	flow     *flow
	bytes    float64
	// fetching is set between the registry's answer and the last layer's coming.
	fetching bool
}

// puller is a kubelet's turns of pulls: first come, first served.
// Source: kubernetes v1.37.2 pkg/kubelet/images/puller.go serialImagePuller, parallelImagePuller.
type puller struct {
	link   link // to the node
	queue  []*Pull
	active []*Pull
	// coming are the layers that pulls bring to the node, each by one of them.
	coming map[*layer]*Pull
}

// enqueue has a pull wait for its turn.
func (m *Manager) enqueue(now sim.Time, p *Pull) {
	p.node.queue = append(p.node.queue, p)
	m.count(p.node, func(s *Stats) { s.Waiting++ })
	m.turns(now, p.node)
}

// turns begins pulls as long as there is room for more.
func (m *Manager) turns(now sim.Time, n *node) {
	for len(n.queue) > 0 {
		if limit := n.settings.Kubelet.MaxParallelImagePulls; limit > 0 && len(n.active) >= limit {
			return
		}
		p := n.queue[0]
		n.queue = n.queue[1:]
		n.active = append(n.active, p)
		m.count(n, func(s *Stats) { s.Waiting--; s.Active++; s.Queued += now.Sub(p.queued) })
		m.begin(now, p)
	}
}

// begin is a pull whose turn has come.
// Source: kubernetes v1.37.2 pkg/kubelet/images/helpers.go throttledImageService.
func (m *Manager) begin(now sim.Time, p *Pull) {
	p.began = now
	k := &p.node.settings.Kubelet
	if !p.node.tokens.take(now, k.RegistryPullQPS, k.RegistryBurst) {
		p.failure = "pull QPS exceeded"
		p.timer = m.at(now, opEnd, p)
		return
	}
	if p.try.count == 0 {
		p.try.first = now
	}
	p.try.count++
	if p.scripted != nil {
		if s := p.scripted(now.Sub(p.try.first)); !s.Unsaid {
			p.failure = s.Failure
			p.timer = m.at(now.Add(s.Took), opEnd, p)
			return
		}
	}
	p.registry = m.registry(p.known.Host)
	p.trips = p.registry.roundTrip(p, &m.scratch)
	trips := tripsToResolve
	if p.registry.down {
		trips = 1
	}
	p.timer = m.at(after(now, float64(trips)*p.trips), opResolved, p)
}

// resolved is the registry's answer to what an image is made of, or that it is not to be had.
func (m *Manager) resolved(now sim.Time, p *Pull) {
	ok := true
	switch k := p.known; {
	case p.registry.down:
		p.failure = refused(k)
	case p.registry.missing[k.full]:
		p.failure = notFound(k)
	default:
		if p.credential, ok = m.authorize(k, p.pod); !ok {
			p.failure = denied(k)
		}
	}
	if p.failure != "" {
		m.end(now, p)
		return
	}
	p.ready, p.unpacked, p.fetching = now, now, true
	m.claim(now, p)
	if len(p.own) > 0 {
		p.timer = m.at(after(now, tripsToDownload*p.trips), opDownload, p)
		return
	}
	m.tryEnd(now, p)
}

// claim divides an image's layers into those that are there, those that other pulls bring, and those that this
// one has to download.
func (m *Manager) claim(now sim.Time, p *Pull) {
	n := p.node
	for _, l := range p.known.image.layers {
		if other := n.coming[l]; other != nil && other.flow != nil {
			m.advance(now, other.flow) // it may have come by now
			other.flow.aim(now)
			m.rates(now)
		}
		switch place, other := n.layers[l], n.coming[l]; {
		case place != nil:
			p.hold(l, place)
		case other != nil:
			p.pending++
			c := other.parcel(l)
			c.waiting = append(c.waiting, p)
			if other.flow != nil {
				other.flow.aim(now)
			}
		default:
			p.take(l)
		}
	}
}

// hold keeps a layer that is on disk there until the pull ends, which is not before the layer is unpacked.
func (p *Pull) hold(l *layer, place *shelf) {
	place.held++
	p.held = append(p.held, l)
	p.ready = max(p.ready, place.ready)
}

// parcel is the download of a layer that the pull brings.
func (p *Pull) parcel(l *layer) *parcel {
	i := slices.IndexFunc(p.own, func(c parcel) bool { return c.layer == l })
	return &p.own[i]
}

// take makes a layer one that the pull downloads.
func (p *Pull) take(l *layer) *parcel {
	upto := float64(l.size)
	if len(p.own) > 0 {
		upto += p.own[len(p.own)-1].upto
	}
	p.own = append(p.own, parcel{layer: l, upto: upto})
	p.node.coming[l] = p
	return &p.own[len(p.own)-1]
}

// came is the next layer of a pull, which is unpacked when those before it are: later ones are downloaded
// meanwhile.
func (m *Manager) came(at sim.Time, p *Pull) {
	c, n := &p.own[p.next], p.node
	p.next++
	p.unpacked = max(p.unpacked, at)
	if speed := n.settings.Unpack; speed < unlimited {
		p.unpacked = after(p.unpacked, float64(c.layer.unpacked)/speed)
	}
	delete(n.coming, c.layer)
	place := n.shelve(c.layer)
	place.ready = p.unpacked
	p.hold(c.layer, place)
	now := m.engine.Now()
	for _, w := range c.waiting {
		if !w.over {
			w.pending--
			w.hold(c.layer, place)
			m.tryEnd(now, w)
		}
	}
	c.waiting = nil
	m.usageChanged(now, n)
}

// tryEnd has a pull end when all its layers will be unpacked, once they have all come.
func (m *Manager) tryEnd(now sim.Time, p *Pull) {
	if p.fetching && p.pending == 0 && p.next == len(p.own) {
		p.fetching = false
		p.timer = m.at(max(now, p.ready), opEnd, p)
	}
}

// end is the end of a pull, good or bad.
func (m *Manager) end(now sim.Time, p *Pull) {
	n := p.node
	m.withdraw(now, p)
	n.active = slices.DeleteFunc(n.active, func(have *Pull) bool { return have == p })
	m.settle(now, p)
	p.letGo()
	m.count(n, func(s *Stats) {
		s.Active--
		s.Pulling += now.Sub(p.began)
		s.Bytes += int64(p.bytes)
		if p.failure == "" {
			s.Pulls++
		} else {
			s.Failed++
		}
	})
	if m.options.Observe != nil {
		m.options.Observe(Record{Node: n.name, Namespace: p.pod.Namespace, Pod: p.pod.Name, Image: p.known.asked,
			Queued: p.queued, Began: p.began, Ended: now, Bytes: int64(p.bytes), Failure: p.failure})
	}
	m.engine.Schedule(now, p.done)
	m.turns(now, n)
}

// settle keeps what a pull has brought, or what it failed with.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_manager.go pullImage.
func (m *Manager) settle(now sim.Time, p *Pull) {
	k, n := p.known, p.node
	if p.failure != "" {
		p.try.fail(now, fmt.Sprintf("%s: %s", ErrImagePull, p.failure))
		p.outcome = failed(ErrImagePull, p.failure,
			Event{warning, failedReason, fmt.Sprintf("Failed to pull image %q: %s", k.asked, p.failure)})
		return
	}
	m.counted(k)
	s, news := n.put(now, k.image, k.Name)
	s.admit(k.bare, p.credential)
	if news {
		m.usageChanged(now, n)
		m.imagesChanged(now, n)
	}
	took := now.Sub(p.began).Truncate(time.Millisecond)
	whole := now.Sub(p.queued).Truncate(time.Millisecond)
	p.outcome = Outcome{State: Present, ImageID: k.imageID(), Events: []Event{{normal, pulled,
		fmt.Sprintf("Successfully pulled image %q in %v (%v including waiting). Image size: %v bytes.", k.asked, took, whole, k.image.size)}}}
}

// letGo ends the pull's hold on layers: those that no image has go, unless another pull holds them.
func (p *Pull) letGo() {
	for _, l := range p.held {
		p.node.layers[l].held--
		p.node.clear(l)
	}
	p.held = nil
}

// withdraw takes a pull out of the network and hands what others wait for to one of them.
func (m *Manager) withdraw(now sim.Time, p *Pull) {
	m.engine.Cancel(p.timer)
	p.over, p.fetching = true, false
	if f := p.flow; f != nil {
		m.advance(now, f)
		p.bytes = f.position
		m.leave(now, f)
	} else if p.next > 0 {
		p.bytes = p.own[p.next-1].upto
	}
	for i := p.next; i < len(p.own); i++ {
		c := &p.own[i]
		delete(p.node.coming, c.layer)
		if len(c.waiting) > 0 {
			m.handOver(now, c.layer, c.waiting)
		}
	}
}

// handOver has the first of those that wait for a layer download it.
func (m *Manager) handOver(now sim.Time, l *layer, waiting []*Pull) {
	for i, w := range waiting {
		if w.over {
			continue
		}
		if w.registry.down {
			w.failure = broken(w.known)
			m.end(now, w)
			continue
		}
		w.pending--
		w.take(l).waiting = slices.Clone(waiting[i+1:])
		if w.flow == nil && w.next == len(w.own)-1 {
			m.join(now, w)
		}
		return
	}
}

// breakOff has pulls fail in the midst of their downloads.
func (m *Manager) breakOff(now sim.Time, pulls []*Pull) {
	for _, p := range pulls {
		if !p.over {
			p.failure = broken(p.known)
			m.end(now, p)
		}
	}
}
