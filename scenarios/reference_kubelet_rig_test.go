package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	life "towtank.dev/towtank/sim/behaviour"
)

// rigBehaviours are the behaviours that a pod of the kubelet recordings is given by its annotations rig/….
// Answers change up to 5 ms sooner or later than they should, by the seed.
func rigBehaviours(t *testing.T, pod *model.Pod, seed uint64) []life.Behaviour {
	t.Helper()
	jitter := sim.KeyedSource(seed, "answers", pod.Name, 0)
	shift := time.Duration(milliseconds{-5, 5}.Sample(&jitter) * float64(time.Second))
	made := map[string]*life.Behaviour{}
	var order []string
	of := func(container string) *life.Behaviour {
		if made[container] == nil {
			made[container] = &life.Behaviour{Place: pod.Name + "/" + container,
				Match: life.Match{Namespace: pod.Namespace, Pod: pod.Name, Container: container}}
			order = append(order, container)
		}
		return made[container]
	}
	var keys []string
	for key := range pod.Annotations {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		value := pod.Annotations[key]
		name, rig := strings.CutPrefix(key, "rig/")
		if !rig {
			t.Fatalf("annotation %s", key)
		}
		if name == "pull" {
			for _, item := range strings.Split(value, ",") {
				of("").Pull = append(of("").Pull, scriptedPulls(t, item)...)
			}
			continue
		}
		container, field, _ := strings.Cut(name, ".")
		rigField(t, of(container), field, value)
	}
	var out []life.Behaviour
	for _, container := range order {
		for i := range made[container].Answers {
			for j := range made[container].Answers[i].Says {
				if says := &made[container].Answers[i].Says[j]; says.From > 0 {
					says.From += shift
				}
			}
		}
		out = append(out, *made[container])
	}
	return out
}

func rigField(t *testing.T, b *life.Behaviour, field, value string) {
	t.Helper()
	switch kind, word, _ := strings.Cut(field, "."); kind {
	case "run":
		for _, item := range strings.Split(value, ",") {
			b.Restarts = append(b.Restarts, rigStart(t, item))
		}
	case "exec":
		a := life.Answers{Kind: "exec", Word: word}
		for _, item := range strings.Split(value, ",") {
			says := life.Says{}
			item = rigRestart(t, item, &says.Restart, &says.OnlyRestart)
			if slow, ok := strings.CutPrefix(item, "slow@"); ok {
				from, takes, _ := strings.Cut(slow, ":")
				says.From, says.Takes = rigSpan(t, from), rigSeconds(t, takes)
			} else {
				from, code, _ := strings.Cut(item, ":")
				says.From, says.Reply = rigSpan(t, from), &life.Reply{Exit: int32(rigNumber(t, code))}
			}
			a.Says = append(a.Says, says)
		}
		b.Answers = append(b.Answers, a)
	case "http":
		path, items, _ := strings.Cut(value, "=")
		a := life.Answers{Kind: "httpGet", Path: path}
		for _, item := range strings.Split(items, ",") {
			says := life.Says{}
			item = rigRestart(t, item, &says.Restart, &says.OnlyRestart)
			from, code, _ := strings.Cut(item, ":")
			says.From, says.Reply = rigSpan(t, from), &life.Reply{Status: rigNumber(t, code)}
			if code[0] == '3' {
				says.Reply.Redirect = "http://elsewhere.example/"
			}
			a.Says = append(a.Says, says)
		}
		b.Answers = append(b.Answers, a)
	case "listen":
		var ports []life.Port
		for _, item := range strings.Split(value, ",") {
			port, times, _ := strings.Cut(item, "@")
			from, to, _ := strings.Cut(times, "-")
			open := life.Interval{From: rigSpan(t, from), To: life.Forever}
			if to != "" {
				open.To = rigSpan(t, to)
			}
			if len(ports) == 0 {
				ports = append(ports, life.Port{Port: int32(rigNumber(t, port))})
			}
			ports[0].Open = append(ports[0].Open, open)
		}
		b.Ports = ports
	case "stop":
		b.Stop = &life.StopTime{Ignore: value == "ignore"}
		if value != "ignore" {
			after, code, _ := strings.Cut(value, ":")
			ms := rigSpan(t, after).Seconds() * 1000
			b.Stop.Dist, b.Stop.Exit, b.Stop.HasExit = milliseconds{ms, ms + 5}, int32(rigNumber(t, code)), true
		}
	case "starttime":
		b.Startup = rigSeconds(t, value)
	default:
		t.Fatalf("annotation rig/….%s", field)
	}
}

// rigRestart takes off what says that an item holds in one restart only.
func rigRestart(t *testing.T, item string, restart *int32, only *bool) string {
	if rest, ok := strings.CutPrefix(item, "#"); ok {
		count, tail, _ := strings.Cut(rest, "/")
		*restart, *only = int32(rigNumber(t, count)), true
		return tail
	}
	return item
}

func rigStart(t *testing.T, item string) life.Start {
	if item == "forever" {
		return life.Start{Run: &life.RunTime{Forever: true}}
	}
	parts := strings.Split(item, ":")
	s := life.Start{Run: &life.RunTime{Dist: rigSeconds(t, parts[0])}, Exit: sim.Constant(rigNumber(t, parts[1]))}
	if len(parts) > 2 {
		s.Reason = parts[2]
	}
	return s
}

// scriptedPulls reads IMAGE=5s, IMAGE=fail or IMAGE=fail@0s-25s:2s.
func scriptedPulls(t *testing.T, item string) []life.Pull {
	image, how, _ := strings.Cut(item, "=")
	fails, failing := strings.CutPrefix(how, "fail")
	if !failing {
		return []life.Pull{{Image: image, Takes: rigSeconds(t, how)}}
	}
	fail := life.Pull{Image: image, Error: fmt.Sprintf("failed to pull and unpack image %q: scripted failure", image)}
	if fails == "" {
		return []life.Pull{fail}
	}
	times, takes, slow := strings.Cut(strings.TrimPrefix(fails, "@"), ":")
	from, to, _ := strings.Cut(times, "-")
	fail.From = rigSpan(t, from)
	if slow {
		fail.Takes = rigSeconds(t, takes)
	}
	return []life.Pull{fail, {Image: image, From: rigSpan(t, to), Takes: sim.Constant(0)}}
}

func rigSpan(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rigSeconds(t *testing.T, text string) sim.Dist {
	t.Helper()
	return sim.Constant(rigSpan(t, text).Seconds())
}

func rigNumber(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
