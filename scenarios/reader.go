package scenarios

import (
	"maps"
	"reflect"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/traces"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/kubelet"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// reader reads the files of one run. It collects problems and goes on, so that all are told at once.
type reader struct {
	options Options
	file    string // the scenario's, as messages name it; "" without one
	dir     string // of the scenario, which names in it are relative to
	root    *yaml.Node
	doc     document

	start      time.Time
	startGiven bool

	problems decode.Problems
	inputs   []record.Input

	// elsewhere is where files are that a run had by an absolute name, when it is made again; asWas is the
	// other way round.
	elsewhere, asWas map[string]string

	arguments []string            // manifest files and folders named on the command line
	static    []kubelet.StaticPod // that kubelets have files of
	objects   []object            // the cluster's, in the order of the files
	created   []object            // those that the timeline brings
	trace     *traces.Trace
	ignored   tallies
	patching  patching // what the patch being read is about
	by        string   // path of the verb being read
}

// object is an object with its place; line 0 when it was generated.
type object struct {
	model.Object
	file         string
	line, column int
	path         string // of the object in the file, "" when it is a document
	by           string // path of the verb that brings it, "" for the cluster's
}

// problem notes a fault of a field of the object.
func (o *object) problem(problems *decode.Problems, path, format string, args ...any) {
	at := o.path
	if path != "" {
		at = strings.TrimPrefix(o.path+"."+path, ".")
	}
	problems.AddAt(o.file, o.line, o.column, at, format, args...)
}

// place is where the object stands, for messages.
func (o *object) place() string {
	if o.line == 0 {
		return o.file
	}
	return o.file + ":" + strconv.Itoa(o.line) + ":" + strconv.Itoa(o.column)
}

func newReader(o Options) *reader {
	return &reader{options: o, dir: ".", start: defaultStart}
}

// decoder returns the decoder of a file, with the forms that scenarios have for some types.
func (r *reader) decoder(file string) *decode.Decoder {
	hooks := map[reflect.Type]decode.Hook{
		reflect.TypeFor[time.Duration]():    durationHook,
		reflect.TypeFor[time.Time]():        timeHook,
		reflect.TypeFor[period]():           periodHook,
		reflect.TypeFor[ending]():           r.endingHook,
		reflect.TypeFor[durationDist]():     r.durationDistHook,
		reflect.TypeFor[numberDist]():       r.numberDistHook,
		reflect.TypeFor[sim.Dist]():         r.distHook,
		reflect.TypeFor[pathList]():         r.pathsHook,
		reflect.TypeFor[model.Object]():     r.templateHook,
		reflect.TypeFor[[]verbs.Manifest](): r.manifestsHook,
		reflect.TypeFor[verbs.Merge]():      r.patchHook,
		reflect.TypeFor[verbs.Aim]():        aimHook,
		reflect.TypeFor[byteCount]():        byteCountHook,
		reflect.TypeFor[bytesPerSecond]():   bandwidthHook,
	}
	maps.Copy(hooks, r.behaviourHooks())
	maps.Copy(hooks, r.trafficHooks())
	return &decode.Decoder{File: file, Problems: &r.problems, Hooks: hooks}
}

// at is the node at a path of keys in the scenario, nil where there is none.
func (r *reader) at(keys ...string) *yaml.Node {
	n := r.root
	for _, key := range keys {
		if n == nil {
			return nil
		}
		n = decode.Get(n, key)
	}
	return n
}

// add notes a problem at a field of the scenario, named by its path of keys.
func (r *reader) add(path, format string, args ...any) {
	r.problems.Add(r.file, r.at(strings.Split(path, ".")...), path, format, args...)
}

func (r *reader) pathsHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var paths pathList
	for i, one := range list {
		one, at := decode.Resolve(one), path
		if n.Kind == yaml.SequenceNode {
			at = decode.Index(path, i)
		}
		if text, ok := d.Text(one, at); ok && text == "" {
			d.Add(one, at, "empty, want a file, a folder or a glob")
		} else if ok {
			paths = append(paths, located{text, one, at})
		}
	}
	out.Set(reflect.ValueOf(paths))
}

