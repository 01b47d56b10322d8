package scheduler

import (
	"math/bits"

	"towtank.dev/towtank/scheduler/framework"
)

// search is one search for feasible nodes and its outcome.
type search struct {
	// found are the rows of the feasible nodes, in order of search; evaluated counts the rows with a verdict.
	found     []int32
	evaluated int
	// extra is what each feasible node gets besides the sums of its answers.
	extra    []int32
	hasExtra bool
	// late are raw scores by row that lateTable turns into what is to be added; nil for none.
	late      []int32
	lateTable [tableSize]int32

	checks     []domainCheck
	volumes    *volumePlan // nil for a pod without volumes that matter
	exceptions exceptions
	scores     domainScores
	floats     []float64
	codes      []int32
	table      []int32
}

// run looks at rows from where the last search ended until enough are feasible, exactly as Core.search
// does. It returns false when a plugin turns out to be beyond kept answers.
func (s *search) run(f *fast, a *answers, pod *framework.PodInfo) bool {
	rows := len(f.nodes)
	want := feasibleNodesToFind(f.program.profile.percentage, rows)
	if cap(s.found) < rows {
		s.found = make([]int32, rows+rows/2)
	}
	out := s.found[:cap(s.found)]
	at, visited, found := f.core.start%rows, 0, 0
	for visited < rows && found < want {
		size := min(want-found, rows-at, rows-visited)
		a.need(pod, f, at, at+size)
		s.volumes.need(f, at, at+size)
		found += s.pass(out[found : found+gather(a.verdicts[at:at+size], int32(at), out[found:])])
		visited += size
		if at += size; at == rows {
			at = 0
		}
	}
	// Upstream looks for one more feasible node, and rejects nodes on its way.
	for ; visited < rows; visited++ {
		a.need(pod, f, at, at+1)
		s.volumes.need(f, at, at+1)
		if s.fits(a, int32(at)) {
			break
		}
		if at++; at == rows {
			at = 0
		}
	}
	s.found, s.evaluated = out[:found], visited
	return !a.naive && !a.object.naive && !s.volumes.naive()
}

// prepare readies the checks of a plan; nil for a pod that plugins going by domains have nothing to say
// about.
func (s *search) prepare(plan *domainPlan, volumes *volumePlan) {
	s.volumes = volumes
	s.checks = s.checks[:0]
	if plan != nil {
		s.checks = plan.checks(s.checks)
	}
}

// pass keeps the rows that pass all checks and counts them.
func (s *search) pass(rows []int32) int {
	if len(s.exceptions.verdicts) > 0 {
		return len(keep(rows, s.excepting))
	}
	for i := range s.checks {
		rows = rows[:s.checks[i].keepPassing(rows)]
	}
	if s.volumes != nil {
		rows = rows[:s.volumes.keepPassing(rows)]
	}
	return len(rows)
}

// fits says whether the node of a row is feasible.
func (s *search) fits(a *answers, row int32) bool {
	return a.verdicts[row] == fits && s.excepting(row)
}

// excepting says whether a node that kept answers have nothing against is feasible. Where pods that are
// nominated to it count, all filters have been asked.
func (s *search) excepting(row int32) bool {
	if len(s.exceptions.verdicts) > 0 && s.exceptions.marked[row] {
		return s.exceptions.verdicts[row] == fits
	}
	return s.passes(row)
}

func (s *search) passes(row int32) bool {
	for i := range s.checks {
		if !s.checks[i].passes(row) {
			return false
		}
	}
	return s.volumes == nil || s.volumes.passes(row)
}

// gather writes the rows that fit to out, which has room for all, and counts them.
func gather(verdicts []verdict, first int32, out []int32) int {
	n := 0
	out = out[:len(verdicts)]
	for i, v := range verdicts {
		out[n] = first + int32(i)
		if v == fits {
			n++
		}
		if n == len(out) {
			break
		}
	}
	return n
}

