package model

import (
	"math"
	"strconv"
	"strings"
)

// FormatQuantity writes an amount of a resource as Kubernetes does in its canonical form: with the largest
// suffix that leaves a whole number, a power of 1024 for whole multiples of 1024 of memory and storage.
// Source: kubernetes v1.37.2 apimachinery pkg/api/resource/quantity.go CanonicalizeBytes.
func FormatQuantity(name string, q Quantity) string {
	switch {
	case q.IsZero():
		return "0"
	case q.Nanos != 0:
		return fraction(q)
	case inBytes(name) && q.Units%1024 == 0:
		n, suffix := q.Units, ""
		for _, s := range [...]string{"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"} {
			if n%1024 != 0 {
				break
			}
			n, suffix = n/1024, s
		}
		return strconv.FormatInt(n, 10) + suffix
	}
	n, suffix := q.Units, ""
	for _, s := range [...]string{"k", "M", "G", "T", "P", "E"} {
		if n%1000 != 0 {
			break
		}
		n, suffix = n/1000, s
	}
	return strconv.FormatInt(n, 10) + suffix
}

// fraction writes thousandths, millionths or thousand-millionths.
func fraction(q Quantity) string {
	for _, step := range [...]struct {
		nanos  int64
		suffix string
	}{{1_000_000, "m"}, {1000, "u"}, {1, "n"}} {
		if int64(q.Nanos)%step.nanos == 0 && q.Units < math.MaxInt64/(nanosPerUnit/step.nanos)-1 {
			return strconv.FormatInt(q.Units*(nanosPerUnit/step.nanos)+int64(q.Nanos)/step.nanos, 10) + step.suffix
		}
	}
	return strconv.FormatInt(q.Units, 10)
}

// inBytes says whether people write a resource in powers of 1024, whether or not a quota names it.
func inBytes(name string) bool {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "requests."), "limits.")
	return name == ResourceMemory || strings.HasSuffix(name, "storage") || strings.HasPrefix(name, HugePagesPrefix)
}

// FormatResources writes a list as messages do: cpu=500m,memory=1Gi.
func FormatResources(l ResourceList) string {
	parts := make([]string, 0, len(l))
	for i := range l {
		parts = append(parts, l[i].Name+"="+FormatQuantity(l[i].Name, l[i].Quantity))
	}
	return strings.Join(parts, ",")
}
