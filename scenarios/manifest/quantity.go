package manifest

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"towtank.dev/towtank/model"
)

const nanos = 1_000_000_000

// ParseQuantity reads a quantity as Kubernetes does ("500m", "2", "16Gi", "1e3"). Unlike there, one that
// is too large is an error and not cut to the largest.
func ParseQuantity(text string) (model.Quantity, error) {
	q, err := parseQuantity(text)
	if err != nil {
		return model.Quantity{}, err
	}
	return fromQuantity(q), nil
}

// maxQuantityText bounds what is taken for a quantity at all: exponents and digits beyond it cost time
// and mean nothing.
const maxQuantityText = 64

// exponent is a decimal exponent. Reckoning with one of many digits would take for ever.
var exponent = regexp.MustCompile(`[eE]([-+]?[0-9]+)$`)

func parseQuantity(text string) (resource.Quantity, error) {
	if len(text) > maxQuantityText {
		return resource.Quantity{}, fmt.Errorf("%q is not a quantity, want e.g. 500m or 2", text[:maxQuantityText]+"...")
	}
	if m := exponent.FindStringSubmatch(text); m != nil && len(strings.TrimLeft(m[1], "+-0")) > 2 {
		return resource.Quantity{}, fmt.Errorf("%q is too large or too small for a quantity, want less than 8Ei", text)
	}
	q, err := resource.ParseQuantity(text)
	if err != nil || text == "" {
		return resource.Quantity{}, fmt.Errorf("%q is not a quantity, want e.g. 500m or 2", text)
	}
	// ParseQuantity cuts much that is too large to the largest int64, silently.
	if q.CmpInt64(math.MaxInt64) >= 0 || q.CmpInt64(-math.MaxInt64) <= 0 {
		return resource.Quantity{}, fmt.Errorf("%q is too large for a quantity, want less than 8Ei", text)
	}
	return q, nil
}

// fromQuantity is exact down to a thousand-millionth, which is as far as v1 quantities go.
func fromQuantity(q resource.Quantity) model.Quantity {
	if whole, ok := q.AsInt64(); ok {
		return model.WholeQuantity(whole)
	}
	if q.CmpInt64(smallUnits) < 0 && q.CmpInt64(-smallUnits) > 0 {
		fraction := q.ScaledValue(resource.Nano)
		return model.Quantity{Units: fraction / nanos, Nanos: int32(fraction % nanos)}
	}
	// Far from zero upstream's int64 arithmetic gives way without a word.
	dec := q.AsDec()
	shift := big.NewInt(10)
	shift.Exp(shift, big.NewInt(int64(max(9-dec.Scale(), 0))), nil)
	units, fraction := new(big.Int).QuoRem(shift.Mul(shift, dec.UnscaledBig()), big.NewInt(nanos), new(big.Int))
	return model.Quantity{Units: units.Int64(), Nanos: int32(fraction.Int64())}
}

// smallUnits is less than what an int64 holds of thousand-millionths.
const smallUnits = 9_000_000_000

// toQuantity writes a quantity in the form that people use for the resource.
func toQuantity(name string, q model.Quantity) resource.Quantity {
	if q.Nanos == 0 {
		if binaryResource(name) && q.Units%1024 == 0 {
			return *resource.NewQuantity(q.Units, resource.BinarySI)
		}
		return *resource.NewQuantity(q.Units, resource.DecimalSI)
	}
	out := resource.NewQuantity(q.Units, resource.DecimalSI)
	out.Add(*resource.NewScaledQuantity(int64(q.Nanos), resource.Nano))
	return *out
}

func binaryResource(name string) bool {
	return name == model.ResourceMemory || strings.HasSuffix(name, "storage") || strings.HasPrefix(name, model.HugePagesPrefix)
}

// resources turns a list into the model's, sorted by name. Fractions are rounded up to thousandths, as
// the API server does. An absent list stays nil, an empty one does not.
// Source: kubernetes v1.37.2 pkg/apis/core/v1/defaults.go SetDefaults_ResourceList.
func resources(list v1.ResourceList) model.ResourceList {
	if list == nil {
		return nil
	}
	out := make(model.ResourceList, 0, len(list))
	for name, q := range list {
		q.RoundUp(resource.Milli)
		out = append(out, model.ResourceAmount{Name: string(name), Quantity: fromQuantity(q)})
	}
	slices.SortFunc(out, func(a, b model.ResourceAmount) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// toResources turns a list back. base is what it was read from: amounts that have not changed keep the
// way they were written.
func toResources(list model.ResourceList, base v1.ResourceList) v1.ResourceList {
	if list == nil {
		return nil
	}
	if slices.Equal(list, resources(base)) {
		return base
	}
	out := make(v1.ResourceList, len(list))
	for i := range list {
		name := v1.ResourceName(list[i].Name)
		if old, ok := base[name]; ok && fromQuantity(old) == list[i].Quantity {
			out[name] = old
			continue
		}
		out[name] = toQuantity(list[i].Name, list[i].Quantity)
	}
	return out
}
