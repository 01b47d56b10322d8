package sim

// Handle refers to one scheduled event, until that has run or was cancelled; after that it refers
// to nothing, even when the queue uses the same place again. The zero Handle refers to nothing.
type Handle struct {
	slot, generation uint32
}

// IsZero reports whether h is the zero Handle, which never referred to an event.
func (h Handle) IsZero() bool { return h == Handle{} }

// slot is the place of one scheduled event. The heap moves entries of 16 bytes around and leaves
// the payload where it is.
type slot struct {
	ev Event
	at Time
	// key is that of the one heap entry which stands for this event, 0 when the slot is free. An
	// entry with another key is stale: its event was cancelled or rescheduled.
	key key
	// generation tells this use of the slot from earlier ones. It starts at 1.
	generation uint32
	// nextFree links free slots; 0 ends the list, so slot 0 is never used.
	nextFree uint32
}

// slots hands out places for events and takes them back, last in first out, so that the hottest
// place is the one used next.
type slots struct {
	all  []slot
	free uint32
}

func newSlots() slots { return slots{all: make([]slot, 1, 64)} }

// take returns a free slot.
func (s *slots) take() uint32 {
	if i := s.free; i != 0 {
		s.free = s.all[i].nextFree
		return i
	}
	if len(s.all) > maxSlot {
		panic("sim: more than 16 million events are scheduled")
	}
	s.all = append(s.all, slot{generation: 1})
	return uint32(len(s.all) - 1)
}

// give takes slot i back; handles to it refer to nothing from now on. A slot whose generations are
// used up is retired instead, so that no handle is ever mistaken for another.
func (s *slots) give(i uint32) {
	p := &s.all[i]
	p.key = 0
	p.ev.Ref = nil
	p.generation++
	if p.generation == 0 {
		return
	}
	p.nextFree = s.free
	s.free = i
}

// get returns the slot h refers to, nil when h refers to nothing.
func (s *slots) get(h Handle) *slot {
	if h.generation == 0 || int(h.slot) >= len(s.all) {
		return nil
	}
	if p := &s.all[h.slot]; p.generation == h.generation && p.key != 0 {
		return p
	}
	return nil
}
