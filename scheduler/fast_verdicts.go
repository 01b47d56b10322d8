package scheduler

import (
	"strings"

	"towtank.dev/towtank/scheduler/framework"
)

// A verdict is what the filters say of a node: fits, or the first filter that objects, by its order
// among the filters, and its status by number. The smaller of two verdicts is the one that counts.
type verdict = uint32

const (
	fits          = ^verdict(0)
	statusBits    = 20
	statusLimit   = 1 << statusBits
	filterLimit   = 1<<(32-statusBits) - 1
	statusNumbers = statusLimit - 1
)

// statusTable numbers statuses. Statuses are few: filters make them once and return them often.
type statusTable struct {
	statuses []*framework.Status
	numbers  map[*framework.Status]verdict
	contents map[string]verdict
}

// verdict is that of the filter of this order with this status. It returns false when there are too
// many statuses to number.
func (t *statusTable) verdict(order uint32, status *framework.Status) (verdict, bool) {
	number, known := t.numbers[status]
	if !known {
		number = t.number(status)
	}
	return verdict(order)<<statusBits | number, number < statusNumbers && order < filterLimit
}

// number numbers a status by what it says: some filters make a new one each time.
func (t *statusTable) number(status *framework.Status) verdict {
	if t.numbers == nil {
		t.numbers, t.contents = map[*framework.Status]verdict{}, map[string]verdict{}
	}
	content := strings.Join(append([]string{status.Plugin(), status.Code().String()}, status.Reasons()...), "\x00")
	number, known := t.contents[content]
	if !known {
		if number = verdict(len(t.statuses)); number >= statusNumbers {
			return statusNumbers
		}
		t.statuses = append(t.statuses, status)
		t.contents[content] = number
		t.numbers[status] = number
	}
	return number
}

// status is the one that a verdict holds.
func (t *statusTable) status(v verdict) *framework.Status { return t.statuses[v&statusNumbers] }
