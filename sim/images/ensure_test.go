package images

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

const failing = `rpc error: code = Unknown desc = failed to pull and unpack image "registry.example/bad:1": scripted failure`

func never(time.Duration) Scripted { return Scripted{Failure: failing} }

func TestBackOffDoublesFromTenSecondsToFiveMinutes(t *testing.T) {
	// The kubelet looks every second here. After failure n the next pull is let through once 10 s × 2^(n-1) have
	// passed, 300 s at most: failures at 0, 10, 30, 70, 150, 310, 610, 910 s.
	b := newBench(t, 1, plain())
	pod := podOf("bad")
	var tries []int
	for second := range 1000 {
		b.run(time.Duration(second) * time.Second)
		out := b.ensureScripted(0, pod, "registry.example/bad:1", PullIfNotPresent, never)
		if out.State == Waiting {
			tries = append(tries, second)
		} else {
			expect(t, "reason", out.Reason, ErrImagePullBackOff)
			expect(t, "message", out.Message, `Back-off pulling image "registry.example/bad:1": ErrImagePull: `+failing)
			expect(t, "events", len(out.Events), 2)
			expect(t, "first event", out.Events[0], Event{"Normal", "BackOff", `Back-off pulling image "registry.example/bad:1"`})
			expect(t, "second event", out.Events[1], Event{"Warning", "Failed", "Error: ImagePullBackOff"})
		}
	}
	want := []int{0, 10, 30, 70, 150, 310, 610, 910}
	if len(tries) != len(want) {
		t.Fatalf("pulls at %v, want %v", tries, want)
	}
	for i := range want {
		expect(t, "pull", tries[i], want[i])
	}
	// Another pod backs off on its own.
	expect(t, "another pod", b.ensureScripted(0, podOf("other"), "registry.example/bad:1", PullIfNotPresent, never).State, Waiting)
	// More than 600 s after the last failure (at 910 s) the next one counts as the first: 10 s again.
	b.run(1511 * time.Second)
	b.ensureScripted(0, pod, "registry.example/bad:1", PullIfNotPresent, never)
	b.run(1520 * time.Second)
	expect(t, "after 9 s", b.ensureScripted(0, pod, "registry.example/bad:1", PullIfNotPresent, never).State, Failed)
	b.run(1521 * time.Second)
	expect(t, "after 10 s", b.ensureScripted(0, pod, "registry.example/bad:1", PullIfNotPresent, never).State, Waiting)
}

func TestAPullThatFailsSaysSo(t *testing.T) {
	b := newBench(t, 1, plain())
	out := b.ensureScripted(0, podOf("bad"), "registry.example/bad:1", PullIfNotPresent, never)
	expect(t, "pulling", out.Events[0], Event{"Normal", "Pulling", `Pulling image "registry.example/bad:1"`})
	b.run(time.Second)
	got := b.results["bad registry.example/bad:1"]
	expect(t, "state", got.State, Failed)
	expect(t, "reason", got.Reason, ErrImagePull)
	expect(t, "message", got.Message, failing)
	expect(t, "first event", got.Events[0], Event{"Warning", "Failed", `Failed to pull image "registry.example/bad:1": ` + failing})
	expect(t, "second event", got.Events[1], Event{"Warning", "Failed", "Error: ErrImagePull"})
}

func TestAScriptCountsTimeFromThePodsFirstPull(t *testing.T) {
	// Fails until 25 s after the first pull, which began at 5 s; and takes 2 s each time.
	heals := func(since time.Duration) Scripted {
		if since < 25*time.Second {
			return Scripted{Took: 2 * time.Second, Failure: "not yet"}
		}
		return Scripted{Took: 2 * time.Second}
	}
	b := newBench(t, 1, plain())
	pod := podOf("heals")
	var states []State
	for _, at := range []int{5, 17, 37} { // failures at 7 and 19 s; back-off until 17 and 39 s
		b.run(time.Duration(at) * time.Second)
		states = append(states, b.ensureScripted(0, pod, "r.example/heals:1", PullIfNotPresent, heals).State)
	}
	expect(t, "at 37 s", states[2], Failed)
	b.run(39 * time.Second)
	b.ensureScripted(0, pod, "r.example/heals:1", PullIfNotPresent, heals)
	b.run(time.Minute)
	b.endedAt("heals r.example/heals:1", 41*time.Second)
	expect(t, "in the end", b.results["heals r.example/heals:1"].State, Present)
}

