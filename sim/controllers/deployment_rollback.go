package controllers

import (
	"maps"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// The reasons of events about rollbacks.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go RollbackRevisionNotFound.
const (
	reasonRevisionNotFound  = "DeploymentRollbackRevisionNotFound"
	reasonTemplateUnchanged = "DeploymentRollbackTemplateUnchanged"
	reasonRollback          = "DeploymentRollback"
)

// rollbackTo is the revision that an annotation asks to go back to (0: the one before), as the API of old did.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rollback.go getRollbackTo.
func rollbackTo(d *model.Deployment) (int64, bool) {
	revision, err := strconv.ParseInt(d.Annotations[annotationRollback], 10, 64)
	return revision, err == nil
}

// rollback goes back to the template of a revision.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rollback.go rollback.
func (c *deployments) rollback(d *model.Deployment, sets []*model.ReplicaSet, revision int64) error {
	r, err := c.rolloutOf(d, sets, true)
	if err != nil {
		return err
	}
	if revision == 0 {
		if revision = lastRevision(r.all()); revision == 0 {
			c.loop.Event(d, apiserver.Warning, reasonRevisionNotFound, "Unable to find last revision.")
			return c.endRollback(d)
		}
	}
	for _, s := range r.all() {
		if n, err := revisionOf(s); err != nil || n != revision {
			continue
		}
		return c.rollbackToSet(d, s, revision)
	}
	c.loop.Event(d, apiserver.Warning, reasonRevisionNotFound, "Unable to find the revision to rollback to.")
	return c.endRollback(d)
}

// rollbackToSet gives a Deployment the template and the annotations of a set.
// Source: kubernetes v1.37.2 pkg/controller/deployment/rollback.go rollbackToTemplate.
func (c *deployments) rollbackToSet(d *model.Deployment, s *model.ReplicaSet, revision int64) error {
	if model.SameTemplate(d.Template, s.Template) {
		c.loop.Event(d, apiserver.Warning, reasonTemplateUnchanged,
			"The rollback revision contains the same template as current deployment %q", d.Name)
		return c.endRollback(d)
	}
	template := *s.Template
	template.Labels = maps.Clone(s.Template.Labels)
	delete(template.Labels, model.LabelTemplateHash)
	d.Template = &template
	annotations := map[string]string{}
	for key, value := range d.Annotations {
		if skipped(key) {
			annotations[key] = value
		}
	}
	for key, value := range s.Annotations {
		if !skipped(key) {
			annotations[key] = value
		}
	}
	d.Annotations = annotations
	err := c.endRollback(d)
	if err == nil {
		c.loop.Event(d, apiserver.Normal, reasonRollback, "Rolled back deployment %q to revision %d", d.Name, revision)
	}
	return err
}

// endRollback takes the wish to go back out of a Deployment and writes it.
func (c *deployments) endRollback(d *model.Deployment) error {
	d.Annotations = maps.Clone(d.Annotations)
	delete(d.Annotations, annotationRollback)
	return c.write(d)
}

// lastRevision is the second highest revision of the sets, 0 when there is none.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go LastRevision.
func lastRevision(sets []*model.ReplicaSet) int64 {
	highest, second := int64(0), int64(0)
	for _, s := range sets {
		switch n, err := revisionOf(s); {
		case err != nil:
		case n >= highest:
			highest, second = n, highest
		case n > second:
			second = n
		}
	}
	return second
}
