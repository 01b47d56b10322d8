package controllers

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

var ttlAfterFinishedInfo = Info{
	Name:  "ttl-after-finished-controller",
	Doc:   "Deletes Jobs some time after they have finished.",
	Kinds: []model.Kind{model.KindJob},
	Start: startTTLAfterFinished,
}

// ttlAfterFinished deletes finished Jobs whose time is over.
// Source: kubernetes v1.37.2 pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
type ttlAfterFinished struct {
	manager *Manager
	loop    *Loop
	jobs    *Informer[*model.Job]
}

func startTTLAfterFinished(m *Manager) {
	c := &ttlAfterFinished{manager: m}
	c.loop = m.NewLoop(LoopOptions{Name: "ttl-after-finished-controller", Workers: 5, Sync: c.sync})
	c.jobs = InformerOf[*model.Job](m, model.KindJob)
	look := func(j *model.Job) {
		if due, ok := c.due(j); ok {
			c.loop.AddAfter(apiserver.NameOf(j), due.Sub(m.Engine.Now()))
		}
	}
	c.jobs.Handle(Handlers[*model.Job]{Add: look, Update: func(_, j *model.Job) { look(j) }})
}

// due is when a Job is to go; false for one that stays.
// Source: kubernetes v1.37.2 pkg/controller/ttlafterfinished/ttlafterfinished_controller.go getFinishAndExpireTime.
func (c *ttlAfterFinished) due(j *model.Job) (sim.Time, bool) {
	if j.TTLSecondsAfterFinished == nil || j.Deleting || !j.Finished() {
		return 0, false
	}
	for i := range j.Status.Conditions {
		if k := &j.Status.Conditions[i]; (k.Type == model.JobComplete || k.Type == model.JobFailed) && k.Status == model.ConditionTrue {
			return c.manager.Second(k.LastTransition).Add(time.Duration(*j.TTLSecondsAfterFinished) * time.Second), true
		}
	}
	return 0, false
}

// sync deletes a Job, and its pods before it.
func (c *ttlAfterFinished) sync(key apiserver.Name) error {
	j, ok := c.jobs.Get(key.Namespace, key.Name)
	if !ok {
		return nil
	}
	due, goes := c.due(j)
	switch {
	case !goes:
		return nil
	case due > c.manager.Engine.Now():
		c.loop.AddAfter(key, due.Sub(c.manager.Engine.Now()))
		return nil
	}
	err := c.loop.Delete(model.KindJob, key.Namespace, key.Name, apiserver.DeleteOptions{UID: j.UID, Propagation: apiserver.Foreground})
	if apiserver.Is(err, apiserver.NotFound) {
		return nil
	}
	return err
}
