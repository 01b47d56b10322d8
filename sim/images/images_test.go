package images

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

const (
	mega = 1_000_000
	giga = 1_000_000_000
	// gigabit is 1 Gbit/s in bytes a second.
	gigabit = 125_000_000
)

// bench is a cluster with image managers, and the kubelets' side of them.
type bench struct {
	t       *testing.T
	engine  *sim.Engine
	api     *apiserver.Server
	m       *Manager
	actor   sim.Actor
	ended   map[string]sim.Time // by "pod image", when the pull ended
	results map[string]Outcome
	records []Record
	notes   []string
}

// request is what a Done event brings back.
type request struct {
	name string
	pull *Pull
}

// Handle takes the end of a pull.
func (b *bench) Handle(now sim.Time, ev sim.Event) {
	r := ev.Ref.(*request)
	b.ended[r.name], b.results[r.name] = now, b.m.Finish(r.pull)
}

// newBench has nodes node-0 and so on, with the first description for all of them.
func newBench(t *testing.T, nodes int, c *Config) *bench {
	t.Helper()
	b := &bench{t: t, engine: sim.NewEngine(7), ended: map[string]sim.Time{}, results: map[string]Outcome{}}
	b.api = apiserver.New(b.engine)
	b.actor = b.engine.Register("bench", b)
	b.m = New(b.engine, b.api, Options{Config: c, Note: func(s string) { b.notes = append(b.notes, s) },
		Observe: func(r Record) { b.records = append(b.records, r) }})
	for i := range nodes {
		n := &model.Node{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("node-%d", i)}}
		if _, err := b.api.Load(n); err != nil {
			t.Fatal(err)
		}
	}
	b.engine.RunUntil(0)
	return b
}

// plain is a config in which nothing but what a test sets takes time: bandwidth 1 GB/s everywhere, no round trips,
// no unpacking.
func plain(entries ...Image) *Config {
	return &Config{Catalogue: entries, Default: DefaultImage{Size: 100 * mega, Unpacked: 250 * mega},
		OtherRegistries: Registry{Bandwidth: unlimited},
		Nodes:           []Node{{Bandwidth: giga, Unpack: unlimited, Kubelet: DefaultKubelet()}}}
}

// entry is an image of layers; a layer is its digest and its size in megabytes.
func entry(name string, layers ...Layer) Image { return Image{Names: []string{name}, Layers: layers} }

func of(digest string, megabytes int64) Layer { return Layer{Digest: digest, Size: megabytes * mega} }

func podOf(name string, secrets ...string) *model.Pod {
	return &model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "default", Name: name, UID: "uid-" + name},
		Spec: &model.PodSpec{ImagePullSecrets: secrets}}
}

// ensure asks for an image for a pod at this instant.
func (b *bench) ensure(node int, pod *model.Pod, image, policy string) Outcome {
	return b.ensureScripted(node, pod, image, policy, nil)
}

func (b *bench) ensureScripted(node int, pod *model.Pod, image, policy string, s func(time.Duration) Scripted) Outcome {
	r := &request{name: pod.Name + " " + image}
	out := b.m.Ensure(b.engine.Now(), Request{Node: fmt.Sprintf("node-%d", node), Pod: pod, Image: image, Policy: policy, Scripted: s,
		Done: sim.Event{Phase: sim.PhaseAct, Actor: b.actor, Ref: r}})
	r.pull = out.Pull
	return out
}

func (b *bench) run(until time.Duration) { b.engine.RunUntil(sim.At(until)) }

// endedAt holds the end of a pull against an instant, to a microsecond.
func (b *bench) endedAt(name string, want time.Duration) {
	b.t.Helper()
	at, ok := b.ended[name]
	if !ok {
		b.t.Errorf("%s: not pulled by %v, want %v", name, b.engine.Now(), want)
	} else if diff := time.Duration(at) - want; diff < -time.Microsecond || diff > time.Microsecond {
		b.t.Errorf("%s: pulled at %v, want %v", name, at, want)
	}
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// named matches the node of that name.
func named(name string) func(*model.Node) bool {
	return func(n *model.Node) bool { return n.Name == name }
}
