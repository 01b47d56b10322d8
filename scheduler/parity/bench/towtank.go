package bench

import (
	"bytes"
	"fmt"
	"runtime"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scenarios/place"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/parity/generate"
)

// towtank takes pods through the cycle of this project: Schedule, assume, Reserve.
type towtank struct {
	core *scheduler.Core
	// standing are the pods that may be evicted, by uid.
	standing map[string]*framework.PodInfo
	preempts bool
	pods     []*model.Pod
}

func objectsOf(text generate.Text) ([]model.Object, error) {
	r := manifest.NewReader(manifest.Options{Start: place.Origin})
	r.Read("cluster.yaml", bytes.NewReader(text.Cluster))
	if problems := r.Errors(manifest.Broken); len(problems) > 0 {
		return nil, fmt.Errorf("%s", problems[0])
	}
	return place.Snapshot(r.Objects()), nil
}

func newTowtank(objects []model.Object, percentage int32, preempts, everyCandidate bool) (*towtank, error) {
	c := &config.Configuration{APIVersion: config.APIVersion, Kind: config.Kind, PercentageOfNodesToScore: &percentage}
	core, err := scheduler.NewCore(scheduler.Options{Config: c, TieBreak: scheduler.TieUpstream, EveryCandidate: everyCandidate})
	if err != nil {
		return nil, err
	}
	t := &towtank{core: core, standing: map[string]*framework.PodInfo{}, preempts: preempts}
	for _, o := range objects {
		switch o := o.(type) {
		case *model.Node:
			core.SetNode(o)
		case *model.Pod:
			if o.NodeName == "" {
				t.pods = append(t.pods, o)
				continue
			}
			info := core.Pod(o)
			core.AddPod(info)
			t.standing[o.UID] = info
		default:
			core.SetObject(o)
		}
	}
	// The list of nodes is what upstream's first UpdateSnapshot, outside its measurement too, makes.
	core.NodeOrder()
	return t, nil
}

// take gives a pod its cycle, and another one after a preemption, whose victims vanish at once.
func (t *towtank) take(info *framework.PodInfo) (node string) {
	for {
		cy := t.core.Schedule(0, info)
		if cy.Node != "" {
			info.Node = cy.Node
			t.core.AddPod(info)
			if !t.core.Reserve(cy).OK() {
				t.core.RemovePod(info)
				info.Node = ""
				return ""
			}
			if t.preempts {
				t.core.Nominate(info.Pod, "")
				t.standing[info.Pod.UID] = info
			}
			return cy.Node
		}
		if len(cy.Victims) == 0 {
			return ""
		}
		t.evict(info, cy)
	}
}

func (t *towtank) evict(info *framework.PodInfo, cy *scheduler.Cycle) {
	for _, victim := range cy.Victims {
		gone := t.standing[victim.UID]
		t.core.RemovePod(gone)
		t.core.Release(gone)
		delete(t.standing, victim.UID)
	}
	nominated := *info.Pod
	nominated.Status.NominatedNodeName = cy.NominatedNode
	info.Pod = &nominated
	t.core.Nominate(info.Pod, cy.NominatedNode)
}

// run takes the whole stream, and says how long it took and how much the second half of it allocated
// per cycle.
func (t *towtank) run() (nodes []string, took time.Duration, allocations float64) {
	nodes = make([]string, 0, len(t.pods))
	infos := make([]*framework.PodInfo, len(t.pods))
	half := len(t.pods) / 2
	runtime.GC()
	begin := time.Now()
	for i, pod := range t.pods[:half] {
		infos[i] = t.core.Pod(pod)
		nodes = append(nodes, t.take(infos[i]))
	}
	for i, pod := range t.pods[half:] {
		infos[half+i] = t.core.Pod(pod)
	}
	var before, after runtime.MemStats
	took = time.Since(begin)
	runtime.ReadMemStats(&before)
	begin = time.Now()
	for _, info := range infos[half:] {
		nodes = append(nodes, t.take(info))
	}
	took += time.Since(begin)
	runtime.ReadMemStats(&after)
	return nodes, took, float64(after.Mallocs-before.Mallocs) / float64(len(t.pods)-half)
}
