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

	checks []domainCheck
	scores domainScores
	floats []float64
	table  []int32
}

// run looks at rows from where the last search ended until enough are feasible, exactly as Core.search
// does. It returns false when a plugin turns out to be beyond kept answers.
//
// plan is nil for a pod that plugins going by domains have nothing to say about.
func (s *search) run(f *fast, a *answers, pod *framework.PodInfo, plan *domainPlan) bool {
	s.checks = s.checks[:0]
	if plan != nil {
		s.checks = plan.checks(s.checks)
	}
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
		found += s.pass(out[found : found+gather(a.verdicts[at:at+size], int32(at), out[found:])])
		visited += size
		if at += size; at == rows {
			at = 0
		}
	}
	// Upstream looks for one more feasible node, and rejects nodes on its way.
	for ; visited < rows; visited++ {
		a.need(pod, f, at, at+1)
		if a.verdicts[at] == fits && s.passes(int32(at)) {
			break
		}
		if at++; at == rows {
			at = 0
		}
	}
	s.found, s.evaluated = out[:found], visited
	return !a.naive && !a.object.naive
}

// pass keeps the rows that pass all checks and counts them.
func (s *search) pass(rows []int32) int {
	for i := range s.checks {
		rows = rows[:s.checks[i].keepPassing(rows)]
	}
	return len(rows)
}

func (s *search) passes(row int32) bool {
	for i := range s.checks {
		if !s.checks[i].passes(row) {
			return false
		}
	}
	return true
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
// is the same for every node is left out: it decides nothing.
func (s *search) normalize(a *answers) {
	s.hasExtra = false
	for i := range a.object.raws {
		r := &a.object.raws[i]
		if r.most == 0 {
			continue
		}
		var most int32
		for _, row := range s.found {
			most = max(most, r.scores[row])
		}
		if most == 0 {
			continue
		}
		s.needExtra()
		weight := r.weight
		if r.reversed {
			weight = -weight
		}
		if most < tableSize {
			s.addByTable(r.scores, most, weight)
			continue
		}
		for j, row := range s.found {
			s.extra[j] += weight * (framework.MaxNodeScore * r.scores[row] / most)
		}
	}
}

// tableSize is up to where normalised scores are looked up: a division costs more.
const tableSize = 256

func (s *search) addByTable(scores []int32, most, weight int32) {
	var table [tableSize]int32
	for raw := range most + 1 {
		table[raw] = weight * (framework.MaxNodeScore * raw / most)
	}
	for j, row := range s.found {
		s.extra[j] += table[uint8(scores[row])]
	}
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
	if s.hasExtra {
		extra := s.extra[:len(s.found)]
		for j, row := range s.found {
			best = max(best, uint64(uint32(sums[row]+extra[j]+offset))<<32|uint64(preorder[j&preorderMask]))
		}
	} else {
		for j, row := range s.found {
			best = max(best, uint64(uint32(sums[row]+offset))<<32|uint64(preorder[j&preorderMask]))
		}
	}
	return placeOf(uint32(best))
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
