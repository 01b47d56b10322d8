package usage

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/behaviour"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/kubelet"
)

// silent is a meter that takes note of how often it was called.
type silent struct{ calls int }

func (s *silent) Starts(sim.Time, *kubelet.Use)               { s.calls++ }
func (s *silent) Ends(sim.Time, *kubelet.Use)                 { s.calls++ }
func (s *silent) Gone(sim.Time, *kubelet.Use)                 { s.calls++ }
func (s *silent) Refuses(string, *model.Pod) (string, string) { s.calls++; return "no", "room" }

// away are the nodes that nobody reaches.
type away map[string]bool

func (a away) Reaches(node string) bool { return !a[node] }

// bench is a book of one node n of so many cores, whose reads are at 5 s, 20 s, 35 s and so on.
type bench struct {
	*Book
	t     *testing.T
	meter silent
	away  away
	lives *behaviour.Set
	notes []string
	load  func(at sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time)
}

const firstRead = 5 * time.Second

func newBench(t *testing.T, cores int64, o Options, behaviours ...behaviour.Behaviour) *bench {
	t.Helper()
	b := &bench{t: t, away: away{}, lives: behaviour.NewSet(3, behaviours)}
	api := apiserver.New(sim.NewEngine(3))
	if _, err := api.Load(&model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}, Status: model.NodeStatus{
		Capacity: model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(cores)}}}}); err != nil {
		t.Fatal(err)
	}
	o.Note = func(text string) { b.notes = append(b.notes, text) }
	o.Load = func(at sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time) {
		if b.load == nil {
			return 0, 0, sim.Never
		}
		return b.load(at, u)
	}
	b.Book = New(3, api, b.away, o).Over(&b.meter)
	b.Book.node("n").phase = sim.At(firstRead)
	return b
}

// pod is a pod on n with containers of these names, which request and are limited to so many thousandths of a core.
func podOf(name string, request, limit int64, containers ...string) *model.Pod {
	p := &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "shop", UID: name}, NodeName: "n", Spec: &model.PodSpec{}}
	for _, c := range containers {
		k := model.Container{Name: c, Requests: model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(request)}}}
		if limit > 0 {
			k.Limits = model.ResourceList{{Name: "cpu", Quantity: model.MilliQuantity(limit)}}
		}
		p.Spec.Containers = append(p.Spec.Containers, k)
	}
	p.Status.Phase, p.Status.Containers = model.PodRunning, make([]model.ContainerStatus, len(containers))
	return p
}

func at(seconds float64) sim.Time { return sim.At(time.Duration(math.Round(seconds * 1e9))) }

// start has a container of a pod run from an instant on.
func (b *bench) start(seconds float64, p *model.Pod, index int) *kubelet.Use {
	u := &kubelet.Use{Pod: p, Node: "n", Index: index, Spec: &p.Spec.Containers[index], Started: at(seconds),
		Life: b.lives.For(p, nil).Life(p, index, 0)}
	b.Starts(at(seconds), u)
	return u
}

// says is a reading in words: thousandths, the age of the sample and its window in seconds.
func says(now sim.Time, r controllers.Reading) string {
	switch {
	case !r.Listed:
		return "nothing"
	case !r.Known:
		return "no such"
	}
	return fmt.Sprintf("%d %gs ago over %g", r.Milli, now.Sub(r.At).Seconds(), r.Window.Seconds())
}

func (b *bench) cpu(seconds float64, p *model.Pod) string {
	return says(at(seconds), b.Usage(at(seconds), p, "cpu", ""))
}

