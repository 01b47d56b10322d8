package scheduler

import (
	"towtank.dev/towtank/scheduler/cache"
	"towtank.dev/towtank/scheduler/framework"
)

// fast is the runtime that keeps answers. What plugins say of a node is kept for all pods that they
// cannot tell apart, and asked again only where a node has changed. A pod that needs more than this
// is left to the naive runtime, whose decisions are the definition of the right ones.
type fast struct {
	core *Core
	// decided counts the cycles that were not left to the naive runtime, of cycles.
	decided, cycles uint64

	journal  *cache.Journal
	programs map[*profile]*program
	lists    uint64

	// nodes are those of the snapshot, rows what plain pods need of them; rowOf finds a node's row by its
	// index, -1 for a node that is not listed.
	nodes []*framework.NodeInfo
	rows  []framework.Row
	rowOf []int32

	// log holds the changes of rows from logStart on.
	log      []rowChange
	logStart uint64

	domains  domains
	volumes  volumeNodes
	statuses statusTable
	kept     archive
	narrow   answers    // of a pod that names its nodes
	memos    []specMemo // to be used
	resized  specMemo   // of a pod that holds more than its spec says
	once     answers    // of a key that comes for the first time

	// The rest is of the cycle under way.

	program               *program
	skipFilter, skipScore []bool
	search                search
	fit                   [blockRows]bool
}

// rowChange is a node that has changed, by row.
type rowChange struct {
	row    int32
	object bool
}

// newFast makes the runtime for a core.
func newFast(c *Core) *fast {
	f := &fast{core: c, journal: c.cache.Keep(), programs: map[*profile]*program{}}
	f.domains = domains{f: f, columns: map[string]*column{}, inclusions: map[string]*inclusion{}, censuses: map[censusKey]*census{}, groups: map[string]*group{}, classes: map[string]*labelClass{}, labels: map[string]*label{}, hosts: hostCounts{few: fewOnHosts, places: maxPlaces}}
	f.volumes.f = f
	for i, p := range c.order {
		pr := newProgram(p, i)
		f.programs[p] = pr
		f.domains.on = f.domains.on || pr.spread != nil || pr.affinity != nil
	}
	return f
}

// end is the place after the last change of the log.
func (f *fast) end() uint64 { return f.logStart + uint64(len(f.log)) }

// refresh takes in what the cache's journal tells. The snapshot must be up to date.
func (f *fast) refresh() {
	j := f.journal
	f.domains.refresh(j)
	if f.lists != j.Lists {
		f.lists = j.Lists
		f.relist()
	} else {
		if len(f.log)+len(j.Changes) > 2*len(f.nodes)+1024 {
			f.logStart = f.end()
			f.log = f.log[:0]
		}
		for _, change := range j.Changes {
			row := f.rowOf[change.Index]
			f.rows[row].Set(f.nodes[row])
			f.log = append(f.log, rowChange{row, change.Object})
		}
	}
	j.Changes = j.Changes[:0]
	clear(j.Pods)
	j.Pods, j.Lost = j.Pods[:0], false
}

// relist takes in a new list of nodes: all that was kept by row is void.
func (f *fast) relist() {
	old := f.nodes
	f.nodes = f.core.snapshot.Nodes
	f.rows = zeroed(f.rows, len(f.nodes))
	f.rowOf = zeroed(f.rowOf, f.core.cache.Indexes())
	for i := range f.rowOf {
		f.rowOf[i] = -1
	}
	for row, n := range f.nodes {
		f.rowOf[n.Index] = int32(row)
		f.rows[row].Set(n)
	}
	f.logStart = f.end() + 1
	f.log = f.log[:0]
	f.kept.relist()
	f.domains.relist(old, f.nodes, f.core.cache.Indexes())
}

// schedule decides, or returns false: then nothing has happened, and the naive runtime must decide.
// The snapshot must be up to date.
func (f *fast) schedule(cy *Cycle) bool {
	f.cycles++
	f.refresh()
	f.program = f.programs[cy.profile]
	if !f.program.usable || len(f.nodes) == 0 || cy.Pod.NodeName != "" || f.program.concerns(cy.info, f.core.cache) {
		return false
	}
	var plan *domainPlan
	if !f.program.idle(cy.info, f.domains.affine) {
		f.domains.thin()
		if plan = f.domains.plan(f.program, cy.info); !plan.usable() {
			return false
		}
	}
	volumes, ok := f.volumePlan(cy.info)
	if !ok {
		return false
	}
	a := f.answers(cy.info)
	if a == nil || !f.except(cy.info) {
		return false
	}
	if invariants {
		f.check(a, volumes, cy.info)
	}
	f.search.prepare(plan, volumes)
	if a.object.names != nil {
		return f.named(cy, a)
	}
	rejected, done := f.own(cy, a)
	if !done {
		if !f.search.run(f, a, cy.info) {
			return false
		}
		f.search.also(rejected, f.core.start, len(f.nodes))
		f.conclude(cy, a, plan)
	}
	f.decided++
	return true
}
