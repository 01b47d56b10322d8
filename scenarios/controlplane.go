package scenarios

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/world"
)

// controlPlaneBlock says how the controllers work.
type controlPlaneBlock struct {
	Disabled     []string      `yaml:"disabled" doc:"Controllers that do not run, see towtank list controllers. Default none."`
	WriteLatency *durationDist `yaml:"writeLatency" doc:"Time from a controller's request to the instant it is written and answered, without the wait for its client's limit; a value or distribution. Default {lognormal: {median: 4ms, p99: 20ms}}."`
	WatchLatency *durationDist `yaml:"watchLatency" doc:"Time from a write until the controllers have it, a value or distribution. Default {lognormal: {median: 2ms, p99: 12ms}}."`
	ClientQPS    *float64      `yaml:"clientQPS" doc:"Requests a second that each controller may make for long. Default 20."`
	ClientBurst  *int          `yaml:"clientBurst" doc:"Requests that it may make at once after a rest. Default 30."`
}

// compileControlPlane fills in how the controllers work.
func (r *reader) compileControlPlane(c *world.Config) {
	b := &r.doc.ControlPlane
	o := controllers.Options{Disabled: r.disabled(b.Disabled), ClientQPS: controllers.DefaultClientQPS,
		ClientBurst: controllers.DefaultClientBurst, WriteLatency: controllers.DefaultWriteLatency,
		WatchLatency: controllers.DefaultWatchLatency}
	if b.WriteLatency != nil {
		o.WriteLatency = b.WriteLatency.Dist
	}
	if b.WatchLatency != nil {
		o.WatchLatency = b.WatchLatency.Dist
	}
	if q := b.ClientQPS; q != nil {
		o.ClientQPS = *q
		if *q < minQPS || *q > maxQPS {
			r.add("controlPlane.clientQPS", "%v, want a number of requests a second from %v to %v", *q, minQPS, maxQPS)
		}
	}
	if n := b.ClientBurst; n != nil {
		o.ClientBurst = *n
		if *n < 1 || *n > maxBurst {
			r.add("controlPlane.clientBurst", "%d, want from 1 to %d", *n, maxBurst)
		}
	}
	c.ControlPlane = o
	c.Patch = manifest.Strategic(r.start)
}

// The limits of the limits: beyond them a mistyped number is likelier than a wish.
const (
	minQPS   = 0.001
	maxQPS   = 1e6
	maxBurst = 1_000_000
)

// disabled are the names of controllers that do not run.
func (r *reader) disabled(names []string) []string {
	var out []string
	for i, name := range names {
		path := decode.Index("controlPlane.disabled", i)
		info, ok := controllers.Lookup(name)
		switch {
		case !ok:
			r.problems.Add(r.file, decode.Walk(r.root, path), path, "%s", decode.Unknown("controller", name, controllers.Names()))
		case slices.Contains(out, info.Name):
			r.problems.Add(r.file, decode.Walk(r.root, path), path, "%s is named twice", name)
		default:
			out = append(out, info.Name)
		}
	}
	return out
}

// controlPlane adds how the controllers work.
func (l *parameterList) controlPlane(o *controllers.Options) {
	l.add("controlPlane.disabled", cmp.Or(strings.Join(o.Disabled, " "), "none"))
	l.add("controlPlane.writeLatency", distOr(o.WriteLatency, "0s"))
	l.add("controlPlane.watchLatency", distOr(o.WatchLatency, "0s"))
	l.add("controlPlane.clientQPS", strconv.FormatFloat(o.ClientQPS, 'g', -1, 64))
	l.add("controlPlane.clientBurst", strconv.Itoa(o.ClientBurst))
}