// normalize adds, weighted, the scores that hang on the largest raw score of all feasible nodes. What
// is the same for every node is left out: it decides nothing. One set of scores may wait to be looked
// up when nodes are compared.
func (s *search) normalize(a *answers) {
	s.hasExtra, s.late = false, nil
	s.addVolumes()
	for i := range a.object.raws {
		r := &a.object.raws[i]
		most := r.mostOf(s.found)
		if most == 0 {
			continue
		}
		weight := r.weight
		if r.reversed {
			weight = -weight
		}
		if most >= tableSize {
			s.needExtra()
			for j, row := range s.found {
				s.extra[j] += weight * (framework.MaxNodeScore * r.scores[row] / most)
			}
			continue
		}
		if s.late != nil {
			s.addLate()
		}
		s.late = r.scores
		for raw := range most + 1 {
			s.lateTable[raw] = weight * (framework.MaxNodeScore * raw / most)
		}
	}
}

// addVolumes adds what is scored of the pod's volumes.
func (s *search) addVolumes() {
	if s.volumes == nil || !s.volumes.waiting || len(s.volumes.answers.scorers) == 0 {
		return
	}
	s.needExtra()
	for j, row := range s.found {
		s.extra[j] += s.volumes.answers.sums[row]
	}
}

// mostOf is the largest of the raw scores of some rows.
func (r *rawScores) mostOf(rows []int32) int32 {
	var most int32
	if r.most == 0 {
		return 0
	}
	for _, row := range rows {
		if score := r.scores[row]; score > most {
			if most = score; most == r.most {
				break
			}
		}
	}
	return most
}

// tableSize is up to where normalised scores are looked up: a division costs more.
const tableSize = 256

// addLate adds the scores that have been left to be looked up.
func (s *search) addLate() {
	s.needExtra()
	for j, row := range s.found {
		s.extra[j] += s.lateTable[uint8(s.late[row])]
	}
	s.late = nil
}

// needExtra makes extra hold a number for each feasible node.
func (s *search) needExtra() {
	if !s.hasExtra {
		s.hasExtra = true
		s.extra = zeroed(s.extra, len(s.found))
	}
}

// best is the place among the feasible nodes that upstream's heap brings up: of the largest totals the
// one that comes first when the heap's tree is read from the root, left before right.
//
// Building the heap lifts the larger child, in a tie the left one, and only above a smaller parent. So
// what comes up in a subtree is its root if nothing below is larger, else what has come up to the left
// unless what has come up to the right is larger.
func (s *search) best(sums []int32) int {
	var best uint64
	extra := s.extra
	if s.hasExtra {
		extra = extra[:len(s.found)]
	}
	switch late := s.late; {
	case s.hasExtra && late != nil:
		for j, row := range s.found {
			best = max(best, rank(sums[row]+extra[j]+s.lateTable[uint8(late[row])], j))
		}
	case s.hasExtra:
		for j, row := range s.found {
			best = max(best, rank(sums[row]+extra[j], j))
		}
	case late != nil:
		for j, row := range s.found {
			best = max(best, rank(sums[row]+s.lateTable[uint8(late[row])], j))
		}
	default:
		for j, row := range s.found {
			best = max(best, rank(sums[row], j))
		}
	}
	return placeOf(uint32(best))
}

// rank orders places by their totals, then by what comes up in the heap.
func rank(total int32, place int) uint64 {
	return uint64(uint32(total+offset))<<32 | uint64(preorder[place&preorderMask])
}

// offset keeps totals positive where a reversed score has been left without its constant part.
const offset = 1 << 30

// preorderKey is the larger, the earlier the place comes in a heap's tree read in preorder: paths from
// the root compare bit by bit, and a path goes before those that it begins. Places are below 2^27.
func preorderKey(place int) uint32 {
	length := bits.Len32(uint32(place + 1))
	return ^(uint32(place+1)<<(27-length)<<5 | uint32(length))
}

// placeOf is the place of a preorderKey.
func placeOf(key uint32) int {
	key = ^key
	return int(key>>5>>(27-key&31)) - 1
}

// The keys of the first places are looked up.
const preorderMask = 1<<13 - 1

var preorder = func() (keys [preorderMask + 1]uint32) {
	for place := range keys {
		keys[place] = preorderKey(place)
	}
	return keys
}()
