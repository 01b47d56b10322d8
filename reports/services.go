package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"towtank.dev/towtank/sim/record"
)

// Services is the report on what became of the traffic to each Service. It keeps a row for each. The zero
// Services is ready.
type Services struct {
	base
	rows []record.ServiceRow
}

var _ Builder = (*Services)(nil)

// servicesShown is how many Services the report names.
const servicesShown = 50

// Service keeps the row.
func (s *Services) Service(r *record.ServiceRow) { s.rows = append(s.rows, *r) }

// Doc lists the Services, those that lost most requests first, and then what they were lost for.
func (s *Services) Doc() *Doc {
	rows := slices.Clone(s.rows)
	slices.SortStableFunc(rows, func(a, b record.ServiceRow) int {
		return cmp.Or(cmp.Compare(b.Failed(), a.Failed()), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	shown := rows[:min(len(rows), servicesShown)]
	d := s.doc("services")
	d.Sections = []Section{servicesSection(shown, len(rows)-len(shown)), lostSection(shown)}
	return d
}

func servicesSection(rows []record.ServiceRow, left int) Section {
	t := &Table{Columns: []Column{
		{Key: "namespace", Head: "NAMESPACE"}, {Key: "service", Head: "SERVICE"}, {Key: "asked", Head: "ASKED"}, {Key: "availability", Head: "ANSWERED"},
		{Key: "failed", Head: "FAILED"}, {Key: "failing_seconds", Head: "FAILING"}, {Key: "longest_failing_seconds", Head: "LONGEST"},
		{Key: "peak_rate", Head: "PEAK/S"}, {Key: "endpoints_mean", Head: "ENDPOINTS"}, {Key: "endpoints_min", Head: "MIN"}, {Key: "endpoints_max", Head: "MAX"},
	}}
	for i := range rows {
		r := &rows[i]
		t.Rows = append(t.Rows, []Value{Text(r.Namespace), Text(r.Name), requests(r.Asked), Number(ratio(r.Answered(), r.Asked), UnitShare),
			requests(r.Failed()), Span(r.FailingFor), Span(r.LongestFailing), Number(r.Peak, UnitNone), Number(r.MeanEndpoints, UnitNone),
			Count(int64(r.FewestEndpoints)), Count(int64(r.MostEndpoints))})
	}
	if left > 0 {
		t.More = fmt.Sprintf("and %s more: see %s", Count(int64(left)), record.ServicesFile)
	}
	return Section{Key: "services", Title: "SERVICES", Table: t}
}

// lostSection tells why requests failed.
func lostSection(rows []record.ServiceRow) Section {
	t := &Table{Columns: []Column{
		{Key: "namespace", Head: "NAMESPACE"}, {Key: "service", Head: "SERVICE"}, {Key: "failed_no_endpoint", Head: "NO ENDPOINT"},
		{Key: "failed_gone", Head: "POD GONE"}, {Key: "failed_unreachable", Head: "NODE UNREACHABLE"}, {Key: "no_endpoint_seconds", Head: "WITHOUT ENDPOINT"},
	}}
	for i := range rows {
		if r := &rows[i]; r.Failed() > 0 || r.NoEndpointFor > 0 {
			t.Rows = append(t.Rows, []Value{Text(r.Namespace), Text(r.Name), requests(r.NoEndpoint), requests(r.Gone), requests(r.Unreachable), Span(r.NoEndpointFor)})
		}
	}
	return Section{Key: "failed_requests", Title: "FAILED REQUESTS", Table: t}
}

// requests is a number of requests. They come in fractions; people see whole ones where there are ten or more.
func requests(x float64) Value {
	if x >= 10 {
		x = math.Round(x)
	}
	return Number(x, UnitNone)
}

// Service counts a Service with traffic.
func (s *Summary) Service(r *record.ServiceRow) {
	s.Services++
	s.Asked += r.Asked
	s.Lost += r.Failed()
	s.Failing += r.FailingFor
	s.LongestFailing = max(s.LongestFailing, r.LongestFailing)
}

// ofServices is a figure on traffic, NaN when there is none.
func (s *Summary) ofServices(x float64) float64 {
	if s.Services == 0 {
		return math.NaN()
	}
	return x
}

// answered is the part of all requests that was answered.
func (s *Summary) answered() float64 { return ratio(max(s.Asked-s.Lost, 0), s.Asked) }

// servicesFigure tells of the traffic to Services.
func (s *Summary) servicesFigure() Figure {
	return Figure{Key: "services", Label: "SERVICES", Parts: []Part{
		{Key: "services", Value: Count(s.Services)},
		{Key: "requests", Before: "requests ", Value: requests(s.Asked)},
		{Key: "availability", Before: "answered ", Value: Number(s.answered(), UnitShare)},
		{Key: "failed", Before: "failed ", Value: requests(s.Lost)},
		{Key: "failing_seconds", Before: "failing ", Value: Span(s.Failing), Rare: true},
		{Key: "longest_failing_seconds", Before: "longest ", Value: Span(s.LongestFailing), Rare: true},
	}}
}
