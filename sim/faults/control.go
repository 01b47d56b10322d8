package faults

import (
	"fmt"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
)

var apiDownInfo = verbs.Info{
	Name:    "api-down",
	Doc:     "The API server refuses everything: no kubelet is heard, people are refused, and controllers and scheduler end until it is back.",
	Example: "api-down: {for: 5m}",
	New: func() verbs.Verb {
		return &ControlPlaneFault{How: Outage{verbs.ControlPlane.StopAPI, verbs.ControlPlane.StartAPI}}
	},
}

var etcdSlowInfo = verbs.Info{
	Name: "etcd-slow",
	Doc: "etcd is too slow to write: all writes time out. People are refused, no status or lease of a kubelet arrives, and controllers " +
		"and scheduler lose their leases and end until writes succeed; what is there can be read, and containers run on. Nobody is left " +
		"who could call a node NotReady.",
	Example: "etcd-slow: {for: 5m}",
	New: func() verbs.Verb {
		return &ControlPlaneFault{How: Outage{verbs.ControlPlane.StopEtcd, verbs.ControlPlane.StartEtcd}}
	},
}

var controllerManagerDownInfo = verbs.Info{
	Name:    "controller-manager-down",
	Doc:     "The controllers end; once there are some again, they look at everything anew.",
	Example: "controller-manager-down: {for: 10m}",
	New: func() verbs.Verb {
		return &ControlPlaneFault{How: Outage{verbs.ControlPlane.StopControllers, verbs.ControlPlane.StartControllers}, Default: leaderChange()}
	},
}

var schedulerDownInfo = verbs.Info{
	Name:    "scheduler-down",
	Doc:     "The scheduler ends; once there is one again, it tries all waiting pods at once.",
	Example: "scheduler-down: {for: 10m}",
	New: func() verbs.Verb {
		return &ControlPlaneFault{How: Outage{verbs.ControlPlane.StopScheduler, verbs.ControlPlane.StartScheduler}, Default: leaderChange()}
	},
}

var apiSlowInfo = verbs.Info{
	Name:    "api-slow",
	Doc:     "What controllers, the scheduler and a drain ask of the API server takes several times as long, as when etcd is slow to write.",
	Example: "api-slow: {times: 50, for: 10m}",
	New:     func() verbs.Verb { return new(APISlow) },
}

var watchDelayInfo = verbs.Info{
	Name:    "watch-delay",
	Doc:     "All who watch the API server are told of changes later.",
	Example: "watch-delay: {by: 2s, for: 10m}",
	New:     func() verbs.Verb { return new(WatchDelay) },
}

// The lease of a leader that has died is taken over once it is leaseDuration old; others look every retryPeriod,
// with a jitter, and a lease is renewed as often.
// Source: kubernetes v1.37.2 component-base config/v1alpha1/defaults.go RecommendedDefaultLeaderElectionConfiguration
// (LeaseDuration 15 s, RetryPeriod 2 s).
const (
	leaseDuration = 15
	retryPeriod   = 2
)

// leaderChange is how long nobody leads when a leader dies.
func leaderChange() sim.Dist {
	family, _ := sim.Distribution("uniform")
	d, err := family.New(map[string]float64{"min": leaseDuration, "max": leaseDuration + retryPeriod})
	if err != nil {
		panic(err) // the numbers are good
	}
	return d
}

// Outage is how a part of the control plane ends and is there again.
type Outage struct {
	Begin, End func(c verbs.ControlPlane, now sim.Time)
}

// ControlPlaneFault ends a part of the control plane for a while.
type ControlPlaneFault struct {
	For sim.Dist `yaml:"for" doc:"How long it lasts. Default: of controller-manager-down and scheduler-down 15 s to 17 s, until another one leads; of api-down and etcd-slow to the end of the run."`

	// How ends it; Default is how long that lasts when For does not say.
	How     Outage
	Default sim.Dist
}

// Last sets how long the fault lasts.
func (f *ControlPlaneFault) Last(d sim.Dist) { f.For = d }

// Do ends it.
func (f *ControlPlaneFault) Do(env *verbs.Env) error {
	f.spell().strike(env)
	return nil
}

// Recur ends it again and again.
func (f *ControlPlaneFault) Recur(env *verbs.Env, every sim.Dist) error {
	f.spell().recur(env, every)
	return nil
}

func (f *ControlPlaneFault) spell() *spell {
	lasts := f.For
	if lasts == nil {
		lasts = f.Default
	}
	return &spell{lasts: lasts,
		begin: func(env *verbs.Env) { f.How.Begin(env.ControlPlane, env.Now) },
		end:   func(env *verbs.Env) { f.How.End(env.ControlPlane, env.Now) }}
}

// APISlow makes requests slow.
type APISlow struct {
	Times float64  `yaml:"times" doc:"How many times as long requests take, over 1. Slow spells that overlap multiply."`
	For   sim.Dist `yaml:"for" doc:"How long it lasts. Default: to the end of the run."`
}

// Check says what is wrong with the fields.
func (f *APISlow) Check() error { return checkTimes(f.Times) }

// Last sets how long the fault lasts.
func (f *APISlow) Last(d sim.Dist) { f.For = d }

// Do makes requests slow.
func (f *APISlow) Do(env *verbs.Env) error {
	f.spell().strike(env)
	return nil
}

// Recur makes them slow again and again.
func (f *APISlow) Recur(env *verbs.Env, every sim.Dist) error {
	f.spell().recur(env, every)
	return nil
}

func (f *APISlow) spell() *spell {
	return &spell{lasts: f.For,
		begin: func(env *verbs.Env) { env.ControlPlane.SlowAPI(env.Now, f.Times) },
		end:   func(env *verbs.Env) { env.ControlPlane.QuickAPI(env.Now, f.Times) }}
}

// WatchDelay delays watches.
type WatchDelay struct {
	By  sim.Dist `yaml:"by" doc:"By how much, drawn once. Delays that overlap add up."`
	For sim.Dist `yaml:"for" doc:"How long it lasts. Default: to the end of the run."`
}

// Check says what is wrong with the fields.
func (f *WatchDelay) Check() error {
	if f.By == nil {
		return fmt.Errorf("by: missing, want by how much, such as 2s")
	}
	return nil
}

// Last sets how long the fault lasts.
func (f *WatchDelay) Last(d sim.Dist) { f.For = d }

// Do delays watches.
func (f *WatchDelay) Do(env *verbs.Env) error {
	f.spell().strike(env)
	return nil
}

// Recur delays them again and again.
func (f *WatchDelay) Recur(env *verbs.Env, every sim.Dist) error {
	f.spell().recur(env, every)
	return nil
}

func (f *WatchDelay) spell() *spell {
	var by time.Duration
	times := uint64(0)
	return &spell{lasts: f.For,
		begin: func(env *verbs.Env) {
			s := sim.NewKey(env.Seed, env.Place+".by").Draw(times)
			by, times = sim.SampleDuration(f.By, &s), times+1
			env.ControlPlane.DelayWatches(env.Now, by)
		},
		end: func(env *verbs.Env) { env.ControlPlane.DelayWatches(env.Now, -by) }}
}
