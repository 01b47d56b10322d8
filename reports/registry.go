package reports

import (
	"sort"

	"towtank.dev/towtank/sim/record"
)

// Builder takes in the record of a run and makes a document of it when the record has ended.
type Builder interface {
	record.Sink
	Doc() *Doc
}

// Report is one kind of document.
type Report struct {
	Name string
	Doc  string // one line
	New  func() Builder
}

// registry holds every report, sorted by name.
var registry = []Report{
	{"containers", "The containers that were restarted most, and the images that took longest to pull.", func() Builder { return new(Containers) }},
	{"nodes", "Each node with what was requested of it, by share of its CPU.", func() Builder { return new(Nodes) }},
	{"services", "The traffic to each Service: what was asked, what was lost, and why.", func() Builder { return new(Services) }},
	{"summary", "What a run came to, on one screen: what needs attention first.", func() Builder { return new(Summary) }},
	{"workloads", "Waits, failures and restarts by the owner of the pods; availability and rollouts of workloads.", func() Builder { return new(Workloads) }},
}

// Reports returns all reports, sorted by name.
func Reports() []Report { return registry }

// Lookup finds a report by name.
func Lookup(name string) (Report, bool) {
	i := sort.Search(len(registry), func(i int) bool { return registry[i].Name >= name })
	if i == len(registry) || registry[i].Name != name {
		return Report{}, false
	}
	return registry[i], true
}
