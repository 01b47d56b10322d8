package world_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// lifeRuns are the clusters of the property test, each with so many pods, nodes and faults in half an hour.
const (
	lifeRuns   = 60
	livesEach  = 60
	lifeNodes  = 5
	lifeFaults = 25
	lifeSpan   = 30 * time.Minute
)

// TestRandomLivesKeepWhatAlwaysHolds runs random pods on nodes that random faults strike, and holds every
// change of every pod, and the kubelets' books every 20 s, against what always holds.
func TestRandomLivesKeepWhatAlwaysHolds(t *testing.T) {
	runs := lifeRuns
	if testing.Short() {
		runs = 10
	}
	for seed := range uint64(runs) {
		if faults := liveOnce(seed); len(faults) > 0 {
			t.Errorf("seed %d:\n%s", seed, strings.Join(faults[:min(len(faults), 5)], "\n"))
		}
	}
}

// liveOnce is one cluster: half an hour of pods and faults, then all is mended and deleted. It returns what
// did not hold.
func liveOnce(seed uint64) []string {
	cfg, l := randomCluster(seed)
	s, err := world.Open(cfg, world.RunOptions{Watch: l.see})
	if err != nil {
		return []string{err.Error()}
	}
	l.session = s
	for now := sim.Time(0); now < sim.At(lifeSpan); now = now.Add(20 * time.Second) {
		s.RunUntil(now)
		l.audit(now)
	}
	l.end()
	if _, err := s.Close(); err != nil {
		l.say("%v", err)
	}
	return l.wrong
}

// TestRandomLivesAreTheSameWhenEveryProbeIsMade holds the kubelet that works out which call of a probe is seen
// next against one that makes every call: all that is recorded is the same.
func TestRandomLivesAreTheSameWhenEveryProbeIsMade(t *testing.T) {
	runs := lifeRuns / 3
	if testing.Short() {
		runs = 5
	}
	for seed := range uint64(runs) {
		var got [2]memory
		for i := range got {
			cfg, _ := randomCluster(seed)
			oneProbeEach(cfg)
			if _, err := world.Run(cfg, world.RunOptions{Sinks: []record.Sink{&got[i]}, EveryProbe: i == 1}); err != nil {
				t.Fatal(err)
			}
		}
		if got[1].footer.Events < got[0].footer.Events*11/10 {
			t.Errorf("seed %d: %d events, %d with every call: hardly a call is made in vain", seed, got[0].footer.Events, got[1].footer.Events)
		}
		for i := range got {
			got[i].footer.Events, got[i].footer.Fingerprint = 0, ""
		}
		if !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("seed %d: with every call of every probe the run leaves another record", seed)
		}
	}
}

// oneProbeEach leaves a pod one probe, of its first container. Probes of one pod come due together for ever, and
// which of two calls comes first in one instant is then a matter of when each was put on the engine. So it is when
// a container starts, or can answer, in the instant of a call: starts take an odd time, and it is ready at an odd one.
// Disks are large: where images fill them, most pods are evicted before a call is made in vain.
func oneProbeEach(cfg *world.Config) {
	for i := range cfg.Images.Nodes {
		cfg.Images.Nodes[i].Disk = 4e12
	}
	for i := range cfg.Behaviours {
		b := &cfg.Behaviours[i]
		b.Startup = sim.Constant(0.1 + float64(i%17)/13)
		b.PostStart.Takes = sim.Constant(0.2 + float64(i%19)/3.7)
		if b.Ready != nil {
			b.Ready = sim.Constant(0.3 + float64(i%23)/1.9)
		}
	}
	for i, e := range cfg.Timeline {
		c, ok := e.Verb.(*verbs.Create)
		if !ok {
			continue
		}
		spec := c.Template.(*model.Pod).Spec
		for j := range spec.InitContainers {
			k := &spec.InitContainers[j]
			k.StartupProbe, k.LivenessProbe, k.ReadinessProbe = nil, nil, nil
		}
		for j := range spec.Containers {
			k := &spec.Containers[j]
			k.Image = strings.ReplaceAll(k.Image, "missing", "0") // tried at ticks, at which unready containers are probed too
			p := k.LivenessProbe
			k.StartupProbe, k.LivenessProbe, k.ReadinessProbe = nil, nil, nil
			switch {
			case j > 0:
			case i%3 == 0:
				k.StartupProbe = p
			case i%3 == 1:
				k.ReadinessProbe = p
			default:
				k.LivenessProbe = p
			}
		}
	}
}

