package verbs

import (
	"cmp"
	"fmt"
	"slices"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// templateOf is a StatefulSet or DaemonSet with the template of the revision that is meant.
// Source: kubectl pkg/polymorphichelpers/rollback.go StatefulSetRollbacker.Rollback, DaemonSetRollbacker.Rollback
// (v0.37.2).
func (v *RolloutUndo) templateOf(api *apiserver.Server, o model.Object) (model.Object, error) {
	var history []*model.ControllerRevision
	for r := range api.ControllerRevisions.All() {
		if c := r.Controller(); c != nil && c.UID == o.Meta().UID && r.Namespace == o.Meta().Namespace {
			history = append(history, r)
		}
	}
	if v.ToRevision == 0 && len(history) <= 1 {
		return nil, fmt.Errorf("no last revision to roll back to")
	}
	to := v.among(history)
	if to == nil {
		return nil, fmt.Errorf("unable to find specified revision %d in history", v.ToRevision)
	}
	changed := apiserver.Copy(o)
	var template **model.PodTemplate
	switch o := changed.(type) {
	case *model.StatefulSet:
		template = &o.Template
	case *model.DaemonSet:
		template = &o.Template
	}
	if model.SameTemplate(*template, to.Template) {
		r, _ := apiserver.ResourceOf(o.Kind())
		return nil, fmt.Errorf("%s.apps/%s skipped rollback (current template already matches revision %d)", r.Singular, o.Meta().Name, v.ToRevision)
	}
	*template = to.Template
	return changed, nil
}

// among is the revision that is meant; without a number the one before the latest.
// Source: kubectl pkg/polymorphichelpers/rollback.go findHistory (v0.37.2).
func (v *RolloutUndo) among(history []*model.ControllerRevision) *model.ControllerRevision {
	slices.SortStableFunc(history, func(a, b *model.ControllerRevision) int { return cmp.Compare(a.Revision, b.Revision) })
	if v.ToRevision == 0 {
		return history[len(history)-2]
	}
	for _, r := range history {
		if r.Revision == v.ToRevision {
			return r
		}
	}
	return nil
}
