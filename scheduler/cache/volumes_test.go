package cache

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"towtank.dev/towtank/model"
)

func TestVolumesForAClaimAreThoseThatALookAtAllFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var o Objects
	for i := range 4000 {
		v := &model.PersistentVolume{StorageClass: fmt.Sprint("class", r.IntN(3))}
		v.Name = fmt.Sprint("v", r.IntN(20))
		if r.IntN(3) == 0 {
			v.ClaimNamespace, v.ClaimName = "x", fmt.Sprint("c", r.IntN(3))
		}
		if r.IntN(5) == 0 {
			v.Annotations = map[string]string{classAnnotation: "class0"}
		}
		if r.IntN(4) == 0 {
			o.Remove(v)
		} else {
			o.Set(v)
		}
		var want []*model.PersistentVolume
		for _, v := range o.PersistentVolumes() {
			unclaimed := v.StorageClass == "class0" && v.Annotations == nil || v.Annotations[classAnnotation] == "class0"
			if v.ClaimName == "" && unclaimed || v.ClaimName == "c1" && v.ClaimNamespace == "x" {
				want = append(want, v)
			}
		}
		if got := o.PersistentVolumesFor("class0", "x", "c1"); !slices.Equal(got, want) {
			t.Fatalf("after %d changes: %d volumes, want %d in order of creation", i+1, len(got), len(want))
		}
	}
	for _, v := range slices.Clone(o.PersistentVolumes()) {
		o.Remove(v)
	}
	if len(o.offers.unclaimed)+len(o.offers.reserved) > 0 {
		t.Error("lists of volumes that are gone are kept")
	}
}
