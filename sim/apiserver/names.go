package apiserver

import (
	"encoding/hex"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// alphanums is what generated suffixes are made of: no vowels and nothing that looks like another.
// Source: kubernetes v1.37.2 apimachinery pkg/util/rand/rand.go alphanums.
const alphanums = "bcdfghjklmnpqrstvwxz2456789"

const (
	suffixLength = 5
	// maxGenerated is the longest prefix that generateName keeps.
	// Source: kubernetes v1.37.2 apiserver pkg/storage/names/generate.go MaxGeneratedNameLength.
	maxGenerated = 63 - suffixLength
	// nameTries is how often a generated name may meet an existing one.
	// Source: kubernetes v1.37.2 apiserver pkg/registry/generic/registry/store.go Create (8 attempts).
	nameTries = 8
)

// names draws generated names and UIDs. Both are keyed by what they name, so that an object more
// elsewhere changes none of them.
type names struct {
	uids      sim.Key
	suffixes  sim.Key
	addresses sim.Key
	// generated counts the names drawn for each prefix.
	generated map[Name]uint64
	// gone counts the deletions at the instant `at`, so that an object made anew under the same name at
	// the same instant gets another UID.
	gone map[Name]uint64
	at   sim.Time
}

func newNames(seed uint64) names {
	return names{uids: sim.NewKey(seed, "uid"), suffixes: sim.NewKey(seed, "generateName"),
		addresses: sim.NewKey(seed, "clusterIP"),
		generated: map[Name]uint64{}, gone: map[Name]uint64{}}
}

// name fills in the name of a new object from its generateName.
func (s *Server) name(store Collection, m *model.ObjectMeta) error {
	if m.Name != "" {
		return nil
	}
	if m.GenerateName == "" {
		return &StatusError{Invalid, "resource name may not be empty"}
	}
	for range nameTries {
		m.Name = s.names.generate(m)
		if store.Find(m.Namespace, m.Name) == nil {
			return nil
		}
	}
	return alreadyExists(store.Resource(), m.Name)
}

func (n *names) generate(m *model.ObjectMeta) string {
	key := Name{m.Namespace, m.GenerateName}
	src := n.suffixes.Of(m.Namespace).Of(m.GenerateName).Draw(n.generated[key])
	n.generated[key]++
	base := m.GenerateName[:min(len(m.GenerateName), maxGenerated)]
	out := make([]byte, len(base), len(base)+suffixLength)
	copy(out, base)
	for range suffixLength {
		out = append(out, alphanums[src.Uint64()%uint64(len(alphanums))])
	}
	return string(out)
}

// uid draws a version 4 UUID, keyed by kind, name and instant of creation.
func (n *names) uid(kind model.Kind, m *model.ObjectMeta, now sim.Time) string {
	key := n.uids.Of(string(kind)).Of(m.Namespace).Of(m.Name)
	if n.at == now && len(n.gone) > 0 {
		if again := n.gone[Name{string(kind) + "/" + m.Namespace, m.Name}]; again > 0 {
			key = key.Of(strconv.FormatUint(again, 10))
		}
	}
	src := key.Draw(uint64(now))
	var b [16]byte
	for i, word := range [2]uint64{src.Uint64(), src.Uint64()} {
		for j := range 8 {
			b[8*i+j] = byte(word >> (8 * j))
		}
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var text [36]byte
	hex.Encode(text[0:8], b[0:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:36], b[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// forget notes that an object is gone.
func (n *names) forget(kind model.Kind, m *model.ObjectMeta, now sim.Time) {
	if n.at != now {
		n.at = now
		clear(n.gone)
	}
	n.gone[Name{string(kind) + "/" + m.Namespace, m.Name}]++
}