// randomCluster is a cluster of random pods and faults, and who watches it.
func randomCluster(seed uint64) (*world.Config, *lives) {
	r := rand.New(rand.NewPCG(seed, 7))
	l := &lives{pods: map[string]*watchedLife{}, nodes: map[string]*struckNode{}}
	cfg := config()
	cfg.Seed, cfg.UntilIdle, cfg.Duration = seed, false, lifeSpan
	timers := kubelet.DefaultTimers()
	timers.Shutdown = kubelet.ShutdownPeriods(20*time.Second, 5*time.Second)
	cfg.Kubelet = &timers
	cfg.Start = cfg.Start.Add(time.Duration(r.Int64N(int64(time.Second))))
	cfg.Behaviours = nil
	cfg.Images = slowImages()
	for i := range lifeNodes {
		cfg.Objects = append(cfg.Objects, node(fmt.Sprint("n-", i), 16))
		l.nodes[fmt.Sprint("n-", i)] = new(struckNode)
	}
	for i := range livesEach {
		p, b := randomPod(r, fmt.Sprint("p-", i))
		cfg.Behaviours = append(cfg.Behaviours, b...)
		born := time.Duration(r.Int64N(int64(lifeSpan - 5*time.Minute)))
		cfg.Timeline = append(cfg.Timeline, at(born, &verbs.Create{Template: p}))
		if r.IntN(2) == 0 {
			d := &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Namespace: "default", Name: p.Name}, IgnoreNotFound: true}
			if r.IntN(3) == 0 {
				grace := int64(r.IntN(20))
				d.GracePeriod = &grace
			}
			cfg.Timeline = append(cfg.Timeline, at(born+time.Duration(r.Int64N(int64(5*time.Minute))), d))
		}
	}
	for range lifeFaults {
		cfg.Timeline = append(cfg.Timeline, l.randomFault(r)...)
	}
	sortTimeline(cfg.Timeline)
	return cfg, l
}

// lives is what is known of a run's pods and nodes from outside.
type lives struct {
	session *world.Session
	pods    map[string]*watchedLife // by UID
	nodes   map[string]*struckNode
	wrong   []string
}

// struckNode is what is the matter with a node: it has no power, its kubelet does not run, it is cut off.
type struckNode struct {
	down, stopped, cut bool
	shut               bool     // it is going off, or off
	mended             sim.Time // when something last ceased to be
}

func (n *struckNode) sick() bool { return n.down || n.stopped || n.cut || n.shut }

type watchedLife struct {
	last     *model.Pod
	restarts map[string]int32
}

