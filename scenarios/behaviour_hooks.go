package scenarios

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// behaviourHooks read what has a form of its own in behaviours.
func (r *reader) behaviourHooks() map[reflect.Type]decode.Hook {
	return map[reflect.Type]decode.Hook{
		reflect.TypeFor[behaviour.RunTime]():  r.runHook,
		reflect.TypeFor[behaviour.StopTime](): r.stopHook,
		reflect.TypeFor[exitCode]():           exitHook,
		reflect.TypeFor[startBlock]():         startHook,
		reflect.TypeFor[hookBlock]():          r.hookHook,
		reflect.TypeFor[answersBlock]():       answersHook,
		reflect.TypeFor[portBlock]():          portHook,
		reflect.TypeFor[untilBlock]():         untilHook,
		reflect.TypeFor[pullList]():           r.pullHook,
		reflect.TypeFor[pullBlock]():          pullEntryHook,
		reflect.TypeFor[curveBlock]():         curveHook,
		reflect.TypeFor[portName]():           portNameHook,
		reflect.TypeFor[instantOfRun]():       r.instantHook,
		reflect.TypeFor[amount]():             amountHook,
		reflect.TypeFor[factorDist]():         r.factorHook,
	}
}

// into decodes a node into a form and says whether nothing was wrong with it.
func into(d *decode.Decoder, n *yaml.Node, path string, form any) bool {
	before := d.Problems.Len()
	d.Into(n, path, form)
	return d.Problems.Len() == before
}

// runHook reads a time to run: forever, a span or a distribution.
func (r *reader) runHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Value == "forever" {
		out.Set(reflect.ValueOf(behaviour.RunTime{Forever: true}))
		return
	}
	if dist := r.durationDist(d, n, path); dist != nil {
		out.Set(reflect.ValueOf(behaviour.RunTime{Dist: dist}))
	}
}

// stopForm is the long form of a time to stop.
type stopForm struct {
	After *durationDist `yaml:"after"`
	Exit  *exitCode     `yaml:"exit"`
}

// exitCode is a code from 0 to 255.
type exitCode uint8

// stopHook reads a time to stop: ignore, a span, a distribution, or {after, exit}.
func (r *reader) stopHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "ignore":
		out.Set(reflect.ValueOf(behaviour.StopTime{Ignore: true}))
	case n.Kind == yaml.MappingNode && (decode.Get(n, "after") != nil || decode.Get(n, "exit") != nil):
		var form stopForm
		if !into(d, n, path, &form) {
			return
		}
		stop := behaviour.StopTime{Dist: form.After.dist()}
		if form.Exit != nil {
			stop.Exit, stop.HasExit = int32(*form.Exit), true
		}
		out.Set(reflect.ValueOf(stop))
	default:
		if dist := r.durationDist(d, n, path); dist != nil {
			out.Set(reflect.ValueOf(behaviour.StopTime{Dist: dist}))
		}
	}
}

func exitHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if code, ok := d.Int(n, path, 0, 255); ok {
		out.SetUint(uint64(code))
	}
}

// startForm, and the other forms, are blocks as they are decoded, before they are looked at as a whole.
type startForm startBlock

func startHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form startForm
	if into(d, n, path, &form) && form.Run == nil && form.Exit == nil && form.Reason == "" {
		d.Add(n, path, "says nothing, want one of %s", strings.Join(fieldNames(reflect.TypeFor[startBlock]()), ", "))
	}
	out.Set(reflect.ValueOf(startBlock(form)))
}

type hookForm hookBlock

// hookHook reads how a hook goes: its fields, or how long it takes.
func (r *reader) hookHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	names := fieldNames(reflect.TypeFor[hookBlock]())
	if n.Kind != yaml.MappingNode || len(n.Content) > 0 && !slices.Contains(names, n.Content[0].Value) && isFamily(n.Content[0].Value) {
		if dist := r.durationDist(d, n, path); dist != nil {
			out.Set(reflect.ValueOf(hookBlock{Takes: &durationDist{dist}}))
		}
		return
	}
	var form hookForm
	into(d, n, path, &form)
	out.Set(reflect.ValueOf(hookBlock(form)))
}

func isFamily(name string) bool { return slices.Contains(familyNames(), name) }

type portForm portBlock

func portHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form portForm
	if !into(d, n, path, &form) {
		return
	}
	if form.Port < 1 || form.Port > 65535 {
		d.Add(n, decode.Join(path, "port"), "%d, want a port from 1 to 65535", form.Port)
	}
	if form.Restart != nil && *form.Restart < 0 {
		d.Add(decode.Get(n, "restart"), decode.Join(path, "restart"), "%d is negative, want 0 for the first start or more", *form.Restart)
	}
	for i, in := range form.Open {
		if in.To != nil && *in.To <= in.From {
			at := decode.Index(decode.Join(path, "open"), i)
			d.Add(decode.Walk(decode.Get(n, "open"), decode.Index("", i)), at, "to %v is not after from %v", *in.To, in.From)
		}
	}
	out.Set(reflect.ValueOf(portBlock(form)))
}

type untilForm untilBlock

// podStates are what an init container may wait for a pod to be.
var podStates = []string{"Ready", "Running", "Succeeded", "Failed", "Gone"}

func untilHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form untilForm
	if !into(d, n, path, &form) {
		return
	}
	given := 0
	for _, is := range []bool{form.Service != "", form.Pod != "", form.Time != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		d.Add(n, path, "%d of service, pod and time, want one of them", given)
	case form.Ready != nil && form.Service == "":
		d.Add(decode.Get(n, "ready"), decode.Join(path, "ready"), "is of a service, this waits for something else")
	case form.Ready != nil && *form.Ready < 1:
		d.Add(decode.Get(n, "ready"), decode.Join(path, "ready"), "%d, want at least 1", *form.Ready)
	case form.State != "" && form.Pod == "":
		d.Add(decode.Get(n, "state"), decode.Join(path, "state"), "is of a pod, this waits for something else")
	case form.State != "" && !slices.Contains(podStates, form.State):
		d.Add(decode.Get(n, "state"), decode.Join(path, "state"), "%s", decode.Unknown("state", form.State, podStates))
	}
	form.make()
	out.Set(reflect.ValueOf(untilBlock(form)))
}

// make fills in what the container waits for, with what is left out.
func (u *untilForm) make() {
	m := behaviour.Until{Namespace: u.Namespace, Service: u.Service, Pod: u.Pod, State: u.State}
	if u.Service != "" {
		m.Ready = 1
		if u.Ready != nil {
			m.Ready = *u.Ready
		}
	}
	if u.Pod != "" && u.State == "" {
		m.State = podStates[0]
	}
	if u.Time != nil {
		m.At, m.HasAt = u.Time.Time, true
	}
	if u.Every != nil {
		m.Every = *u.Every
	}
	u.made = m
}

// pullHook reads how pulls go: how long, one entry, or a list of them.
func (r *reader) pullHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var list []pullBlock
	switch {
	case n.Kind == yaml.SequenceNode:
		into(d, n, path, &list)
	case n.Kind == yaml.MappingNode && !(len(n.Content) > 0 && isFamily(n.Content[0].Value)):
		list = make([]pullBlock, 1)
		into(d, n, path, &list[0])
	default:
		if dist := r.durationDist(d, n, path); dist != nil {
			list = []pullBlock{{Takes: &durationDist{dist}}}
		}
	}
	out.Set(reflect.ValueOf(pullList(list)))
}

type pullForm pullBlock

func pullEntryHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form pullForm
	if into(d, n, path, &form) && form.Takes == nil && form.Error == "" && form.From == 0 {
		d.Add(n, path, "says nothing, want takes, error or both; from alone says that pulls go as usual then")
	}
	out.Set(reflect.ValueOf(pullBlock(form)))
}

// portNameHook reads a port: a number or a name.
func portNameHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
		if port, ok := d.Int(n, path, 1, 65535); ok {
			out.SetString(strconv.FormatInt(port, 10))
		}
		return
	}
	if name, ok := d.Text(n, path); ok {
		out.SetString(name)
	}
}

func (r *reader) instantHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if at, ok := r.instant(d, n, path); ok {
		out.Set(reflect.ValueOf(instantOfRun{at}))
	}
}

// factorHook reads a factor: a distribution of numbers that are not below 0.
func (r *reader) factorHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "%s, want a distribution of factors, e.g. {uniform: {min: 0.8, max: 1.2}}", decode.Kind(n))
		return
	}
	dist := r.family(d, n, path, number)
	if dist == nil {
		return
	}
	if err := sim.NonNegative(dist); err != nil {
		d.Add(n, path, "%v", err)
		return
	}
	out.Set(reflect.ValueOf(factorDist{dist}))
}
