package scheduler

import (
	"fmt"
	"maps"
	"slices"

	"towtank.dev/towtank/scheduler/plugins"
)

// check asks the plugins about every block of the answers that is there, with this pod's own claims.
func (plan *volumePlan) check(f *fast) {
	if plan.answers == nil {
		return
	}
	var fresh answers
	if f.beginVolumes(&fresh, plan.pod) == nil {
		panic("scheduler: a pod whose volumes answers are kept for is not fit for them")
	}
	for block, have := range plan.answers.have {
		if !have {
			continue
		}
		for row := block * blockRows; row < min((block+1)*blockRows, len(f.nodes)); row++ {
			fresh.need(plan.pod, f, row, row+1)
			if plan.answers.verdicts[row] != fresh.verdicts[row] || fresh.verdicts[row] == fits && plan.answers.sums[row] != fresh.sums[row] {
				panic(fmt.Sprintf("scheduler: kept for the volumes of pod %s on node %s: verdict %x, score %d; now %x, %d", plan.pod.Pod.Name, f.nodes[row].Name,
					plan.answers.verdicts[row], plan.answers.sums[row], fresh.verdicts[row], fresh.sums[row]))
			}
		}
	}
}

// check counts all volumes again.
func (v *volumeNodes) check() {
	if v.counter == nil {
		return
	}
	again := volumeNodes{f: v.f}
	again.refresh(v.counter)
	if !maps.Equal(again.claims, v.claims) || !maps.Equal(again.held, v.held) || again.odd != v.odd || again.dangling != v.dangling {
		panic(fmt.Sprintf("scheduler: kept claims %v, volumes %v, %d odd and %d dangling nodes; found %v, %v, %d, %d",
			v.claims, v.held, v.odd, v.dangling, again.claims, again.held, again.odd, again.dangling))
	}
	for row, n := range v.f.nodes {
		kept, found := &v.records[n.Index], &again.records[n.Index]
		if !sameVolumes(&kept.NodeVolumes, &found.NodeVolumes) || v.rows[row] != int32(n.Index) {
			panic(fmt.Sprintf("scheduler: kept volumes of node %s %+v, found %+v", n.Name, kept, found))
		}
		for _, d := range v.drivers {
			if room := v.counter.Room(d.name, n, &found.NodeVolumes); d.room[n.Index] != room {
				panic(fmt.Sprintf("scheduler: kept room for %d volumes of %s on node %s, found %d", d.room[n.Index], d.name, n.Name, room))
			}
		}
	}
}

func sameVolumes(a, b *plugins.NodeVolumes) bool {
	return slices.Equal(a.Present, b.Present) && slices.Equal(a.Stray, b.Stray) && slices.Equal(a.Claims, b.Claims) &&
		a.Disks == b.Disks && a.Odd == b.Odd && a.Dangling == b.Dangling
}