func (l *lives) say(format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

// see holds a change of a pod against the one before.
func (l *lives) see(now sim.Time, stream, kind string, o model.Object) {
	pod, ok := o.(*model.Pod)
	if !ok || kind == "DELETED" {
		if ok {
			delete(l.pods, pod.UID)
		}
		return
	}
	p, known := l.pods[pod.UID]
	if !known {
		p = &watchedLife{restarts: map[string]int32{}}
		l.pods[pod.UID] = p
	}
	if p.last != nil && p.last.Terminal() && p.last.Status.Phase != pod.Status.Phase {
		l.say("%v %s: was %s and is %s", now, pod.Name, p.last.Status.Phase, pod.Status.Phase)
	}
	for i, list := range [2][]model.ContainerStatus{pod.Status.InitContainers, pod.Status.Containers} {
		for j := range list {
			plain := i == 0 && !pod.Spec.InitContainers[j].Sidecar()
			l.container(now, pod, p, &list[j], plain)
		}
	}
	if p.last != nil && p.last.NodeName != "" && l.nodes[pod.NodeName].down && !sameStates(p.last, pod) {
		l.say("%v %s: a container changes on %s, which is down", now, pod.Name, pod.NodeName)
	}
	p.last = pod
}

// container holds the status of a container against what always holds of one.
func (l *lives) container(now sim.Time, pod *model.Pod, p *watchedLife, c *model.ContainerStatus, plain bool) {
	if c.RestartCount < p.restarts[c.Name] {
		l.say("%v %s/%s: restarts fall from %d to %d", now, pod.Name, c.Name, p.restarts[c.Name], c.RestartCount)
	}
	p.restarts[c.Name] = c.RestartCount
	runs := c.State.Kind == model.ContainerRunning
	switch {
	case plain && c.Ready && (c.State.Kind != model.ContainerTerminated || c.State.ExitCode != 0):
		l.say("%v %s/%s: is initialized and has not ended well", now, pod.Name, c.Name)
	case !plain && c.Ready && !runs:
		l.say("%v %s/%s: is ready and does not run", now, pod.Name, c.Name)
	case c.Started && !runs:
		l.say("%v %s/%s: has started and does not run", now, pod.Name, c.Name)
	case runs && pod.Terminal():
		l.say("%v %s/%s: runs, and the pod is %s", now, pod.Name, c.Name, pod.Status.Phase)
	case runs && (c.State.Started > now || c.State.Started < pod.Created):
		l.say("%v %s/%s: has run since %v", now, pod.Name, c.Name, c.State.Started)
	}
	for _, s := range [2]*model.ContainerState{&c.State, &c.Last} {
		if s.Kind == model.ContainerTerminated && (s.Finished < s.Started || s.Finished > now) {
			l.say("%v %s/%s: ran from %v to %v", now, pod.Name, c.Name, s.Started, s.Finished)
		}
	}
}

// sameStates says whether the containers of a pod are told to be in the same states.
func sameStates(a, b *model.Pod) bool {
	if len(a.Status.Containers) != len(b.Status.Containers) {
		return false
	}
	for i := range a.Status.Containers {
		if a.Status.Containers[i].State != b.Status.Containers[i].State {
			return false
		}
	}
	return true
}

// patience is how long a pod may go on behind its deadline: a tick and a relist, what its worker is at (the
// longest pull, hook or kill of randomPod), and its grace.
const patience = 2*time.Second + longest

// audit holds the kubelets' books and the pods' deadlines against the objects.
func (l *lives) audit(now sim.Time) {
	if err := l.session.Kubelets().Audit(); err != nil {
		l.say("%v %v", now, err)
	}
	for pod := range l.session.API().Pods.All() {
		node := l.nodes[pod.NodeName]
		if node == nil || pod.Terminal() || node.sick() {
			continue
		}
		if !l.session.Kubelets().LookedAfter(pod) {
			l.say("%v %s: nobody looks after it on %s", now, pod.Name, pod.NodeName)
		}
		if d := pod.Spec.ActiveDeadlineSeconds; d != nil && pod.Status.HasStarted {
			over := max(pod.Status.Started.Add(time.Duration(*d)*time.Second), node.mended)
			grace := time.Duration(pod.Spec.TerminationGracePeriodSeconds) * time.Second
			if now > over.Add(patience+grace) {
				l.say("%v %s: is %s, %v behind its deadline", now, pod.Name, pod.Status.Phase, now.Sub(over))
			}
		}
	}
}

// end mends and deletes everything; a quarter of an hour later nothing is left.
func (l *lives) end() {
	s := l.session
	for _, n := range s.API().Nodes.List() {
		for _, how := range []string{"boot", "start", "mend"} {
			if err := s.Do(&strike{l, how, n.Name}, "end"); err != nil {
				l.say("%v", err)
			}
		}
	}
	for _, pod := range s.API().Pods.List() {
		d := &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Namespace: pod.Namespace, Name: pod.Name}, IgnoreNotFound: true}
		if err := s.Do(d, "end"); err != nil {
			l.say("%v", err)
		}
	}
	s.RunUntil(s.Now().Add(15 * time.Minute))
	l.audit(s.Now())
	if n := s.API().Pods.Len(); n > 0 || s.Kubelets().Pods() > 0 {
		l.say("at the end there are %d pods, and %d are looked after: %s", n, s.Kubelets().Pods(), s.API().Pods.List()[0].Name)
	}
	for _, n := range s.API().Nodes.List() {
		if disk := s.Images().Disk(n.Name); disk.Writable != 0 || disk.Cached != 0 {
			l.say("at the end %s has %d bytes of containers and caches %d", n.Name, disk.Writable, disk.Cached)
		}
		for _, resource := range []string{model.ResourceCPU, model.ResourceMemory} {
			if q, pods := s.Kubelets().Held(n.Name, resource); !q.IsZero() || pods != 0 {
				l.say("at the end %d pods hold %v %s of %s", pods, q, resource, n.Name)
			}
		}
	}
	if st := s.Images().Stats(""); st.Waiting != 0 || st.Active != 0 {
		l.say("at the end %d pulls wait and %d are under way", st.Waiting, st.Active)
	}
}

