package controllers

import (
	"fmt"
	"slices"
	"testing"

	"towtank.dev/towtank/model"
)

func number(n int32) model.IntOrPercent  { return model.IntOrPercent{Value: n} }
func percent(n int32) model.IntOrPercent { return model.IntOrPercent{Value: n, Percent: true} }

func TestSurgeIsRoundedUpAndUnavailableDown(t *testing.T) {
	for _, c := range []struct {
		name               string
		replicas           int32
		surge, unavailable model.IntOrPercent
		wantSurge, wantUn  int32
	}{
		{"25 % of 10 are 2.5: 3 more, 2 fewer", 10, percent(25), percent(25), 3, 2},
		{"25 % of 4 are 1: no rounding", 4, percent(25), percent(25), 1, 1},
		{"25 % of 1 are 0.25: 1 more, none fewer", 1, percent(25), percent(25), 1, 0},
		{"1 % of 2 and no surge round to nothing: 1 fewer, so that it goes on", 2, number(0), percent(1), 0, 1},
		{"no surge and none unavailable: 1 fewer", 5, number(0), number(0), 0, 1},
		{"numbers count as they are", 10, number(5), number(7), 5, 7},
		{"no more can be missing than there are", 3, number(1), number(7), 1, 3},
		{"a Deployment of nothing has nothing to miss", 0, percent(25), percent(25), 0, 0},
		{"100 % may be missing", 10, percent(0), percent(100), 0, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := web(c.replicas, func(d *model.Deployment) { d.Strategy.MaxSurge, d.Strategy.MaxUnavailable = c.surge, c.unavailable })
			if s, u := maxSurge(d), maxUnavailable(d); s != c.wantSurge || u != c.wantUn {
				t.Errorf("surge %d, unavailable %d, want %d and %d", s, u, c.wantSurge, c.wantUn)
			}
		})
	}
	d := web(10, func(d *model.Deployment) { d.Strategy.Type = model.Recreate })
	if maxSurge(d) != 0 || maxUnavailable(d) != 0 {
		t.Error("Recreate has neither surge nor a minimum")
	}
}

func TestTheNewSetGrowsByWhatTheSurgeLeaves(t *testing.T) {
	for _, c := range []struct {
		name       string
		total, now int32
		want       int32
	}{
		{"10 old ones and a surge of 3 leave 3", 10, 0, 3},
		{"8 old ones and 3 new leave 13 − 11 = 2", 11, 3, 5},
		{"what the surge is exceeded by is not taken back", 14, 5, 5},
		{"it does not grow beyond the Deployment", 8, 8, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newReplicas(web(10), c.total, c.now); got != c.want {
				t.Errorf("%d of %d, want %d", got, c.total, c.want)
			}
		})
	}
}

func TestSizesAreSharedInProportionAndTheRestGoesToTheLargest(t *testing.T) {
	for _, c := range []struct {
		name     string
		replicas int32 // of the Deployment now; its surge is 25 %
		before   int32 // the annotation max-replicas of the sets
		sets     []int32
		want     []int32
	}{
		// 10 to 13 with 13 and 17 as limits: 4 to add. 8 × 17/13 = 10.46 → 10; 5 × 17/13 = 6.54 → 7, of which 2 are left.
		{"up by 4: 2 for each of 8 and 5", 13, 13, []int32{8, 5}, []int32{10, 7}},
		// 10 to 20: limit 25, 12 to add. 8 × 25/13 = 15.38 → 15; 5 × 25/13 = 9.6 → 10.
		{"up by 12: 7 and 5", 20, 13, []int32{8, 5}, []int32{15, 10}},
		// 10 to 5: limit 7 (25 % of 5 are 1.25 → 2), 6 to take. 8 × 7/13 = 4.3 → 4; 5 × 7/13 = 2.7 → 3.
		{"down by 6: 4 and 2", 5, 13, []int32{8, 5}, []int32{4, 3}},
		// Limit 13; three sets of 4: 1 to add. Each 4 × 13/12 = 4.33 → 4: the one left goes to the first.
		{"what rounding leaves goes to the largest", 10, 12, []int32{4, 4, 4}, []int32{5, 4, 4}},
		{"to nothing", 0, 13, []int32{8, 5}, []int32{0, 0}},
		{"nothing to add leaves all as it is", 10, 13, []int32{8, 5}, []int32{8, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := web(c.replicas)
			var sets []*model.ReplicaSet
			total := int32(0)
			for _, n := range c.sets {
				sets = append(sets, &model.ReplicaSet{Replicas: n, ObjectMeta: model.ObjectMeta{
					Annotations: map[string]string{model.AnnotationMaxReplicas: fmt.Sprint(c.before)}}})
				total += n
			}
			allowed := int32(0)
			if c.replicas > 0 {
				allowed = c.replicas + maxSurge(d)
			}
			if got := shares(d, sets, allowed-total); !slices.Equal(got, c.want) {
				t.Errorf("sizes %v, want %v", got, c.want)
			}
		})
	}
}

func TestAShareWithoutTheAnnotationGoesByTheStatus(t *testing.T) {
	set := &model.ReplicaSet{Replicas: 5}
	// 13 allowed now, 10 pods before: 5 × 13/10 = 6.5, away from zero to 7.
	if got := share(web(10, func(d *model.Deployment) { d.Status.Replicas = 10 }), set); got != 2 {
		t.Errorf("share %d, want 2", got)
	}
	if got := share(web(10), set); got != 0 {
		t.Errorf("share without any size before %d, want 0", got)
	}
}

func TestTheHistoryOfRevisionsLosesItsOldestWhenItGetsTooLong(t *testing.T) {
	annotations := map[string]string{}
	for n := range 600 {
		remember(annotations, fmt.Sprint(n))
	}
	history := annotations[annotationHistory]
	// Of 0 to 599 the last fill 2000 letters: with commas four each, 500 numbers of three digits come to 1999.
	if len(history) > maxHistory || history[:4] != "100," || history[len(history)-4:] != ",599" {
		t.Errorf("%d letters from %s to %s", len(history), history[:4], history[len(history)-4:])
	}
}

func TestSetNamesAreCutAtTheLimitOfNames(t *testing.T) {
	long := make([]byte, 250)
	for i := range long {
		long[i] = 'a'
	}
	if got := setName(string(long), "12345678"); len(got) != 253 || got[243:] != "a-12345678" {
		t.Errorf("%d letters, end %s", len(got), got[243:])
	}
	if got := setName("web", "abc"); got != "web-abc" {
		t.Errorf("name %s", got)
	}
}
