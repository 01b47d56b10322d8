package controllers

import (
	"maps"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

// Annotations that Deployments and their sets carry beside those of package model.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go RevisionHistoryAnnotation;
// api apps/v1/types.go DeprecatedRollbackTo; api core/v1/annotation_key_constants.go LastAppliedConfigAnnotation.
const (
	annotationHistory     = "deployment.kubernetes.io/revision-history"
	annotationRollback    = "deprecated.deployment.rollback.to"
	annotationLastApplied = "kubectl.kubernetes.io/last-applied-configuration"
)

// skipped says whether an annotation is not passed on between a Deployment and its sets.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go annotationsToSkip.
func skipped(key string) bool {
	switch key {
	case annotationLastApplied, model.AnnotationRevision, annotationHistory, model.AnnotationDesired,
		model.AnnotationMaxReplicas, annotationRollback:
		return true
	}
	return false
}

// revisionOf is the revision that a set says it is, 0 when it says none.
func revisionOf(s *model.ReplicaSet) (int64, error) {
	text, ok := s.Annotations[model.AnnotationRevision]
	if !ok {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// maxRevision is the highest revision of the sets; those that say no number are left out.
func maxRevision(sets []*model.ReplicaSet) (highest int64) {
	for _, s := range sets {
		if n, err := revisionOf(s); err == nil {
			highest = max(highest, n)
		}
	}
	return highest
}

// setRevision has a Deployment say its revision and reports whether that is new.
func setRevision(d *model.Deployment, revision string) bool {
	if d.Annotations[model.AnnotationRevision] == revision {
		return false
	}
	d.Annotations = with(d.Annotations, model.AnnotationRevision, revision)
	return true
}

// annotateNew gives a new set the annotations of its Deployment, its revision and, where it is yet to be made,
// its sizes. It reports whether that changes the set.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go SetNewReplicaSetAnnotations.
func (c *deployments) annotateNew(d *model.Deployment, s *model.ReplicaSet, revision int64, exists bool) bool {
	annotations := maps.Clone(s.Annotations)
	if annotations == nil {
		annotations = map[string]string{}
	}
	changed := false
	for key, value := range d.Annotations {
		if have, ok := annotations[key]; !skipped(key) && (!ok || have != value) {
			annotations[key], changed = value, true
		}
	}
	was, had := annotations[model.AnnotationRevision]
	number, err := strconv.ParseInt(was, 10, 64)
	if err != nil && was != "" {
		s.Annotations = annotations
		return false
	}
	if number < revision {
		annotations[model.AnnotationRevision], changed = strconv.FormatInt(revision, 10), true
		if had {
			remember(annotations, was)
		}
	}
	if !exists {
		changed = setSizes(annotations, d) || changed
	}
	if changed {
		s.Annotations = annotations
	}
	return changed
}

// maxHistory is how many letters the history of revisions may have.
// Source: kubernetes v1.37.2 pkg/controller/deployment/sync.go maxRevHistoryLengthInChars.
const maxHistory = 2000

// remember adds a revision that a set once was to its history; the oldest go where it gets too long.
func remember(annotations map[string]string, revision string) {
	history := annotations[annotationHistory]
	if history == "" {
		annotations[annotationHistory] = revision
		return
	}
	history += "," + revision
	for len(history) > maxHistory {
		_, rest, more := strings.Cut(history, ",")
		if !more {
			return
		}
		history = rest
	}
	annotations[annotationHistory] = history
}

// setSizes has a set's annotations say how large its Deployment is to be, and may be, and reports whether that is new.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go SetReplicasAnnotations.
func setSizes(annotations map[string]string, d *model.Deployment) bool {
	changed := false
	for _, a := range [2]struct {
		key  string
		size int32
	}{{model.AnnotationDesired, d.Replicas}, {model.AnnotationMaxReplicas, d.Replicas + maxSurge(d)}} {
		text := strconv.Itoa(int(a.size))
		if annotations[a.key] != text {
			annotations[a.key], changed = text, true
		}
	}
	return changed
}

// replicasAnnotation is a size that a set says in an annotation; false where it says none that can be.
// Source: kubernetes v1.37.2 pkg/controller/deployment/util/deployment_util.go getNonNegativeInt32FromAnnotation.
func replicasAnnotation(s *model.ReplicaSet, key string) (int32, bool) {
	n, err := strconv.ParseUint(s.Annotations[key], 10, 31)
	return int32(n), err == nil
}

// with returns a map in which key stands at value; m itself is not changed.
func with(m map[string]string, key, value string) map[string]string {
	out := make(map[string]string, len(m)+1)
	maps.Copy(out, m)
	out[key] = value
	return out
}