func TestAScriptMayLeaveAPullToTheRegistry(t *testing.T) {
	b := newBench(t, 1, plain(entry("r.example/a:1", of("", 500))))
	b.ensureScripted(0, podOf("a"), "r.example/a:1", PullIfNotPresent, func(time.Duration) Scripted { return Scripted{Took: time.Hour, Unsaid: true} })
	b.run(time.Minute)
	b.endedAt("a r.example/a:1", 500*time.Millisecond) // 500 MB at 1 GB/s
}

func TestPolicies(t *testing.T) {
	tests := []struct {
		name, policy     string
		present          bool
		state            State
		reason, event    string
		message, imageID string
	}{
		{"an image that is there is taken", PullIfNotPresent, true, Present, "", "Pulled",
			`Container image "app:1" already present on machine and can be accessed by the pod`, "docker.io/library/app@sha256:"},
		{"one that is not there is pulled", PullIfNotPresent, false, Waiting, "", "Pulling", `Pulling image "app:1"`, ""},
		{"Always pulls what is there", PullAlways, true, Waiting, "", "Pulling", `Pulling image "app:1"`, ""},
		{"Never takes what is there", PullNever, true, Present, "", "Pulled",
			`Container image "app:1" already present on machine and can be accessed by the pod`, "docker.io/library/app@sha256:"},
		{"Never does not pull", PullNever, false, Failed, "ErrImageNeverPull", "ErrImageNeverPull",
			`Container image "app:1" is not present with pull policy of Never`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := plain(entry("docker.io/library/app:1", of("", 10)))
			if test.present {
				c.Nodes[0].Preloaded = []string{"app:1"}
			}
			out := newBench(t, 1, c).ensure(0, podOf("p"), "app:1", test.policy)
			expect(t, "state", out.State, test.state)
			expect(t, "reason", out.Reason, test.reason)
			expect(t, "event", out.Events[0].Reason, test.event)
			expect(t, "message", out.Events[0].Message, test.message)
			if !strings.HasPrefix(out.ImageID, test.imageID) || test.imageID == "" && out.ImageID != "" {
				t.Errorf("imageID %q, want one of %s", out.ImageID, test.imageID)
			}
		})
	}
}

func TestAlwaysCostsRoundTripsWhenAllLayersAreThere(t *testing.T) {
	c := plain(entry("r.example/app:1", of("", 1000)))
	c.Registries = []Registry{{Host: "r.example", Bandwidth: unlimited, RoundTrip: sim.Constant(0.1)}}
	b := newBench(t, 1, c)
	b.ensure(0, podOf("a"), "r.example/app:1", PullAlways)
	b.run(10 * time.Second)
	b.ensure(0, podOf("b"), "r.example/app:1", PullAlways)
	b.run(20 * time.Second)
	b.endedAt("a r.example/app:1", 1400*time.Millisecond)               // 4 round trips, 1,000 MB at 1 GB/s
	b.endedAt("b r.example/app:1", 10*time.Second+300*time.Millisecond) // 3 round trips
	expect(t, "bytes", b.records[1].Bytes, int64(0))
}

func TestNamesThatAreNone(t *testing.T) {
	for _, known := range []bool{true, false} {
		var c *Config
		if known {
			c = plain()
		}
		out := newBench(t, 1, c).ensure(0, podOf("p"), "UPPER:1", PullIfNotPresent)
		expect(t, "reason", out.Reason, "InvalidImageName")
		expect(t, "message", out.Message, `Failed to apply default image tag "UPPER:1": couldn't parse image name "UPPER:1": invalid reference format: repository name (library/UPPER) must be lowercase`)
		expect(t, "event", out.Events[0].Reason, "InspectFailed")
		expect(t, "second event", out.Events[1].Message, "Error: InvalidImageName")
	}
}

func TestWithoutAWordAboutImagesTheyAreAllThere(t *testing.T) {
	b := newBench(t, 1, nil)
	for _, policy := range []string{PullAlways, PullIfNotPresent, PullNever} {
		out := b.ensure(0, podOf("p"), "app", policy)
		expect(t, policy, out.State, Present)
		expect(t, policy, out.Events[0].Message, `Container image "app" already present on machine and can be accessed by the pod`)
	}
	expect(t, "no image at all", b.ensure(0, podOf("p"), "", PullAlways).State, Present)
	expect(t, "events of the engine", b.engine.Pending(), 0)
	expect(t, "notes", len(b.notes), 0)

	// A script makes the one image that it is about one that has to be pulled, once per node.
	five := func(time.Duration) Scripted { return Scripted{Took: 5 * time.Second} }
	expect(t, "scripted", b.ensureScripted(0, podOf("s"), "one", PullIfNotPresent, five).State, Waiting)
	b.run(time.Minute)
	b.endedAt("s one", 5*time.Second)
	expect(t, "once more", b.ensureScripted(0, podOf("t"), "one", PullIfNotPresent, five).State, Present)
}

