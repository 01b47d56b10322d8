package controllers

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

func TestAPausedManagerDoesNothingAndThenCatchesUp(t *testing.T) {
	b := newBed(t, Options{WriteLatency: sim.Constant(0.01), WatchLatency: sim.Constant(0.001), ClientQPS: 20, ClientBurst: 30})
	b.add(web(100))
	b.run(2 * time.Second) // 30 requests at once and 20 a second: pods are still being made
	made := b.Pods.Len()
	if made == 0 || made >= 100 {
		t.Fatalf("%d pods are made in 2 s, want some of them", made)
	}
	b.manager.Pause()
	b.manager.Pause() // once more is no more
	b.run(time.Minute)
	if n := b.Pods.Len(); n != made {
		t.Errorf("%d pods were made while nobody makes pods", n-made)
	}
	b.edit("web", func(d *model.Deployment) { d.Replicas = 60 })
	b.run(time.Minute)
	if d := b.deployment(); d.Status.Replicas == 60 || b.Pods.Len() != made {
		t.Errorf("%d pods, status %+v: somebody works", b.Pods.Len(), d.Status)
	}
	b.manager.Resume()
	b.manager.Resume()
	b.run(5 * time.Minute)
	if d := b.deployment(); b.Pods.Len() != 60 || d.Status.AvailableReplicas != 60 || d.Status.ObservedGeneration != d.Generation {
		t.Errorf("%d pods, status %+v, want 60 and all available", b.Pods.Len(), d.Status)
	}
}

func TestAControllerThatIsInterruptedComesToWhatItsObjectsAskFor(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			b := newBed(t, Options{})
			m := &meddler{b, sim.NewStream(seed, "meddler")}
			b.add(web(5))
			for range 30 {
				if m.chance.IntN(3) == 0 {
					b.manager.Pause()
				} else {
					b.manager.Resume()
				}
				m.meddle()
			}
			b.manager.Resume()
			b.edit("web", func(d *model.Deployment) { d.Paused = false })
			b.run(20 * time.Minute)
			d := b.deployment()
			running := int32(0)
			for p := range b.Pods.All() {
				if !p.Terminal() && !p.Deleting {
					running++
				}
			}
			if running != d.Replicas || !complete(d, &d.Status) {
				t.Errorf("%d of %d run, sets %s, status %+v", running, d.Replicas, b.sizes(), d.Status)
			}
			for _, l := range b.manager.loops {
				if l.queue.len() > 0 || len(l.queue.processing) > 0 {
					t.Errorf("%s has not come to rest", l.options.Name)
				}
			}
		})
	}
}
