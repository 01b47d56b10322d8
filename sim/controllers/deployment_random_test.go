package controllers

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// meddler does at random what people and accidents do to a Deployment.
type meddler struct {
	*bed
	chance *sim.Stream
}

func (m *meddler) meddle() {
	switch m.chance.IntN(8) {
	case 0, 1:
		size := int32(m.chance.IntN(30))
		m.edit("web", func(d *model.Deployment) { d.Replicas = size })
	case 2, 3:
		version := uint32(m.chance.IntN(4))
		m.edit("web", func(d *model.Deployment) { d.Template = template(version) })
	case 4:
		m.edit("web", func(d *model.Deployment) { d.Paused = !d.Paused })
	case 5:
		if pods := m.Pods.List(); len(pods) > 0 {
			p := pods[m.chance.IntN(len(pods))]
			m.must(m.Delete(model.KindPod, p.Namespace, p.Name, apiserver.DeleteOptions{}))
		}
	case 6:
		if pods := m.Pods.List(); len(pods) > 0 {
			p := apiserver.Copy(pods[m.chance.IntN(len(pods))]).(*model.Pod)
			p.Status.Phase = model.PodFailed
			m.must(m.Update(p))
		}
	case 7:
		// Not under Recreate: a Deployment that has two sets with pods and then changes its size is left as it is by
		// upstream's scale, and so here.
		sets := m.ReplicaSets.List()
		if len(sets) > 0 && m.deployment().Strategy.Type == model.RollingUpdate {
			s := apiserver.Copy(sets[m.chance.IntN(len(sets))]).(*model.ReplicaSet)
			s.Replicas = int32(m.chance.IntN(10))
			m.must(m.Update(s))
		}
	}
	m.run(time.Duration(m.chance.IntN(6000)) * time.Millisecond)
}

func TestWhateverHappensADeploymentComesToWhatItAsksFor(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			b := newBed(t, Options{})
			m := &meddler{b, sim.NewStream(seed, "meddler")}
			b.add(web(5, func(d *model.Deployment) {
				if seed%4 == 0 {
					d.Strategy = model.DeploymentStrategy{Type: model.Recreate}
				}
			}))
			for range 30 {
				m.meddle()
			}
			b.edit("web", func(d *model.Deployment) { d.Paused = false })
			b.run(20 * time.Minute)
			d := b.deployment()
			running, failed := int32(0), 0
			for p := range b.Pods.All() {
				owner, ok := b.ReplicaSets.Get("default", p.Controller().Name)
				switch {
				case p.Terminal():
					failed++
				case !ok || !model.SameTemplate(owner.Template, d.Template) || !ready(p) || p.Deleting:
					t.Errorf("pod %s of %v is left over", p.Name, p.Controller())
				default:
					running++
				}
			}
			if running != d.Replicas || !complete(d, &d.Status) || b.progress() != "True/NewReplicaSetAvailable" {
				t.Errorf("%d of %d run, %d failed; sets %s, progress %s, status %+v", running, d.Replicas, failed, b.sizes(), b.progress(), d.Status)
			}
			for s := range b.ReplicaSets.All() {
				if !model.SameTemplate(s.Template, d.Template) && s.Replicas != 0 {
					t.Errorf("old set %s asks for %d", s.Name, s.Replicas)
				}
			}
			for _, l := range b.manager.loops {
				if l.queue.len() > 0 || len(l.queue.processing) > 0 {
					t.Errorf("%s has not come to rest", l.options.Name)
				}
			}
		})
	}
}
