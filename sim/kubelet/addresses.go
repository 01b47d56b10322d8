package kubelet

import (
	"encoding/binary"
	"net/netip"

	"towtank.dev/towtank/model"
)

// addresses hands out the pod addresses of a node: each in turn, and one that was given back when no
// other is left, the one given back longest ago first.
type addresses struct {
	prefix netip.Prefix
	next   netip.Addr // never given so far
	free   []netip.Addr
}

func newAddresses(prefix netip.Prefix) addresses {
	a := addresses{prefix: prefix.Masked()}
	a.next = a.prefix.Addr().Next().Next() // the first is the node's own side
	return a
}

// take returns an address, the zero one when the range is used up.
func (a *addresses) take() netip.Addr {
	if a.prefix.Contains(a.next) && (!a.next.Is4() || !isLast(a.prefix, a.next)) {
		taken := a.next
		a.next = taken.Next()
		return taken
	}
	if len(a.free) == 0 {
		return netip.Addr{}
	}
	taken := a.free[0]
	a.free = a.free[1:]
	return taken
}

func (a *addresses) give(back netip.Addr) { a.free = append(a.free, back) }

// isLast says whether an address is the broadcast address of its range.
func isLast(p netip.Prefix, a netip.Addr) bool { return !p.Contains(a.Next()) }

// rangeOf is the range of a node's pod addresses. A node that says none gets the next 256 of 10.128.0.0/9.
func (f *Fleet) rangeOf(n *model.Node) netip.Prefix {
	if p, err := netip.ParsePrefix(n.PodCIDR); err == nil {
		return p
	}
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], 10<<24|1<<23|uint32(f.ranges)<<8)
	f.ranges++
	return netip.PrefixFrom(netip.AddrFrom4(four), 24)
}

// hostAddress is the node's own address, empty when it has none.
func (h *host) hostAddress() string {
	if h.node != nil {
		for _, a := range h.node.Status.Addresses {
			if a.Type == "InternalIP" {
				return a.Address
			}
		}
	}
	return ""
}