// strike does one thing to a node, or to the containers of a pod.
type strike struct {
	lives *lives
	how   string
	node  string
}

// Do strikes.
func (s *strike) Do(env *verbs.Env) error {
	m, n := env.Machines, s.lives.nodes[s.node]
	switch s.how {
	case "crash":
		m.Crash(env.Now, s.node)
		n.down = true
	case "boot":
		n.stopped = n.stopped && !n.down
		n.down, n.shut, n.mended = false, false, env.Now
		m.Boot(env.Now, s.node)
	case "shut":
		m.Shutdown(env.Now, s.node)
		n.shut = true
	case "stop":
		m.StopKubelet(env.Now, s.node)
		n.stopped = true
	case "start":
		n.stopped, n.mended = n.stopped && n.down, env.Now
		m.StartKubelet(env.Now, s.node)
	case "cut":
		m.Cut(env.Now, s.node)
		n.cut = true
	case "mend":
		n.cut, n.mended = false, env.Now
		m.Mend(env.Now, s.node)
	case "kill":
		for _, pod := range env.API.PodsOn(s.node) {
			for i := range pod.Spec.Containers {
				m.KillContainer(env.Now, pod.UID, pod.Spec.Containers[i].Name, 139, "")
			}
		}
	}
	return nil
}

// randomFault is a fault of a node and its end, at most three minutes later. Faults of a node overlap.
func (l *lives) randomFault(r *rand.Rand) []world.Entry {
	kinds := [...][2]string{{"crash", "boot"}, {"stop", "start"}, {"cut", "mend"}, {"kill", ""}, {"shut", "boot"}, {"kill", ""}}
	kind := kinds[r.IntN(len(kinds))]
	name := fmt.Sprint("n-", r.IntN(lifeNodes))
	from := time.Duration(r.Int64N(int64(lifeSpan - 4*time.Minute)))
	out := []world.Entry{at(from, &strike{l, kind[0], name})}
	if kind[1] != "" {
		out = append(out, at(from+time.Duration(r.Int64N(int64(3*time.Minute))), &strike{l, kind[1], name}))
	}
	return out
}

// A run time that a trace fixes belongs to the pod, not to the kubelet that saw it first.
func TestAFixedRunTimeOutlivesAKubelet(t *testing.T) {
	for how, want := range map[string]time.Duration{
		"stop":  100 * time.Second,                // the container runs on, from its start
		"crash": 60*time.Second + 100*time.Second, // it is started again when the node is back, and runs its time anew
	} {
		cfg := config(node("n-1", 4))
		cfg.Behaviours = nil
		fixed := 100.0
		again := spec()
		again.RestartPolicy = model.RestartOnFailure
		cfg.Arrivals = []world.Arrivals{stream{count: 1, every: sim.Constant(0), spec: again, run: func(uint64, int64) *float64 { return &fixed }}}
		l := &lives{nodes: map[string]*struckNode{"n-1": {}}}
		cfg.Timeline = []world.Entry{at(30*time.Second, &strike{l, how, "n-1"}),
			at(time.Minute, &strike{l, map[string]string{"stop": "start", "crash": "boot"}[how], "n-1"})}
		p := run(t, cfg).pods[0]
		// Bound after 11 ms; kubelets that see at once begin then.
		if got := p.Ended.Sub(p.Scheduled); p.Phase != "Succeeded" || got < want-time.Second || got > want+time.Second {
			t.Errorf("%s: %s after %v, want after %v", how, p.Phase, got, want)
		}
	}
}
