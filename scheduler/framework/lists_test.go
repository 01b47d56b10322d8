package framework

import (
	"slices"
	"testing"
)

func TestListsGrowSideBySide(t *testing.T) {
	var l Lists[int]
	lists := make([][]int, 40)
	for i := range 300 {
		for j := range lists {
			lists[j] = l.Add(lists[j], i*100+j)
		}
	}
	for j, list := range lists {
		for i, got := range list {
			if got != i*100+j {
				t.Fatalf("list %d holds %d at %d, want %d", j, got, i, i*100+j)
			}
		}
		if len(list) != 300 {
			t.Fatalf("list %d has %d places, want 300", j, len(list))
		}
	}
}

func TestListsForgetWhatTheyHaveMoved(t *testing.T) {
	var l Lists[string]
	old := []string{"a", "b"}
	list := l.Add(old[:2:2], "c", "d")
	if !slices.Equal(list, []string{"a", "b", "c", "d"}) || old[0] != "" {
		t.Errorf("the list is %q, its old place holds %q", list, old)
	}
}

func TestListsSeldomNeedMemory(t *testing.T) {
	var l Lists[*int]
	lists := make([][]*int, 1000)
	next := 0
	// A thousand first places of 8 need 8,000 of the places that come 4,096 at a time: 2 in 1,000 calls.
	if n := testing.AllocsPerRun(999, func() { lists[next] = l.Add(lists[next], &next); next++ }); n > 0 {
		t.Errorf("a call makes %v pieces of memory, want none on average", n)
	}
}