func (b *bench) wants(what, got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// cpuOf is a behaviour of containers of a name that use a curve of cores.
func cpuOf(container string, c *behaviour.Curve) behaviour.Behaviour {
	return behaviour.Behaviour{Place: "s.yaml:1:1", Match: behaviour.Match{Container: container}, Usage: &behaviour.Usage{CPU: c,
		Memory: &behaviour.Curve{Points: []behaviour.Point{{Value: 64 << 20}, {From: time.Minute, Value: 128 << 20, Ramp: true}}}}}
}

func flat(cores float64) *behaviour.Curve {
	return &behaviour.Curve{Points: []behaviour.Point{{Value: cores}}}
}

func TestAContainerIsKnownOnceItWasReadTwice(t *testing.T) {
	b := newBench(t, 8, Options{}, cpuOf("c", flat(0.25)))
	early, late, fresh := podOf("early", 100, 0, "c"), podOf("late", 100, 0, "c"), podOf("fresh", 100, 0, "c")
	b.start(1, early, 0) // 4 s old at the read of 5 s
	b.wants("before the second read", b.cpu(19.9, early), "nothing")
	b.wants("after it", b.cpu(20, early), "250 0s ago over 15")
	b.wants("up to the next", b.cpu(34.5, early), "250 14.5s ago over 15")
	b.start(21, late, 0) // 14 s old at 35 s: that is enough by itself
	b.wants("a container that is not so fresh", b.cpu(36, late), "250 1s ago over 14")
	b.wants("two reads later", b.cpu(66, late), "250 1s ago over 15")
	b.start(58, fresh, 0) // 7 s old at 65 s
	b.wants("a container that is too fresh", b.cpu(70, fresh), "nothing")
	b.wants("at its second read", b.cpu(80, fresh), "250 0s ago over 15")
}

func TestWhatIsMeasuredIsTheMeanOfCPUAndTheLastOfMemory(t *testing.T) {
	// From 100 m at its start to 700 m a minute later: 10 m a second. From there on half of that.
	curve := &behaviour.Curve{Points: []behaviour.Point{{Value: 0.1}, {From: time.Minute, Value: 0.7, Ramp: true}, {From: time.Minute + 1, Value: 0.35}}}
	b := newBench(t, 8, Options{}, cpuOf("c", curve))
	p := podOf("p", 100, 0, "c")
	b.start(0, p, 0)
	// From 5 s (150 m) to 20 s (300 m): 225 m. Memory at 20 s: 64 Mi + 64 Mi·20/60.
	b.wants("CPU", b.cpu(20, p), "225 0s ago over 15")
	memory := b.Usage(at(20), p, "memory", "")
	if want := int64(64<<20+64<<20*20/60) * 1000; memory.Milli != want {
		t.Errorf("memory %d, want %d", memory.Milli, want)
	}
	// From 50 s (600 m) to 60 s (700 m) and 350 m up to 65 s: (650·10 + 350·5)/15 = 550 m.
	b.wants("CPU over a bend", b.cpu(65, p), "550 0s ago over 15")
	b.wants("an unknown resource", says(at(65), b.Usage(at(65), p, "nvidia.com/gpu", "")), "no such")
	b.wants("an unknown container", says(at(65), b.Usage(at(65), p, "cpu", "side")), "no such")
	if len(b.notes) != 0 {
		t.Errorf("notes %q, though all is said", b.notes)
	}
}

func TestCPUIsWhatAContainerGets(t *testing.T) {
	b := newBench(t, 2, Options{}, cpuOf("c", flat(1)), cpuOf("big", flat(3)), cpuOf("ramp", &behaviour.Curve{Points: []behaviour.Point{{Value: 0},
		{From: 30 * time.Second, Value: 0.6, Ramp: true}}}))
	limited, ramp := podOf("limited", 100, 500, "c"), podOf("ramp", 100, 500, "ramp")
	b.start(0, limited, 0)
	b.wants("up to its limit", b.cpu(20, limited), "500 0s ago over 15")
	b.start(5.1, ramp, 0)
	// From 14.9 s after its start (298 m) up to the limit of 500 m at 25 s, and that up to 29.9 s:
	// ((0.298+0.5)/2·10.1 + 0.5·4.9)/15 = (4.0299+2.45)/15 = 431.99 m, rounded up.
	b.wants("a ramp up to its limit", b.cpu(35, ramp), "432 0s ago over 15")
	// From 40 s on another wants 3 of the 2 cores, by a weight of 3072 against 1024 and twice 102 (of 100 m): it is
	// to get what the others leave, who together want 500 m each of ramp and limited, less than their parts? Parts:
	// 2·102/3276 = 62 m each for them, 1875 m for big: nobody gets all that it wants.
	big := podOf("big", 3000, 0, "big")
	b.start(40, big, 0)
	b.wants("by weight while it is short, big", b.cpu(65, big), fmt.Sprintf("%d 0s ago over 15", int64(math.Ceil(2000*3072./3276))))
	b.wants("by weight while it is short, limited", b.cpu(65, limited), fmt.Sprintf("%d 0s ago over 15", int64(math.Ceil(2000*102./3276))))
}

func TestNothingIsKnownOfAPodThatSaysNothing(t *testing.T) {
	b := newBench(t, 8, Options{}, cpuOf("a", flat(0.1)))
	quiet := podOf("quiet", 100, 0, "quiet")
	quiet.Status.Containers[0].State = model.ContainerState{Kind: model.ContainerRunning, Started: at(1)}
	b.wants("a pod without a word", b.cpu(20, quiet), "nothing")
	half := podOf("half", 100, 0, "a", "quiet")
	b.start(0, half, 0)
	half.Status.Containers[1].State = model.ContainerState{Kind: model.ContainerRunning, Started: at(1)}
	b.wants("the container without one", says(at(20), b.Usage(at(20), half, "cpu", "quiet")), "no such")
	b.wants("both, one with a word", b.cpu(20, half), "100 0s ago over 15")
	const nothing = "autoscalers were told nothing of the cpu of containers quiet in namespace shop: no behaviour says what they use"
	want := []string{nothing, nothing, "autoscalers were told that containers quiet in namespace shop use no cpu: no behaviour says what they use"}
	if !slices.Equal(b.notes, want) {
		t.Errorf("notes %q, want %q", b.notes, want)
	}
}

func TestAPodIsKnownWithAllOfItsContainers(t *testing.T) {
	b := newBench(t, 8, Options{}, cpuOf("a", flat(0.1)), cpuOf("b", flat(0.2)))
	p := podOf("p", 100, 0, "a", "b", "quiet")
	first := b.start(0, p, 0)
	b.start(2, p, 1)
	p.Status.Containers[2].State = model.ContainerState{Kind: model.ContainerRunning, Started: at(3)}
	b.wants("all three", b.cpu(20, p), "300 0s ago over 15")
	b.wants("one of them", says(at(20), b.Usage(at(20), p, "cpu", "b")), "200 0s ago over 15")
	for _, note := range b.notes {
		b.wants("note", note, "autoscalers were told that containers quiet in namespace shop use no cpu: no behaviour says what they use")
	}
	if len(b.notes) != 1 {
		t.Errorf("%d notes, want one of the reading of all three", len(b.notes))
	}
	b.Ends(at(25), first)
	b.wants("one that has ended is in the read before that", b.cpu(34, p), "300 14s ago over 15")
	b.wants("and not in the next", b.cpu(36, p), "200 1s ago over 15")
	b.start(46, p, 0) // 4 s old at the read of 50 s
	b.wants("between reads it is not there", b.cpu(49, p), "200 14s ago over 15")
	b.wants("after one the pod is not", b.cpu(51, p), "nothing")
	b.wants("after two it is", b.cpu(65, p), "300 0s ago over 15")
	b.away["n"] = true
	b.wants("on a node that nobody reaches", b.cpu(66, p), "nothing")
	delete(b.away, "n")
	p.Status.Phase = model.PodSucceeded
	b.wants("one that is over", b.cpu(66, p), "nothing")
	b.Gone(at(67), first)
	if len(b.pods) != 0 || len(b.Book.node("n").uses) != 0 {
		t.Errorf("%d pods and %d uses are left", len(b.pods), len(b.Book.node("n").uses))
	}
	if reason, message := b.Refuses("n", p); reason != "no" || message != "room" || b.meter.calls != 6 {
		t.Errorf("the meter was called %d times and says %s, %s", b.meter.calls, reason, message)
	}
}

func TestWhatRequestsTakeIsAddedUpExactly(t *testing.T) {
	b := newBench(t, 8, Options{}, cpuOf("c", &behaviour.Curve{Points: []behaviour.Point{{Value: 0.1}}, PerRequest: 0.01}))
	p := podOf("p", 100, 0, "c")
	b.start(0, p, 0)
	// 10 requests a second, 1 more each second from 10 s on, up to 18 s; 4 a second from 18 s on.
	b.load = func(at sim.Time, u *kubelet.Use) (rate, slope float64, until sim.Time) {
		switch {
		case at < sim.At(10*time.Second):
			return 10, 0, sim.At(10 * time.Second)
		case at < sim.At(18*time.Second):
			return 10 + at.Sub(sim.At(10*time.Second)).Seconds(), 1, sim.At(18 * time.Second)
		}
		return 4, 0, sim.Never
	}
	// From 5 s to 20 s: 5·200 m, 8·(200+280)/2 m, 2·140 m: (1000+1920+280)/15 = 213.3 m.
	b.wants("pieces of one course", b.cpu(21, p), "214 1s ago over 15")
	// At 27 s it changes to 50 a second: 7·140 m + 8·600 m = 5780; /15 = 385.3 m.
	b.Changing(at(27), p)
	b.load = func(sim.Time, *kubelet.Use) (float64, float64, sim.Time) { return 50, 0, sim.Never }
	b.wants("a course that changes", b.cpu(40, p), "386 5s ago over 15")
	// At 47 s to nothing: 12·600 + 3·100 = 7500; /15 = 500 m. Nobody has asked since 40 s.
	b.Changing(at(47), p)
	b.load = nil
	b.wants("the read before the change", b.cpu(49, p), "386 14s ago over 15")
	b.wants("and over it", b.cpu(52, p), "500 2s ago over 15")
	b.wants("long after", b.cpu(5000, p), "100 0s ago over 15")
	b.Changing(at(5001), podOf("other", 1, 1, "c")) // nobody knows it
}

func TestContainersOfASnapshotWereReadBeforeTheRun(t *testing.T) {
	b := newBench(t, 8, Options{Clock: time.Second}, cpuOf("c", &behaviour.Curve{Points: []behaviour.Point{{Value: 0.1}}, PerRequest: 0.01,
		Daily: []behaviour.Daily{{At: 0, Times: 1}, {At: 23 * time.Hour, Times: 2}}}))
	b.load = func(at sim.Time, _ *kubelet.Use) (float64, float64, sim.Time) {
		if at < 0 {
			t.Errorf("asked for requests at %v", at)
		}
		return 10 + at.Seconds(), 1, sim.Never
	}
	p := podOf("p", 100, 0, "c")
	b.start(-3600, p, 0)
	// The last read was at -10 s, late in the evening: 200 m, and 10 requests a second as at the start.
	b.wants("a read before the run", b.cpu(1, p), "300 11s ago over 15")
	// From -10 s: 200 m up to midnight at -1 s, 100 m from then on; requests grow by 1 a second from 0 s on:
	// (9·200 + 6·100 + 15·100 + 5·5/2·10)/15 = (1800+600+1500+125)/15 = 268.3 m.
	b.wants("a read over the start", b.cpu(5, p), "269 0s ago over 15")
}

func TestGivenMetricsAreAsTheScenarioSays(t *testing.T) {
	queue := func(name string) map[string]string { return map[string]string{"queue": name} }
	in := func(key, value string) *model.Selector {
		return &model.Selector{Requirements: []model.Requirement{{Key: key, Operator: model.OpIn, Values: []string{value}}}}
	}
	b := newBench(t, 8, Options{Clock: 6 * time.Hour, Series: []Series{
		{Place: "s:1", Name: "depth", Labels: queue("orders"), Value: &behaviour.Curve{Points: []behaviour.Point{{Value: 10}, {From: time.Minute, Value: 70, Ramp: true}}}},
		{Place: "s:2", Name: "depth", Labels: queue("mails"), Namespace: "post", Value: flat(5)},
		{Place: "s:3", Name: "rps", Object: &model.ScaleTarget{Kind: "Ingress", Name: "front"}, Value: &behaviour.Curve{Points: []behaviour.Point{{Value: 100}},
			Daily: []behaviour.Daily{{At: 0, Times: 0.5}, {At: 7 * time.Hour, Times: 2}}}},
		{Place: "s:4", Name: "rps", Pods: in("app", "web"), Value: &behaviour.Curve{Points: []behaviour.Point{{Value: 1.5}}, PerRequest: 1}},
	}})
	if custom, external := b.Adapters(); !custom || !external {
		t.Error("adapters are missing")
	}
	if custom, external := newBench(t, 1, Options{}).Adapters(); custom || external {
		t.Error("adapters without series")
	}
	check := func(what string, got any, want string) {
		t.Helper()
		b.wants(what, fmt.Sprint(got), want)
	}
	check("halfway up", b.External(at(30), "shop", "depth", nil), "[40000]")
	check("both in the namespace of one", b.External(at(30), "post", "depth", nil), "[40000 5000]")
	check("by its labels", b.External(at(30), "post", "depth", in("queue", "mails")), "[5000]")
	check("by labels that none has", b.External(at(30), "post", "depth", in("queue", "x")), "[]")
	check("none of that name", b.External(at(30), "post", "length", nil), "[]")
	front := model.ScaleTarget{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: "front"}
	check("an object before seven", b.OfObject(at(30), "shop", front, "rps", nil).Milli, "50000")
	check("and after", b.OfObject(at(3600), "shop", front, "rps", nil).Milli, "200000")
	front.Name = "back"
	check("another object", b.OfObject(at(30), "shop", front, "rps", nil).Known, "false")
	p := podOf("p", 1, 1, "c", "side")
	check("a pod without its labels", b.OfPod(at(30), p, "rps", nil).Known, "false")
	p.Labels = map[string]string{"app": "web"}
	check("a pod without load", b.OfPod(at(30), p, "rps", nil).Milli, "1500")
	b.load = func(_ sim.Time, u *kubelet.Use) (float64, float64, sim.Time) {
		return 10 * float64(1-u.Index), 0, sim.Never
	}
	check("a pod with load", b.OfPod(at(30), p, "rps", nil).Milli, "11500")
}

func TestAPieceOfNoLengthIsOurMistake(t *testing.T) {
	b := newBench(t, 8, Options{}, cpuOf("c", flat(0.25)))
	p := podOf("p", 100, 0, "c")
	b.start(0, p, 0)
	b.load = func(at sim.Time, _ *kubelet.Use) (float64, float64, sim.Time) { return 1, 0, at }
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "usage: a piece of the load of shop/p") {
			t.Errorf("panics with %v", r)
		}
	}()
	b.cpu(20, p)
}
