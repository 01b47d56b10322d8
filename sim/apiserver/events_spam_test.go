package apiserver

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

// A client tells 25 warnings about an object at once, and another for each five minutes; what it held back
// counts all the same. Of warnings that come every 70 s, the nth finds 25 + 70(n-1)/300 - (n-1) tokens: at least
// one up to n = 32. Then each adds 0.233: at n = 36 there is 1.167 again, at 40 1.1, at 44 1.033, at 49 1.2.
func TestWhoSaysTooMuchIsHeardNowAndThen(t *testing.T) {
	list := &eventList{events: []keptEvent{{voice: &voice{Warning, "BackOff", "kubelet", ""}}}}
	e := &list.events[0]
	var told []int32
	for i := range int32(50) {
		e.count = i + 1
		if now := sim.At(time.Duration(i) * 70 * time.Second); !list.heldBack(now, e) {
			told = append(told, e.count)
		}
		e.told = e.count
	}
	if len(told) != 36 || fmt.Sprint(told[31:]) != "[32 36 40 44 49]" {
		t.Errorf("told %v", told)
	}
}

func TestEventsThatDifferInTheirWordsAreCombined(t *testing.T) {
	list := &eventList{}
	said := 0
	for i := range 14 {
		n := &Note{Type: Normal, Reason: "Pulled", Message: fmt.Sprint("in ", i, " s"), Component: "kubelet"}
		now := sim.At(time.Duration(i) * time.Second)
		if e := list.combine(now, n); e != nil {
			e.count++
			continue
		}
		log := &EventLog{voices: map[voice]*voice{}}
		list.append(log.kept(*n, now))
		said++
	}
	// Nine in words of their own, and one that stands for the other five.
	if last := list.events[len(list.events)-1]; said != 10 || last.count != 5 || last.message != combined+"in 9 s" {
		t.Errorf("%d events, the last %q x%d", said, last.message, last.count)
	}
}
