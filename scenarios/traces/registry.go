package traces

import (
	"fmt"
	"sort"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

// Format is one kind of trace.
type Format struct {
	Name    string
	Doc     string   // one line
	Replays []string // the replays it knows; the first is the default
	Open    func(Options) (*Trace, error)
}

// formats holds every format, sorted by name.
var formats = []Format{
	openb,
}

// Formats returns the known formats, sorted by name.
func Formats() []Format { return formats }

// Options say what to read and how.
type Options struct {
	Nodes  string // path of the node list
	Pods   string // path of the pod list
	Replay string // "" for the format's default
	GPU    string // mapping of GPUs, "" for the format's default
}

// Trace is an opened trace: the nodes are there, the pods come when asked for.
type Trace struct {
	Format   string
	Replay   string
	GPU      string
	Nodes    []model.Object
	Extended []string // extended resources of the nodes, sorted
	Arrivals world.Arrivals
	Files    []string      // what was read, for the scenario's hash
	Notes    []record.Note // node rows that were left out, by reason
}

// Problems are all that is wrong with a trace, each as "file:line:column: what: what would be right".
type Problems []string

func (p Problems) Error() string { return strings.Join(p, "\n") }

// Open opens a trace of a named format. Errors are Problems.
func Open(format string, o Options) (*Trace, error) {
	i := sort.Search(len(formats), func(i int) bool { return formats[i].Name >= format })
	if i == len(formats) || formats[i].Name != format {
		return nil, Problems{fmt.Sprintf("trace format %q is not known, want one of %s", format, names())}
	}
	f := formats[i]
	if o.Replay == "" {
		o.Replay = f.Replays[0]
	}
	for _, replay := range f.Replays {
		if replay == o.Replay {
			return f.Open(o)
		}
	}
	return nil, Problems{fmt.Sprintf("replay %q is not known to trace format %s, want %s", o.Replay, format, strings.Join(f.Replays, ", "))}
}

func names() string {
	all := make([]string, len(formats))
	for i, f := range formats {
		all[i] = f.Name
	}
	return strings.Join(all, ", ")
}
