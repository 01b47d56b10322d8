package record

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"towtank.dev/towtank/sim"
)

// Column documents one column of a CSV file.
type Column struct {
	Name    string
	Unit    string // "s" for seconds from the start or of length, "cores", "bytes", "0–1", or empty for a name or a count
	Meaning string // what it is, with the formula where it is computed
	Empty   string // when the field is empty; "" for never
}

// column is a Column with its code: R is the row it is a part of.
type column[R any] struct {
	Column
	write func([]byte, *R) []byte
	// read is nil for a column that is computed from others.
	read func(*R, string) error
}

// emptyWhen says when the column is empty.
func (c column[R]) emptyWhen(text string) column[R] {
	c.Empty = text
	return c
}

func textColumn[R any](name, meaning string, field func(*R) *string) column[R] {
	return column[R]{
		Column: Column{Name: name, Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return AppendField(b, *field(r)) },
		read: func(r *R, s string) error {
			*field(r) = s
			return nil
		},
	}
}

func instantColumn[R any](name, meaning string, field func(*R) *sim.Time) column[R] {
	return column[R]{
		Column: Column{Name: name, Unit: "s", Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return appendInstant(b, *field(r)) },
		read: func(r *R, s string) (err error) {
			*field(r), err = parseInstant(s)
			return err
		},
	}
}

func spanColumn[R any](name, meaning string, field func(*R) *time.Duration) column[R] {
	return column[R]{
		Column: Column{Name: name, Unit: "s", Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return appendSpan(b, *field(r)) },
		read: func(r *R, s string) error {
			n, err := parseFixed(s, 6)
			*field(r) = time.Duration(n) * Resolution
			return err
		},
	}
}

// betweenColumn is the span between two instants of the row, empty when either did not happen.
func betweenColumn[R any](name, meaning string, ends func(*R) (from, to sim.Time)) column[R] {
	return column[R]{
		Column: Column{Name: name, Unit: "s", Meaning: meaning},
		write: func(b []byte, r *R) []byte {
			from, to := ends(r)
			if from == sim.Never || to == sim.Never {
				return b
			}
			return appendSpan(b, to.Sub(from))
		},
	}
}

func intColumn[R any, I int32 | int64](name, unit, meaning string, field func(*R) *I) column[R] {
	return column[R]{
		Column: Column{Name: name, Unit: unit, Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return strconv.AppendInt(b, int64(*field(r)), 10) },
		read: func(r *R, s string) error {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil || int64(I(n)) != n {
				return fmt.Errorf("%q is not a whole number in range", s)
			}
			*field(r) = I(n)
			return nil
		},
	}
}

// coresColumn writes millicores as cores.
func coresColumn[R any](name, meaning string, field func(*R) *int64) column[R] {
	return column[R]{
		Column: Column{Name: name, Unit: "cores", Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return appendFixed(b, *field(r), 3) },
		read: func(r *R, s string) (err error) {
			*field(r), err = parseFixed(s, 3)
			return err
		},
	}
}

// meanColumn writes a floating-point mean with a fixed number of decimals: the field is in units of
// 1/10^shift of the column's.
func meanColumn[R any](name, unit, meaning string, decimals, shift int, field func(*R) *float64) column[R] {
	scale := math.Pow10(decimals - shift)
	return column[R]{
		Column: Column{Name: name, Unit: unit, Meaning: meaning},
		write: func(b []byte, r *R) []byte {
			return appendFixed(b, int64(math.Round(*field(r)*scale)), decimals)
		},
		read: func(r *R, s string) error {
			n, err := parseFixed(s, decimals)
			*field(r) = float64(n) / scale
			return err
		},
	}
}

// shareColumn writes part/whole with six decimals, empty when there is no whole.
func shareColumn[R any](name, meaning string, share func(*R) (part, whole float64)) column[R] {
	return column[R]{
		Column: Column{Name: name, Unit: "0–1", Meaning: meaning},
		write: func(b []byte, r *R) []byte {
			part, whole := share(r)
			if whole <= 0 {
				return b
			}
			return appendFixed(b, int64(math.Round(part/whole*1e6)), 6)
		},
	}
}

func boolColumn[R any](name, meaning string, field func(*R) *bool) column[R] {
	return column[R]{
		Column: Column{Name: name, Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return strconv.AppendBool(b, *field(r)) },
		read: func(r *R, s string) error {
			if s != "true" && s != "false" {
				return fmt.Errorf("%q is neither true nor false", s)
			}
			*field(r) = s == "true"
			return nil
		},
	}
}

func listColumn[R any](name, meaning string, field func(*R) *[]string) column[R] {
	return column[R]{
		Column: Column{Name: name, Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return appendList(b, *field(r)) },
		read: func(r *R, s string) error {
			*field(r) = parseList(s)
			return nil
		},
	}
}

func amountsColumn[R any](name, meaning string, field func(*R) *[]Amount) column[R] {
	return column[R]{
		Column: Column{Name: name, Meaning: meaning},
		write:  func(b []byte, r *R) []byte { return appendAmounts(b, *field(r)) },
		read: func(r *R, s string) (err error) {
			*field(r), err = parseAmounts(s)
			return err
		},
	}
}
