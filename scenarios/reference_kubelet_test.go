package scenarios

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/scenarios/timelinediff"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// The recordings of the real kubelet, each held against many seeds. Each pod of a recording is a case. It takes
// some 400 seeds: the recordings hold some hundred waits out of a back-off, two of which lie so near the ends of
// what the timers allow that 200 draws do not always reach them.
func TestTheKubeletAgreesWithItsRecordings(t *testing.T) {
	for _, name := range []string{"kubelet-a", "kubelet-a/extra"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			rows := slices.DeleteFunc(recorded(t, name), func(r timelinediff.Row) bool {
				// The recorded nodes say of their disks that they have no size, and events say so now and then.
				return r.Object.Reason == "ImageGCFailed" || r.Object.Reason == "InvalidDiskCapacity"
			})
			o := timelinediff.Defaults()
			o.Containers = true
			real := timelinediff.Recorded(rows, o)
			var runs []*timelinediff.Timeline
			for seed := range 2 * seedsOf() {
				cfg := rigConfig(t, filepath.Join(referenceRoot(), name), seed+1)
				cfg.Duration = time.Duration(math.Ceil(rows[len(rows)-1].T)) * time.Second
				runs = append(runs, watched(t, cfg, o))
			}
			r := timelinediff.Compare(real, runs)
			t.Log(r)
			if testing.Short() && 10*r.Equal >= 9*r.Subjects {
				return // so few draws do not reach the ends of all ranges
			}
			if len(r.Differences) > 0 || r.Facts == 0 {
				t.Errorf("%d facts, %d differences:\n%s", r.Facts, len(r.Differences), strings.Join(r.Differences, "\n"))
			}
			holdWidths(t, filepath.Join(referenceRoot(), name), r.Ranges)
		})
	}
}

// referenceRoot is where the recordings are.
func referenceRoot() string {
	if root := os.Getenv("TOWTANK_SHARED"); root != "" {
		return filepath.Join(root, "reference")
	}
	return "../../shared/reference"
}

// rigStarted is the wall clock of the recordings at t = 0: whole seconds of it matter to times in statuses.
var rigStarted = time.Date(2026, 11, 24, 9, 0, 0, 9_500_000, time.UTC)

// rigConfig is the scenario of a recording: what was done, when, and what the containers do. A few
// milliseconds vary with the seed, as they do on the recorded machine: what falls within them (a probe and the
// very instant from which on it is answered otherwise) may come either way.
func rigConfig(t *testing.T, dir string, seed uint64) *world.Config {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifests.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &world.Config{Name: filepath.Base(dir), Start: rigStarted, Seed: seed, Images: rigImages(), Kubelet: rigTimers(seed)}
	for _, name := range []string{"kl-0", "kl-1"} {
		cfg.Objects = append(cfg.Objects, rigNode(name))
	}
	for i, document := range strings.Split(string(text), "\n---\n") {
		if strings.TrimSpace(document) != "" {
			rigAction(t, cfg, i, document)
		}
	}
	return cfg
}

// rigTimers are the kubelet's own, and the few milliseconds that it takes itself to start a container.
func rigTimers(seed uint64) *kubelet.Timers {
	timers := kubelet.DefaultTimers()
	timers.Sandbox, timers.Create = milliseconds{0.3, 1}, milliseconds{0.3, 2}
	if seed%2 == 0 {
		timers.Sandbox, timers.Create = milliseconds{1, 4}, milliseconds{1, 10}
	}
	timers.LateCalls = 0.1
	return &timers
}

// milliseconds are all equally likely from the first to the second.
type milliseconds [2]float64

// Sample draws one, in seconds.
func (m milliseconds) Sample(src rand.Source) float64 {
	return (m[0] + (m[1]-m[0])*rand.New(src).Float64()) / 1000
}

// String writes it as a scenario would.
func (m milliseconds) String() string { return fmt.Sprintf("uniform %v to %v ms", m[0], m[1]) }

// Mean is the mean, in seconds.
func (m milliseconds) Mean() float64 { return (m[0] + m[1]) / 2000 }

func rigNode(name string) *model.Node {
	n := &model.Node{ObjectMeta: model.ObjectMeta{Name: name, Created: sim.At(-time.Minute), Labels: map[string]string{"rig": name, "kubernetes.io/hostname": name}}}
	n.Status.Capacity = model.ResourceList(nil).With("cpu", model.WholeQuantity(8)).With("memory", model.WholeQuantity(32<<30)).With("pods", model.WholeQuantity(250))
	n.Status.Allocatable = n.Status.Capacity
	n.Status.Conditions = []model.NodeCondition{{Type: "Ready", Status: "True", Reason: "KubeletReady"}}
	n.Status.DeclaredFeatures = []string{"InPlacePodVerticalScalingInitContainers", "RestartAllContainersOnContainerExits"}
	n.Status.Addresses = []model.NodeAddress{{Type: "InternalIP", Address: "192.0.2.2"}}
	return n
}