func TestImagesWithoutAnEntryHaveTheDefaultAndAreCounted(t *testing.T) {
	b := newBench(t, 1, plain())
	b.ensure(0, podOf("p"), "r.example/new:1", PullIfNotPresent)
	expect(t, "notes before it is there", len(b.notes), 0)
	b.run(time.Second)
	b.endedAt("p r.example/new:1", 100*time.Millisecond) // 100 MB at 1 GB/s
	b.ensure(0, podOf("q"), "r.example/new:1", PullIfNotPresent)
	expect(t, "notes", len(b.notes), 1)
	expect(t, "note", b.notes[0], Unlisted)
}

func TestPullsBeginFiveASecondAfterABurstOfTen(t *testing.T) {
	c := plain()
	c.Default = DefaultImage{}
	c.Nodes[0].Kubelet.MaxParallelImagePulls = 0
	b := newBench(t, 1, c)
	ask := func(from, to int) (ok int) {
		for i := from; i < to; i++ {
			b.ensure(0, podOf(string(rune('a'+i))), "r.example/"+string(rune('a'+i))+":1", PullIfNotPresent)
		}
		b.engine.RunUntil(b.engine.Now())
		for i := from; i < to; i++ {
			name := string(rune('a' + i))
			if out := b.results[name+" r.example/"+name+":1"]; out.State == Present {
				ok++
			} else {
				expect(t, "message", out.Message, "pull QPS exceeded")
				expect(t, "reason", out.Reason, ErrImagePull)
			}
		}
		return ok
	}
	expect(t, "of twelve at once", ask(0, 12), 10)
	b.run(1 * time.Second)
	expect(t, "of seven a second later", ask(12, 19), 5)
	b.run(1100 * time.Millisecond)
	expect(t, "of one 100 ms later, with half a token", ask(19, 20), 0)
}

func TestWhatARegistrySaysNoTo(t *testing.T) {
	tests := []struct {
		name string
		set  func(r *Registry)
		pod  []string // pull secrets
		at   time.Duration
		want string
	}{
		{"a registry that is down fails after a round trip", func(r *Registry) { r.Down = true }, nil, 100 * time.Millisecond,
			`failed to resolve reference "r.example/shop/web:1": failed to do request: Head "https://r.example/v2/shop/web/manifests/1": dial tcp: connect: connection refused`},
		{"a tag that is missing", func(r *Registry) { r.Missing = []string{"r.example/shop/web:1"} }, nil, 300 * time.Millisecond,
			`rpc error: code = NotFound desc = failed to pull and unpack image "r.example/shop/web:1": failed to resolve reference "r.example/shop/web:1": r.example/shop/web:1: not found`},
		{"a private repository without a secret", private("shop/web", "regcred"), nil, 300 * time.Millisecond, "pull access denied"},
		{"a private repository with another secret", private("shop/web", "regcred"), []string{"else"}, 300 * time.Millisecond, "pull access denied"},
		{"a private repository with the secret", private("shop/*", "regcred"), []string{"else", "regcred"}, 400 * time.Millisecond, ""},
		{"a secret of another namespace", private("shop/*", "prod/regcred"), []string{"regcred"}, 300 * time.Millisecond, "pull access denied"},
		{"another private repository", private("shop/api", "regcred"), nil, 400 * time.Millisecond, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := plain(entry("r.example/shop/web:1", of("", 0)))
			r := Registry{Host: "r.example", Bandwidth: unlimited, RoundTrip: sim.Constant(0.1)}
			test.set(&r)
			c.Registries = []Registry{r}
			b := newBench(t, 1, c)
			b.ensure(0, podOf("p", test.pod...), "r.example/shop/web:1", PullIfNotPresent)
			b.run(time.Minute)
			b.endedAt("p r.example/shop/web:1", test.at)
			out := b.results["p r.example/shop/web:1"]
			if !strings.Contains(out.Message, test.want) || test.want == "" && out.State != Present {
				t.Errorf("%v %s, want %s", out.State, out.Message, test.want)
			}
		})
	}
}

