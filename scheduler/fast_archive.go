package scheduler

import (
	"slices"
	"strings"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// archive holds answers by key, the most recently used ones within bounds.
type archive struct {
	cycle uint64
	byKey map[string]*answers
	rows  int // of all answers together
	// seen are the hashes of keys that have come lately: what comes once is not worth keeping.
	seen [1 << 12]uint64
	key  []byte
	// objectKey is that of answers about node objects.
	objectKey []byte
}

// maxKeptRows bounds the memory of kept answers: 12 bytes a row or a little more.
const maxKeptRows = 8 << 20

// relist voids all answers.
func (k *archive) relist() {
	for _, a := range k.byKey {
		a.gone = true
	}
	clear(k.byKey)
	k.rows = 0
}

// answers finds the answers for the pod's key, or begins new ones; nil when there can be none.
func (f *fast) answers(pod *framework.PodInfo) *answers {
	k := &f.kept
	k.cycle++
	m := f.memoOf(pod.SpecInfo)
	if pod.Holding != &pod.SpecInfo.Requests {
		m = &f.resized
		m.answers = nil
	}
	if m.answers != nil && !m.answers.gone {
		return f.use(m.answers, pod)
	}
	k.key = f.program.appendKey(k.key[:0], pod.SpecInfo)
	if m == &f.resized {
		k.key = plugins.AppendRequests(append(k.key, 'h'), pod.Holding)
	}
	if a := k.byKey[string(k.key)]; a != nil {
		m.answers = a
		return f.use(a, pod)
	}
	again, object := k.again(), f.objectAnswers(pod)
	if object == nil {
		return nil
	}
	if !again || object.names != nil {
		return f.begin(&f.once, object, pod)
	}
	a := &answers{key: string(k.key)}
	if f.begin(a, object, pod) == nil {
		return nil
	}
	f.keep(a)
	m.answers = a
	return a
}

// again says whether the key at hand has come before, lately.
func (k *archive) again() bool {
	hash := hashOf(k.key)
	slot := &k.seen[hash%uint64(len(k.seen))]
	came := *slot == hash
	*slot = hash
	return came
}

// use brings answers up to date.
func (f *fast) use(a *answers, pod *framework.PodInfo) *answers {
	a.used, a.object.used = f.kept.cycle, f.kept.cycle
	a.catchUp(pod, f)
	if a.naive || a.object.naive {
		return nil
	}
	return a
}

// begin begins answers for the pod's key upon those about node objects; nil when a plugin stands in the
// way.
func (f *fast) begin(a, object *answers, pod *framework.PodInfo) *answers {
	a.layer, a.object, a.used = &f.program.node, object, f.kept.cycle
	a.open(pod, f)
	if a.naive {
		return nil
	}
	a.size(len(f.nodes), f)
	return a
}

// objectAnswers finds or begins the answers of the plugins that look at node objects alone.
func (f *fast) objectAnswers(pod *framework.PodInfo) *answers {
	k := &f.kept
	k.objectKey = f.program.appendObjectKey(k.objectKey[:0], pod.SpecInfo)
	a := k.byKey[string(k.objectKey)]
	if a == nil {
		a = f.beginObject(pod)
	}
	a.used = k.cycle
	a.catchUp(pod, f)
	if a.naive {
		return nil
	}
	return a
}

// beginObject begins answers for the object key at hand. They are not kept when the pod names its nodes.
func (f *fast) beginObject(pod *framework.PodInfo) *answers {
	a := &f.narrow
	a.layer, a.key = &f.program.object, ""
	a.open(pod, f)
	a.size(len(f.nodes), f)
	if a.names != nil {
		return a
	}
	kept := *a
	f.narrow, kept.key = answers{}, string(f.kept.objectKey)
	f.keep(&kept)
	return &kept
}

// keep files answers, making room when there are too many.
func (f *fast) keep(a *answers) {
	k := &f.kept
	if k.byKey == nil {
		k.byKey = map[string]*answers{}
	}
	if k.rows += len(a.verdicts); k.rows > maxKeptRows {
		k.thin()
	}
	k.byKey[a.key] = a
}

// thin lets go the half of the answers that was not used for longest.
func (k *archive) thin() {
	var all []*answers
	for _, a := range k.byKey {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *answers) int {
		if a.used != b.used {
			return int(int64(b.used - a.used))
		}
		return strings.Compare(a.key, b.key)
	})
	for _, a := range all[len(all)/2:] {
		// Answers that others include stay with them, though new ones will not find them.
		a.gone = true
		delete(k.byKey, a.key)
		k.rows -= len(a.verdicts)
	}
}

// appendKey appends all that kept answers depend on.
func (pr *program) appendKey(key []byte, spec *framework.SpecInfo) []byte {
	key = pr.appendObjectKey(key, spec)
	for _, pl := range pr.node.keyed {
		key = pl.AppendKey(key, spec)
	}
	return append(key, 'n')
}

// appendObjectKey appends what the answers about node objects depend on.
func (pr *program) appendObjectKey(key []byte, spec *framework.SpecInfo) []byte {
	key = append(key, byte(pr.number), byte(pr.number>>8))
	for _, pl := range pr.object.keyed {
		key = pl.AppendKey(key, spec)
	}
	return append(key, 'o')
}

// hashOf is FNV-1a, 64 bits.
func hashOf(key []byte) uint64 {
	hash := uint64(14695981039346656037)
	for _, b := range key {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return hash
}