func rigImages() *images.Config {
	node := func(name string, preloaded ...string) images.Node {
		return images.Node{Match: func(n *model.Node) bool { return name == "" || n.Name == name }, Bandwidth: math.Inf(1), Unpack: math.Inf(1),
			Preloaded: preloaded, Kubelet: images.DefaultKubelet()}
	}
	c := &images.Config{OtherRegistries: images.Registry{Bandwidth: math.Inf(1)}, Default: images.DefaultImage{Size: 50 << 20},
		Nodes: []images.Node{node("kl-0", "app:1", "app:2", "side:1", "init:1"), node("kl-1", "app:1"), node("")}}
	c.Nodes[2].Match = nil
	return c
}

var actionLine = regexp.MustCompile(`^# t=([0-9.]+) (\w+) \w+ (\S+)`)

// rigAction adds what one document says was done.
func rigAction(t *testing.T, cfg *world.Config, i int, document string) {
	t.Helper()
	m := actionLine.FindStringSubmatch(document)
	if m == nil {
		t.Fatalf("document %d: %.60s", i, document)
	}
	at, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(m[3], "/") // /api/v1/namespaces/NS/pods/NAME
	jitter := sim.KeyedSource(cfg.Seed, "action", m[3], uint64(i))
	at += milliseconds{-8, 8}.Sample(&jitter)
	entry := world.Entry{At: sim.At(time.Duration(at * float64(time.Second))), Place: fmt.Sprintf("manifests.yaml:%d:1", i+1)}
	r := manifest.NewReader(manifest.Options{Start: cfg.Start})
	switch m[2] {
	case "namespace":
		r.Read("manifests.yaml", strings.NewReader(document))
		cfg.Objects = append(cfg.Objects, r.Objects()[0].Object)
		return
	case "create":
		namespaced := strings.Replace(document, "metadata:\n", "metadata:\n", 1)
		r.Read("manifests.yaml", strings.NewReader(namespaced))
		if len(r.Findings()) > 0 && len(r.Objects()) == 0 {
			t.Fatal(r.Findings()[0])
		}
		pod := r.Objects()[0].Object.(*model.Pod)
		cfg.Behaviours = append(cfg.Behaviours, rigBehaviours(t, pod, cfg.Seed)...)
		entry.Verb = did(func(env *verbs.Env) error {
			_, err := env.API.Create(apiserver.Copy(pod))
			return err
		})
	case "delete":
		entry.Verb = rigDelete(t, parts[4], parts[6], document)
	case "gate", "image":
		entry.Verb = rigPatch(t, parts[4], parts[6], document)
	default:
		t.Fatalf("action %s", m[2])
	}
	cfg.Timeline = append(cfg.Timeline, entry)
}

// did is a verb that is done by a function.
type did func(env *verbs.Env) error

// Do does it.
func (d did) Do(env *verbs.Env) error { return d(env) }

func rigDelete(t *testing.T, namespace, name, body string) verbs.Verb {
	var options struct {
		GracePeriodSeconds *int64 `yaml:"gracePeriodSeconds"`
	}
	if err := yaml.Unmarshal([]byte(body), &options); err != nil {
		t.Fatal(err)
	}
	return did(func(env *verbs.Env) error {
		return env.API.Delete(model.KindPod, namespace, name, apiserver.DeleteOptions{GraceSeconds: options.GracePeriodSeconds})
	})
}

// rigPatch sets a condition, or the image of a container.
func rigPatch(t *testing.T, namespace, name, body string) verbs.Verb {
	var patch struct {
		Status struct {
			Conditions []struct{ Type, Status string }
		}
		Spec struct {
			Containers []struct{ Name, Image string }
		}
	}
	if err := yaml.Unmarshal([]byte(body), &patch); err != nil {
		t.Fatal(err)
	}
	return did(func(env *verbs.Env) error {
		old, _ := env.API.Pods.Get(namespace, name)
		pod := *old
		for _, c := range patch.Status.Conditions {
			pod.Status.Conditions = pod.Status.WithCondition(model.PodCondition{Type: c.Type, Status: c.Status, LastTransition: env.Now})
		}
		for _, c := range patch.Spec.Containers {
			spec := *pod.Spec
			spec.Containers = append([]model.Container(nil), spec.Containers...)
			spec.Containers[0].Image = c.Image
			pod.Spec = &spec
		}
		return env.API.Update(&pod)
	})
}
