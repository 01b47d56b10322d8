package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
)

func TestVolumeBindingScore(t *testing.T) {
	tells := &model.CSIDriver{StorageCapacity: true}
	tells.Name = "cap.example.com"
	for _, c := range []struct {
		name    string
		objects []model.Object
		claims  []string
		want    int64
	}{
		{"no claims", nil, nil, 0},
		{"a bound claim", []model.Object{aVolume("v", 1), aClaim("a", boundBy("v"))}, []string{"a"}, 0},
		{"a driver that does not tell its capacity", []model.Object{aClaim("a")}, []string{"a"}, 0},
		// 1 of 4 GiB: utilization 25, score 100 - 25.
		{"a small claim on a larger volume", []model.Object{aVolume("v", 4), aClaim("a")}, []string{"a"}, 75},
		// (1 + 1) of (4 + 1) GiB: utilization 40.
		{"two claims on two volumes of a class", []model.Object{aVolume("v", 4), aVolume("w", 1), aClaim("a"), aClaim("b")}, []string{"a", "b"}, 60},
		// Class wait: 1 of 4 GiB, 75. Class other: 1 of 1 GiB, 0. Mean 37.5, rounded.
		{"two classes", []model.Object{aVolume("v", 4), aVolume("w", 1, func(v *model.PersistentVolume) { v.StorageClass = "other" }), aClaim("a"), aClaim("b", ofClass("other"))}, []string{"a", "b"}, 38},
		// 2 + 3 of 10 GiB, which are there once.
		{"two claims on one capacity", []model.Object{aClaim("a", ofClass("capacity"), asking(2)), aClaim("b", ofClass("capacity"), asking(3)), capacityIn("c", "za", 10)}, []string{"a", "b"}, 50},
		// 6 + 6 of 10 GiB: each fits, both do not.
		{"more than there is", []model.Object{aClaim("a", ofClass("capacity"), asking(6)), aClaim("b", ofClass("capacity"), asking(6)), capacityIn("c", "za", 10)}, []string{"a", "b"}, 0},
		{"where volumes are picked capacities do not count", []model.Object{aVolume("v", 4), aClaim("a"), aClaim("b", ofClass("capacity"), asking(9)), capacityIn("c", "za", 10)}, []string{"a", "b"}, 75},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, append(c.objects, tells, aClass("wait", exampleDriver), aClass("other", exampleDriver), aClass("capacity", tells.Name))...)
			n := b.node("n", labels(model.LabelZone, "za"))
			pl := b.plugin(VolumeBinding, nil).(*volumeBinding)
			p := pod(nil, claiming(c.claims...))
			state, _ := b.preFilter(pl, p)
			if got := verdict(pl.Filter(state, b.info(p), n)); got != "" {
				t.Fatal(got)
			}
			if state, status := pl.PreScore(state, b.info(p), nil); !status.OK() {
				t.Fatal(status.Message())
			} else if got, _ := pl.Score(state, b.info(p), n); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