// compile turns what was read into a Config. What is wrong has become a problem.
func (r *reader) compile() *world.Config {
	c := &world.Config{
		Name: r.doc.Metadata.Name, Description: r.doc.Metadata.Description, Version: r.options.Version,
		Seed: defaultSeed, Start: r.start, Sample: defaultSample, TerminatedPods: world.DefaultTerminatedPods,
	}
	r.compileRun(c)
	r.compileCluster(c)
	r.compileControlPlane(c)
	c.Scheduler = r.scheduler()
	c.Images = r.images()
	r.compileKubelet(c)
	c.Behaviours = r.behaviours()
	r.compileTimeline(c)
	r.compileFaults(c)
	c.Traffic = r.compileTraffic()
	c.Metrics = r.compileMetrics()
	r.checkKubeletNodes()
	c.Annotations = r.annotations()
	c.Extended = r.extended(c)
	c.Notes = r.notes()
	return c
}

// compileRun fills in the run itself: seed, length and sampling.
func (r *reader) compileRun(c *world.Config) {
	if r.doc.Seed != nil {
		c.Seed = *r.doc.Seed
	}
	if r.options.Seed != nil {
		c.Seed = *r.options.Seed
	}
	r.compileEnd(c)
	p := r.doc.Sample
	if r.options.Sample != "" {
		p = r.parsePeriod(r.options.Sample)
	}
	if p != nil {
		c.Sample = p.every // 0 when it is at every change
	}
	if n := r.doc.Cluster.TerminatedPods; n != nil {
		c.TerminatedPods = *n
		if *n < 1 {
			r.add("cluster.terminatedPods", "%d, want at least 1", *n)
		}
	}
	if u := r.options.Unmodelled; u != "" && u != "refuse" && u != "ignore" {
		r.problems.AddAt("--unmodelled", 0, 0, "", "%q is not known, want refuse or ignore", u)
	}
	if u := r.doc.Unmodelled; u != "" && u != "refuse" && u != "ignore" {
		r.add("unmodelled", "%q is not known, want refuse or ignore", u)
	}
}

// compileEnd fills in when the run ends.
func (r *reader) compileEnd(c *world.Config) {
	duration, until := r.doc.Duration, r.doc.Until
	switch {
	case r.options.Until == "idle":
		until, duration = &ending{idle: true}, nil
	case r.options.Until != "":
		span, err := ParseDuration(r.options.Until)
		switch {
		case err != nil:
			r.problems.AddAt("--until", 0, 0, "", "%v (or idle)", err)
			return
		case span <= 0:
			r.problems.AddAt("--until", 0, 0, "", "%s is not after the start, want a duration such as 2h, or idle", r.options.Until)
			return
		}
		duration, until = &span, nil
	}
	if duration != nil && *duration == 0 {
		r.add("duration", "0s, want a duration above 0, e.g. 2h")
	}
	switch {
	case duration != nil && until != nil && !until.idle:
		r.add("until", "an instant beside duration, want one of them")
	case duration != nil:
		c.Duration, c.UntilIdle = *duration, until != nil
	case until != nil && !until.idle:
		if c.Duration = until.at.Sub(0); c.Duration == 0 {
			r.add("until", "0s, want an instant after the start")
		}
	default:
		c.UntilIdle = true
	}
}

func (r *reader) parsePeriod(text string) *period {
	if text == "change" {
		return &period{change: true}
	}
	span, err := ParseDuration(text)
	if err == nil && span > 0 {
		return &period{every: span}
	}
	r.problems.AddAt("--sample", 0, 0, "", "%q is not a period, want a duration such as 1m, or change", text)
	return nil
}
