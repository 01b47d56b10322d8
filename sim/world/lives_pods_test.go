package world_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/world"
)

// slowImages take 4 s to pull, and one cannot be had.
func slowImages() *images.Config {
	return &images.Config{Default: images.DefaultImage{Size: 400e6, Unpacked: 400e6},
		OtherRegistries: images.Registry{Bandwidth: math.Inf(1), RoundTrip: sim.Constant(0.01), Missing: []string{"app:missing"}},
		Nodes:           []images.Node{{Bandwidth: 100e6, Unpack: math.Inf(1), Disk: 4e9, Kubelet: images.DefaultKubelet()}}}
}

// sortTimeline puts entries in order of time; those of one instant keep theirs.
func sortTimeline(entries []world.Entry) {
	slices.SortStableFunc(entries, func(a, b world.Entry) int { return cmp.Compare(a.At, b.At) })
}

// randomPod is a pod that does anything that pods do, and how its containers behave.
func randomPod(r *rand.Rand, name string) (*model.Pod, []kubelet.Behaviour) {
	p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "default"}, Spec: &model.PodSpec{SchedulerName: "default-scheduler",
		RestartPolicy:                 []model.RestartPolicy{model.RestartAlways, model.RestartOnFailure, model.RestartNever}[r.IntN(3)],
		TerminationGracePeriodSeconds: int64(r.IntN(31))}}
	if r.IntN(4) == 0 {
		deadline := int64(5 + r.IntN(300))
		p.Spec.ActiveDeadlineSeconds = &deadline
	}
	var all []kubelet.Behaviour
	for i := range max(r.IntN(6)-2, 0) {
		c := model.Container{Name: fmt.Sprint("i-", i), Image: randomImage(r)}
		if r.IntN(2) == 0 {
			c.RestartPolicy = model.RestartAlways
			randomProbes(r, &c)
		}
		all = append(all, randomBehaviour(r, name, &c, c.RestartPolicy == ""))
		p.Spec.InitContainers = append(p.Spec.InitContainers, c)
	}
	for i := range 1 + r.IntN(3) {
		c := model.Container{Name: fmt.Sprint("c-", i), Image: randomImage(r),
			Requests: model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(int64(r.IntN(2)))},
				{Name: "memory", Quantity: model.WholeQuantity(int64(r.IntN(1 << 30)))}}}
		randomProbes(r, &c)
		randomRules(r, &c)
		all = append(all, randomBehaviour(r, name, &c, r.IntN(3) > 0))
		p.Spec.Containers = append(p.Spec.Containers, c)
	}
	return p, all
}

func randomImage(r *rand.Rand) string {
	if r.IntN(60) == 0 {
		return "app:missing"
	}
	return fmt.Sprint("app:", r.IntN(12))
}

// randomProbes gives a container probes and hooks.
func randomProbes(r *rand.Rand, c *model.Container) {
	probe := func() *model.Probe {
		if r.IntN(2) == 0 {
			return nil
		}
		kind := []model.Handler{{Kind: "exec", Command: []string{"check"}}, {Kind: "httpGet", Path: "/", Port: "80"}, {Kind: "tcpSocket", Port: "80"}}
		return &model.Probe{Handler: kind[r.IntN(3)], InitialDelaySeconds: int32(r.IntN(10)), TimeoutSeconds: int32(1 + r.IntN(3)),
			PeriodSeconds: int32(1 + r.IntN(10)), SuccessThreshold: 1, FailureThreshold: int32(1 + r.IntN(3))}
	}
	c.StartupProbe, c.LivenessProbe, c.ReadinessProbe = probe(), probe(), probe()
	if r.IntN(4) == 0 {
		c.PostStart = &model.Handler{Kind: "exec", Command: []string{"begin"}}
	}
	if r.IntN(4) == 0 {
		c.PreStop = &model.Handler{Kind: "exec", Command: []string{"finish"}}
	}
}

// randomRules gives some containers a restart policy of their own, with rules.
func randomRules(r *rand.Rand, c *model.Container) {
	if r.IntN(4) > 0 {
		return
	}
	c.RestartPolicy = []model.RestartPolicy{model.RestartOnFailure, model.RestartNever}[r.IntN(2)]
	c.RestartRules = []model.RestartRule{{Action: []string{"Restart", "RestartAllContainers"}[r.IntN(2)],
		Operator: []string{"In", "NotIn"}[r.IntN(2)], Codes: []int32{3}}}
}

// randomBehaviour is how a container behaves: how long it takes to start, runs, with what it ends, how it
// stops, and when its probes fail.
func randomBehaviour(r *rand.Rand, pod string, c *model.Container, ends bool) kubelet.Behaviour {
	family := func(name string, p map[string]float64) sim.Dist {
		f, _ := sim.Distribution(name)
		d, err := f.New(p)
		if err != nil {
			panic(err)
		}
		return d
	}
	exponential := func(mean float64) sim.Dist { return family("exponential", map[string]float64{"mean": mean}) }
	b := kubelet.Behaviour{Place: pod + "/" + c.Name, Match: behaviour.Match{Pod: pod, Container: c.Name},
		Startup: sim.Constant(float64(r.IntN(3))), Exit: sim.Constant(float64([]int{0, 0, 1, 3, 137}[r.IntN(5)]))}
	if ends {
		b.Run = &behaviour.RunTime{Dist: exponential(float64(1 + r.IntN(60)))}
	}
	switch r.IntN(4) {
	case 0:
		b.Stop = &behaviour.StopTime{Ignore: true}
	case 1:
		b.Stop = &behaviour.StopTime{Dist: exponential(10)}
	}
	if r.IntN(3) == 0 {
		b.Answers = []behaviour.Answers{{Failures: &behaviour.Failures{Every: exponential(60), For: exponential(20)}}}
	}
	if r.IntN(3) == 0 {
		b.Ready = sim.Constant(float64(r.IntN(20)))
	}
	b.PostStart = &behaviour.Hook{Takes: sim.Constant(float64(r.IntN(10))), Exit: int32(r.IntN(2))}
	b.PreStop = &behaviour.Hook{Takes: sim.Constant(float64(r.IntN(40)))}
	return b
}

// longest keeps what the property test allows in one place with what randomPod draws: three containers
// that wait for pulls behind others, hooks of up to 10 s, and stops within a grace of 30 s each.
const longest = 2 * time.Minute
