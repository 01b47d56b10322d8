package record

import (
	"math"
	"time"
)

// ServiceRow is what has become of the traffic to one Service, at the end of the run. Requests are a fluid:
// they come in fractions.
type ServiceRow struct {
	Namespace, Name string
	// Asked are all requests; those of NoEndpoint, Gone and Unreachable have failed.
	Asked, NoEndpoint, Gone, Unreachable float64
	FailingFor                           time.Duration // time in which requests failed
	LongestFailing                       time.Duration // the longest stretch of it
	NoEndpointFor                        time.Duration // time without an endpoint
	Peak, PeakOfOne                      float64       // requests a second, to the Service and to one endpoint
	MeanEndpoints                        float64       // weighted by time
	FewestEndpoints, MostEndpoints       int32
}

// Failed are all requests that failed.
func (r *ServiceRow) Failed() float64 { return r.NoEndpoint + r.Gone + r.Unreachable }

// Answered are those that did not.
func (r *ServiceRow) Answered() float64 { return max(r.Asked-r.Failed(), 0) }

// serviceColumns are the columns of services.csv.
var serviceColumns = []column[ServiceRow]{
	textColumn("namespace", "its namespace", func(r *ServiceRow) *string { return &r.Namespace }),
	textColumn("name", "its name", func(r *ServiceRow) *string { return &r.Name }),
	meanColumn("asked", "requests", "requests that were sent to it: its load, summed over time", 3, 0, func(r *ServiceRow) *float64 { return &r.Asked }),
	sumColumn("answered", "requests", "asked − failed", 3, (*ServiceRow).Answered),
	sumColumn("failed", "requests", "failed_no_endpoint + failed_gone + failed_unreachable", 3, (*ServiceRow).Failed),
	meanColumn("failed_no_endpoint", "requests", "requests for which kube-proxy knew no endpoint", 3, 0, func(r *ServiceRow) *float64 { return &r.NoEndpoint }),
	meanColumn("failed_gone", "requests", "requests that were sent to a container that did not run", 3, 0, func(r *ServiceRow) *float64 { return &r.Gone }),
	meanColumn("failed_unreachable", "requests", "requests that were sent to a node that was down, gone or cut off, or came from one that was cut off", 3, 0, func(r *ServiceRow) *float64 { return &r.Unreachable }),
	shareColumn("availability", "answered / asked", func(r *ServiceRow) (float64, float64) { return r.Answered(), r.Asked }).
		emptyWhen("nothing was asked"),
	spanColumn("failing_seconds", "time in which requests failed", func(r *ServiceRow) *time.Duration { return &r.FailingFor }),
	spanColumn("longest_failing_seconds", "the longest stretch of it", func(r *ServiceRow) *time.Duration { return &r.LongestFailing }),
	spanColumn("no_endpoint_seconds", "time without an endpoint that kube-proxy sends anybody to, also while nothing is asked", func(r *ServiceRow) *time.Duration { return &r.NoEndpointFor }),
	meanColumn("peak_rate", "requests/s", "most requests a second that were sent to it", 3, 0, func(r *ServiceRow) *float64 { return &r.Peak }),
	meanColumn("peak_endpoint_rate", "requests/s", "most requests a second that were sent to one of its endpoints", 3, 0, func(r *ServiceRow) *float64 { return &r.PeakOfOne }),
	meanColumn("endpoints_mean", "", "endpoints that kube-proxy sends somebody to, mean over time", 6, 0, func(r *ServiceRow) *float64 { return &r.MeanEndpoints }),
	intColumn("endpoints_min", "", "fewest of them at a time", func(r *ServiceRow) *int32 { return &r.FewestEndpoints }),
	intColumn("endpoints_max", "", "most of them at a time", func(r *ServiceRow) *int32 { return &r.MostEndpoints }),
}

// sumColumn is an amount that is computed from other columns.
func sumColumn[R any](name, unit, meaning string, decimals int, value func(*R) float64) column[R] {
	scale := math.Pow10(decimals)
	return column[R]{
		Column: Column{Name: name, Unit: unit, Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return appendFixed(b, int64(math.Round(value(r)*scale)), decimals) },
	}
}
