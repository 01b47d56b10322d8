package scheduler

import (
	"fmt"
	"slices"

	"towtank.dev/towtank/scheduler/framework"
)

// checkEvery is how many cycles lie between two checks.
const checkEvery = 16

// check derives anew what is kept for the pod of a cycle, and all counts by domain. A difference is a
// fault of the runtime.
func (f *fast) check(a *answers, volumes *volumePlan, pod *framework.PodInfo) {
	if f.cycles%checkEvery == 0 {
		f.checkRows()
		a.object.check(f, pod)
		a.check(f, pod)
		f.domains.check()
		if volumes != nil {
			volumes.check(f)
			f.volumes.check()
		}
	}
}

func (f *fast) checkRows() {
	for row, n := range f.nodes {
		var fresh framework.Row
		fresh.Set(n)
		if fresh.Memo = f.rows[row].Memo; fresh != f.rows[row] || f.rowOf[n.Index] != int32(row) {
			panic(fmt.Sprintf("scheduler: row %d of node %s is %+v, want %+v", row, n.Name, f.rows[row], fresh))
		}
	}
}

// check asks the plugins again about every block that is there.
func (a *answers) check(f *fast, pod *framework.PodInfo) {
	verdicts, sums := slices.Clone(a.verdicts), slices.Clone(a.sums)
	var raws [][]int32
	for i := range a.raws {
		raws = append(raws, slices.Clone(a.raws[i].scores))
	}
	for block, have := range a.have {
		if !have {
			continue
		}
		from, to := block*blockRows, min((block+1)*blockRows, len(verdicts))
		a.workOut(pod, f, from, to)
		for row := from; row < to; row++ {
			same := verdicts[row] == a.verdicts[row]
			if verdicts[row] == fits {
				same = same && sums[row] == a.sums[row]
				for i := range raws {
					same = same && raws[i][row] == a.raws[i].scores[row]
				}
			}
			if !same {
				panic(fmt.Sprintf("scheduler: kept for node %s: verdict %x, score %d; now %x, %d", f.nodes[row].Name, verdicts[row], sums[row], a.verdicts[row], a.sums[row]))
			}
		}
	}
}

// check counts everything again.
func (d *domains) check() {
	kept, censuses := map[*tally]tally{}, map[*census]census{}
	for _, g := range d.all {
		for _, t := range g.tallies {
			t.fit()
			kept[t] = *t
			t.totals, t.sum = nil, 0
		}
	}
	for _, c := range d.counted {
		c.fit()
		censuses[c] = *c
		c.members, c.present = nil, 0
	}
	affine := d.affine
	d.affine = 0
	places := make([][]int32, len(d.classList))
	placed := make([]int, len(d.classList))
	for i, c := range d.classList {
		placed[i], places[i] = c.placed, c.at
		c.placed, c.at = 0, nil
	}
	for index, n := range d.nodes {
		if n != nil {
			if d.moved(int32(index)) {
				panic(fmt.Sprintf("scheduler: node %s is not in the domains it is kept in", n.Name))
			}
			d.member(int32(index), 1)
		}
	}
	if d.affine != affine {
		panic(fmt.Sprintf("scheduler: %d pods with affinity kept, %d found", affine, d.affine))
	}
	for i, c := range d.classList {
		known := i < len(places) && len(places[i]) == placed[i]
		slices.Sort(c.at)
		if i >= len(places) && c.placed > 0 || i < len(places) && c.placed != placed[i] || known && !slices.Equal(slices.Sorted(slices.Values(places[i])), c.at) {
			panic(fmt.Sprintf("scheduler: class %v: other pods kept than found", c.labels))
		}
		if known {
			c.at = places[i]
		} else {
			c.at = nil
		}
	}
	for number, g := range d.all {
		for _, t := range g.tallies {
			t.fit()
			was := kept[t]
			if was.sum != t.sum || !slices.Equal(was.totals, t.totals) {
				panic(fmt.Sprintf("scheduler: group %d by %q: kept %v, found %v", number, t.column.key, was.totals, t.totals))
			}
		}
	}
	for _, c := range d.counted {
		c.fit()
		if was := censuses[c]; was.present != c.present || !slices.Equal(was.members, c.members) {
			panic(fmt.Sprintf("scheduler: nodes by %q: kept %v, found %v", c.column.key, was.members, c.members))
		}
	}
}
