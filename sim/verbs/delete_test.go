package verbs

import (
	"strings"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

func TestDeleteSaysWhatBecomesOfWhatIsOwned(t *testing.T) {
	for _, c := range []struct {
		name, cascade string
		want          string // finalizers of the Job that is deleted; "gone" when it goes at once
	}{
		// A Job without kubectl would leave its pods behind.
		{"kubectl deletes in the background", "", "gone"},
		{"in the foreground", "foreground", "foregroundDeletion"},
		{"orphaned", "orphan", "orphan"},
	} {
		api := apiserver.New(sim.NewEngine(1))
		if _, err := api.Create(&model.Job{ObjectMeta: model.ObjectMeta{Name: "sum"}}); err != nil {
			t.Fatal(err)
		}
		v := &Delete{Target: Target{Kind: model.KindJob, Name: "sum"}, Cascade: c.cascade}
		if err := v.Check(); err != nil {
			t.Fatal(err)
		}
		if err := v.Do(&Env{API: api}); err != nil {
			t.Fatal(err)
		}
		got := "gone"
		if j, there := api.Jobs.Get("default", "sum"); there {
			got = strings.Join(j.Finalizers, " ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if err := (&Delete{Cascade: "true"}).Check(); err == nil || err.Error() != `cascade: "true" is not known, want background, foreground or orphan` {
		t.Errorf("a way that is not known: %v", err)
	}
}
