package simtest

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// cluster is what a script is about.
type cluster struct {
	session *world.Session
	log     []string
}

// options are the key=value words of a command, in their order.
type options struct{ keys, values []string }

func parseOptions(words []string) (options, error) {
	var o options
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			return o, fmt.Errorf("%q is not key=value", word)
		}
		o.keys, o.values = append(o.keys, key), append(o.values, value)
	}
	return o, nil
}

func (o options) get(key, otherwise string) string {
	for i := range o.keys {
		if o.keys[i] == key {
			return o.values[i]
		}
	}
	return otherwise
}

// command runs one command.
func (c *cluster) command(out io.Writer, words []string) error {
	if c.session == nil {
		var setup []string
		if words[0] == "cluster" {
			setup = words[1:]
		}
		if err := c.open(setup); err != nil || words[0] == "cluster" {
			return err
		}
	}
	switch words[0] {
	case "run":
		d, err := time.ParseDuration(words[1])
		if err == nil {
			c.session.RunUntil(c.session.Now().Add(d))
		}
		return err
	case "status":
		c.status(out)
		return nil
	case "log":
		for _, line := range c.log {
			fmt.Fprintln(out, line)
		}
		c.log = nil
		return nil
	}
	return c.change(words[0], words[1], words[2:])
}

// change runs a command that changes the object called name.
func (c *cluster) change(command, name string, rest []string) error {
	node := verbs.Target{Kind: model.KindNode, Name: name}
	switch command {
	case "cordon":
		return c.do(&verbs.Cordon{Target: node})
	case "uncordon":
		return c.do(&verbs.Uncordon{Target: node})
	case "taint-node":
		return c.do(&verbs.Taint{Target: node, Taints: rest, Overwrite: true})
	case "delete-node":
		return c.do(&verbs.Delete{Target: node})
	}
	o, err := parseOptions(rest)
	if err != nil {
		return err
	}
	switch command {
	case "add-node":
		// A node that has been there, and is ready: one that is created comes with the taint not-ready.
		_, err = c.session.API().Load(newNode(name, o))
	case "create-pod":
		var pod *model.Pod
		var count int64
		if pod, count, err = newPod(name, o); err == nil {
			err = c.do(&verbs.Create{Template: pod, Count: count})
		}
	case "delete-pod":
		err = c.deletePod(name, o)
	case "label-node":
		err = c.do(&verbs.Label{Target: node, Set: map[string]string{o.keys[0]: o.values[0]}, Overwrite: true})
	default:
		err = fmt.Errorf("unknown command %q", command)
	}
	return err
}

func (c *cluster) do(v verbs.Verb) error {
	if check, ok := v.(verbs.Checker); ok {
		if err := check.Check(); err != nil {
			return err
		}
	}
	return c.session.Do(v, "script")
}

func (c *cluster) deletePod(name string, o options) error {
	v := &verbs.Delete{Target: verbs.Target{Kind: model.KindPod, Name: name}}
	if text := o.get("grace", ""); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		v.GracePeriod = &seconds
	}
	return c.do(v)
}

// open builds the empty cluster.
func (c *cluster) open(words []string) error {
	o, err := parseOptions(words)
	if err != nil {
		return err
	}
	cfg := &world.Config{Name: "script", Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Sample: time.Hour,
		Annotations: annotated, Kubelet: timers(o)}
	if cfg.Seed, err = strconv.ParseUint(o.get("seed", "1"), 10, 64); err != nil {
		return err
	}
	for _, l := range []struct {
		key, otherwise string
		to             *sim.Dist
	}{{"decision", "1ms", &cfg.Scheduler.DecisionLatency}, {"bind", "10ms", &cfg.Scheduler.BindLatency}, {"watch", "0s", &cfg.WatchLatency}} {
		d, err := time.ParseDuration(o.get(l.key, l.otherwise))
		if err != nil {
			return err
		}
		*l.to = sim.Constant(d.Seconds())
	}
	c.session, err = world.Open(cfg, world.RunOptions{Watch: c.watch})
	if err == nil {
		c.log = nil // what every cluster has
	}
	return err
}

// timers are the kubelets': with relist=0, which is the default here, what containers do is seen at once.
func timers(o options) *kubelet.Timers {
	t := kubelet.DefaultTimers()
	if o.get("relist", "0") == "0" {
		t.Relist = 0
	}
	return &t
}

// watch keeps what changes.
func (c *cluster) watch(at sim.Time, _, kind string, o model.Object) {
	text := ""
	switch o := o.(type) {
	case *model.Pod:
		text = o.Name + "  " + podLine(o)
	case *model.Event:
		text = fmt.Sprintf("%s  event %s %s x%d: %s", o.Object.Name, o.Type, o.Reason, o.Count, withoutUID(o.Message))
	case *model.Node:
		text = o.Name + "  " + nodeLine(o)
	default:
		return
	}
	if kind == apiserver.Deleted.String() {
		text = o.Meta().Name + "  DELETED"
	}
	c.log = append(c.log, fmt.Sprintf("%9.3f  %s", at.Seconds(), text))
}

func (c *cluster) status(out io.Writer) {
	for n := range c.session.API().Nodes.All() {
		fmt.Fprintf(out, "%s  %s\n", n.Name, nodeLine(n))
	}
	for p := range c.session.API().Pods.All() {
		fmt.Fprintf(out, "%s  %s  %s\n", p.Name, strings.TrimSuffix(p.NodeName+" ", " "), podLine(p))
	}
}

// annotated reads the behaviours that newPod has put into a pod's annotations.
func annotated(pod *model.Pod) ([]kubelet.Behaviour, error) {
	named, all := []kubelet.Behaviour{}, kubelet.Behaviour{}
	for _, key := range []string{"startup", "ready", "run", "exit", "stop"} {
		for i := range pod.Spec.InitContainers {
			named = appendBehaviour(named, pod, key, pod.Spec.InitContainers[i].Name)
		}
		for i := range pod.Spec.Containers {
			named = appendBehaviour(named, pod, key, pod.Spec.Containers[i].Name)
		}
		if text, ok := pod.Annotations[kubelet.AnnotationPrefix+key]; ok {
			set(&all, key, text)
		}
	}
	return append(named, all), nil
}

func appendBehaviour(list []kubelet.Behaviour, pod *model.Pod, key, container string) []kubelet.Behaviour {
	text, ok := pod.Annotations[kubelet.AnnotationPrefix+key+"."+container]
	if !ok {
		return list
	}
	b := kubelet.Behaviour{Match: kubelet.Match{Container: container}}
	set(&b, key, text)
	return append(list, b)
}

// set sets a field of a behaviour. Scripts are the project's own: what is wrong in one panics.
func set(b *kubelet.Behaviour, key, text string) {
	d := sim.Dist(nil)
	if text != "ignore" && key != "exit" {
		parsed, err := time.ParseDuration(text)
		if err != nil {
			panic(err)
		}
		d = sim.Constant(parsed.Seconds())
	}
	switch key {
	case "startup":
		b.Startup = d
	case "ready":
		b.Ready = d
	case "run":
		b.Run = &kubelet.RunTime{Dist: d}
	case "stop":
		b.Stop = &kubelet.StopTime{Ignore: text == "ignore", Dist: d, HasExit: true}
	case "exit":
		code, err := strconv.Atoi(text)
		if err != nil {
			panic(err)
		}
		b.Exit = sim.Constant(float64(code))
	}
}
