package model

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestASelectorIndexFindsAllThatMatchInTheOrderOfTheirComing(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		labels := func(most int) map[string]string {
			out := map[string]string{}
			for range r.IntN(most + 1) {
				out[fmt.Sprint("l", r.IntN(4))] = fmt.Sprint(r.IntN(3))
			}
			return out
		}
		var x SelectorIndex[int]
		selectors, order := map[int]map[string]string{}, []int(nil)
		for step := range 60 {
			key := r.IntN(12)
			if _, there := selectors[key]; there && r.IntN(3) == 0 {
				x.Remove(key)
				delete(selectors, key)
				order = slices.DeleteFunc(order, func(k int) bool { return k == key })
				continue
			} else if !there {
				order = append(order, key)
			}
			selectors[key] = labels(2)
			x.Set(key, "a", RequiredLabels(selectors[key]))
			old, pod := labels(4), labels(4)
			sets := []map[string]string{old, pod}[:1+r.IntN(2)]
			var want, got []int
			takes := func(key int) bool {
				for _, set := range sets {
					all := true
					for name, value := range selectors[key] {
						have, ok := set[name]
						all = all && ok && have == value
					}
					if all {
						return true
					}
				}
				return false
			}
			for _, key := range order {
				if takes(key) {
					want = append(want, key)
				}
			}
			found := x.Find("a", sets...)
			for _, key := range found {
				if takes(key) {
					got = append(got, key)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, step %d: found %v, want %v", seed, step, got, want)
			}
			if slices.Sort(found); len(slices.Compact(found)) != len(found) {
				t.Fatalf("seed %d, step %d: one twice among %v", seed, step, found)
			}
			if other := x.Find("b", pod); len(other) > 0 {
				t.Fatalf("seed %d: %v found in another namespace", seed, other)
			}
		}
	}
}

func TestRequiredLabelsAreThoseThatASelectorCannotDoWithout(t *testing.T) {
	s := &Selector{Requirements: []Requirement{{"a", OpIn, []string{"1"}}, {"b", OpIn, []string{"1", "2"}},
		{"c", OpExists, nil}, {"d", OpNotIn, []string{"1"}}, {"e", OpIn, []string{"x"}}}}
	if got, want := s.Required(), []Label{{"a", "1"}, {"e", "x"}}; !slices.Equal(got, want) {
		t.Errorf("required are %v, want %v", got, want)
	}
	if got := (*Selector)(nil).Required(); got != nil {
		t.Errorf("a selector that matches nothing requires %v", got)
	}
}
