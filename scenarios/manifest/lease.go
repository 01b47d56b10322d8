package manifest

import (
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

func (c clock) lease(l *coordinationv1.Lease) *model.Lease {
	out := &model.Lease{ObjectMeta: c.meta(&l.ObjectMeta), Holder: text(l.Spec.HolderIdentity), Acquired: c.micro(l.Spec.AcquireTime), Renewed: c.micro(l.Spec.RenewTime)}
	if l.Spec.LeaseDurationSeconds != nil {
		out.DurationSeconds = *l.Spec.LeaseDurationSeconds
	}
	if l.Spec.LeaseTransitions != nil {
		out.LeaseTransitions = *l.Spec.LeaseTransitions
	}
	out.Source = l
	return out
}

func (c clock) toLease(l *model.Lease) *coordinationv1.Lease {
	out := &coordinationv1.Lease{}
	if source, ok := l.Source.(*coordinationv1.Lease); ok {
		*out = *source
	}
	out.TypeMeta, out.ObjectMeta = typeMeta(model.KindLease), c.toMeta(&l.ObjectMeta)
	s := &out.Spec
	s.HolderIdentity, s.AcquireTime, s.RenewTime = pointer[string](l.Holder), c.toMicro(l.Acquired), c.toMicro(l.Renewed)
	s.LeaseDurationSeconds, s.LeaseTransitions = nil, nil
	if l.DurationSeconds != 0 {
		s.LeaseDurationSeconds = &l.DurationSeconds
	}
	if l.LeaseTransitions != 0 {
		s.LeaseTransitions = &l.LeaseTransitions
	}
	return out
}

func (c clock) micro(t *metav1.MicroTime) *sim.Time {
	if t.IsZero() {
		return nil
	}
	at := sim.Time(t.Sub(c.start))
	return &at
}

func (c clock) toMicro(t *sim.Time) *metav1.MicroTime {
	if t == nil {
		return nil
	}
	at := metav1.NewMicroTime(c.start.Add(time.Duration(*t)).UTC().Truncate(time.Microsecond))
	return &at
}
