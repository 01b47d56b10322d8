package record

import (
	"fmt"
	"strconv"

	"towtank.dev/towtank/sim"
)

// sampleColumns are the columns of series.csv that every run has.
var sampleColumns = []column[Sample]{
	instantColumn("time", "instant of the sample, after everything else that happens at it", func(r *Sample) *sim.Time { return &r.At }),
	intColumn("nodes", "", "nodes there", func(r *Sample) *int64 { return &r.Nodes }),
	intColumn("nodes_ready", "", "nodes with the Ready condition True", func(r *Sample) *int64 { return &r.ReadyNodes }),
	intColumn("pods", "", "pod objects there, ended ones too", func(r *Sample) *int64 { return &r.Pods }),
	intColumn("pending", "", "pods in phase Pending", func(r *Sample) *int64 { return &r.Pending }),
	intColumn("running", "", "pods in phase Running", func(r *Sample) *int64 { return &r.Running }),
	intColumn("ready", "", "pods with the Ready condition True", func(r *Sample) *int64 { return &r.Ready }),
	intColumn("ended", "", "pods that reached a terminal phase, counted since the start", func(r *Sample) *int64 { return &r.Ended }),
	intColumn("queue_active", "", "pods in the scheduler's active queue", func(r *Sample) *int64 { return &r.Active }),
	intColumn("queue_backoff", "", "pods in its backoff queue", func(r *Sample) *int64 { return &r.Backoff }),
	intColumn("queue_unschedulable", "", "pods it has set aside as unschedulable", func(r *Sample) *int64 { return &r.Unschedulable }),
	intColumn("queue_gated", "", "pods it holds back by a gate", func(r *Sample) *int64 { return &r.Gated }),
}

// fixedResources come first in Sample.Resources, before the extended ones.
var fixedResources = []string{"cpu", "memory", "pods"}

// seriesColumns are all columns of a run with the given extended resources: two per resource.
func seriesColumns(extended []string) []column[Sample] {
	columns := append([]column[Sample](nil), sampleColumns...)
	columns = append(columns,
		usageColumn(0, "cpu_requested_cores", "cores", "CPU requested by pods on nodes", 3, requested),
		usageColumn(0, "cpu_allocatable_cores", "cores", "CPU that all nodes offer", 3, allocatable),
		usageColumn(1, "memory_requested_bytes", "bytes", "memory requested by pods on nodes", 0, requested),
		usageColumn(1, "memory_allocatable_bytes", "bytes", "memory that all nodes offer", 0, allocatable),
		usageColumn(2, "pods_requested", "", "pods on nodes that have not ended", 0, requested),
		usageColumn(2, "pods_allocatable", "", "pods that all nodes may hold", 0, allocatable),
	)
	for i, name := range extended {
		place := len(fixedResources) + i
		columns = append(columns,
			usageColumn(place, name+"_requested", "", name+" requested by pods on nodes", 0, requested),
			usageColumn(place, name+"_allocatable", "", name+" that all nodes offer", 0, allocatable),
		)
	}
	return columns
}

func requested(u *Usage) *int64   { return &u.Requested }
func allocatable(u *Usage) *int64 { return &u.Allocatable }

// usageColumn is one figure of the resource at a place of Sample.Resources.
func usageColumn(place int, name, unit, meaning string, decimals int, field func(*Usage) *int64) column[Sample] {
	return column[Sample]{
		Column: Column{Name: name, Unit: unit, Meaning: meaning},
		write: func(b []byte, r *Sample) []byte {
			if place >= len(r.Resources) {
				panic(fmt.Sprintf("record: sample at %v lacks the resource of column %s", r.At, name))
			}
			n := *field(&r.Resources[place])
			if decimals == 0 {
				return strconv.AppendInt(b, n, 10)
			}
			return appendFixed(b, n, decimals)
		},
		read: func(r *Sample, s string) (err error) {
			*field(&r.Resources[place]), err = parseFixed(s, decimals)
			return err
		},
	}
}

// newUsage returns the resources of a sample with their names, for the reader to fill.
func newUsage(extended []string) []Usage {
	usage := make([]Usage, 0, len(fixedResources)+len(extended))
	for _, name := range fixedResources {
		usage = append(usage, Usage{Name: name})
	}
	for _, name := range extended {
		usage = append(usage, Usage{Name: name})
	}
	return usage
}