func private(repository, secret string) func(*Registry) {
	return func(r *Registry) {
		r.Private = []Private{{Repositories: []string{repository}, Secrets: []string{secret}}}
	}
}

func TestAnImageThatASecretPulledIsNotForEveryPod(t *testing.T) {
	c := plain(entry("r.example/web:1", of("", 10)))
	c.Registries = []Registry{{Host: "r.example", Bandwidth: unlimited, Private: []Private{{Repositories: []string{"web"}, Secrets: []string{"regcred"}}}}}
	b := newBench(t, 1, c)
	b.ensure(0, podOf("with", "regcred"), "r.example/web:1", PullIfNotPresent)
	b.run(time.Second)
	expect(t, "the pod with the secret", b.results["with r.example/web:1"].State, Present)
	expect(t, "another with the secret", b.ensure(0, podOf("too", "regcred"), "r.example/web:1", PullIfNotPresent).State, Present)
	expect(t, "without, never", b.ensure(0, podOf("never"), "r.example/web:1", PullNever).Reason, ErrImageNeverPull)
	expect(t, "without", b.ensure(0, podOf("without"), "r.example/web:1", PullIfNotPresent).State, Waiting)
	b.run(2 * time.Second)
	expect(t, "it is denied", b.results["without r.example/web:1"].Reason, ErrImagePull)

	// The first secret that fits is the one that counts.
	c.Registries[0].Private[0].Secrets = []string{"regcred", "second"}
	two := newBench(t, 1, c)
	two.ensure(0, podOf("both", "second", "regcred"), "r.example/web:1", PullIfNotPresent)
	two.run(time.Second)
	expect(t, "with the first", two.ensure(0, podOf("first", "second"), "r.example/web:1", PullIfNotPresent).State, Present)
	expect(t, "with the other", two.ensure(0, podOf("other", "regcred"), "r.example/web:1", PullIfNotPresent).State, Waiting)

	// Images that were there before the kubelet are trusted, unless it is told to verify always.
	for _, test := range []struct {
		policy string
		want   State
	}{{NeverVerifyPreloadedImages, Present}, {NeverVerify, Present}, {AlwaysVerify, Waiting}} {
		c.Nodes[0].Preloaded, c.Nodes[0].Kubelet.Verification = []string{"r.example/web:1"}, test.policy
		expect(t, test.policy, newBench(t, 1, c).ensure(0, podOf("without"), "r.example/web:1", PullIfNotPresent).State, test.want)
	}
}

func TestATagThatGoesAndComesBack(t *testing.T) {
	b := newBench(t, 1, plain(entry("r.example/a:1", of("", 0))))
	for i, missing := range []bool{true, false} {
		if err := b.m.MissingTag(b.engine.Now(), "r.example/a:1", missing); err != nil {
			t.Fatal(err)
		}
		pod := podOf([]string{"first", "second"}[i])
		b.ensure(0, pod, "r.example/a:1", PullIfNotPresent)
		b.run(time.Duration(i+1) * time.Second)
		expect(t, pod.Name, b.results[pod.Name+" r.example/a:1"].State, []State{Failed, Present}[i])
	}
	if err := b.m.MissingTag(0, "UPPER", true); err == nil {
		t.Error("UPPER is taken for a name")
	}
}

func TestAKubeletThatBeginsAnewForgetsItsPulls(t *testing.T) {
	b := newBench(t, 1, plain(entry("r.example/a:1", of("", 1000))))
	b.ensureScripted(0, podOf("bad"), "r.example/bad:1", PullIfNotPresent, never)
	b.run(time.Millisecond)
	b.ensure(0, podOf("a"), "r.example/a:1", PullIfNotPresent)
	b.run(time.Second / 2)
	b.m.Restart(b.engine.Now(), "node-0")
	expect(t, "no back-off", b.ensureScripted(0, podOf("bad"), "r.example/bad:1", PullIfNotPresent, never).State, Waiting)
	b.run(time.Minute)
	if _, ended := b.ended["a r.example/a:1"]; ended {
		t.Error("the pull went on")
	}
	b.m.Forget("node-0", "uid-bad")
	expect(t, "tries", len(b.m.nodes["node-0"].tries), 0)
}
