package controllers

import (
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

func gibibytes(n int64) model.ResourceList {
	return model.ResourceList{}.With("storage", model.WholeQuantity(n<<30))
}

func aVolume(name string, gib int64, change ...func(*model.PersistentVolume)) *model.PersistentVolume {
	v := &model.PersistentVolume{ObjectMeta: model.ObjectMeta{Name: name}, StorageClass: "manual",
		AccessModes: []string{"ReadWriteOnce"}, Capacity: gibibytes(gib)}
	for _, f := range change {
		f(v)
	}
	return v
}

func aClaim(name string, gib int64, change ...func(*model.PersistentVolumeClaim)) *model.PersistentVolumeClaim {
	class := "manual"
	c := &model.PersistentVolumeClaim{ObjectMeta: model.ObjectMeta{Namespace: "default", Name: name}, Phase: "Pending",
		Spec: model.ClaimSpec{StorageClass: &class, AccessModes: []string{"ReadWriteOnce"}, Requests: gibibytes(gib)}}
	for _, f := range change {
		f(c)
	}
	return c
}

// stateOf is claims and volumes in one line: "a=Pending v=Bound(a)".
func (c *cluster) stateOf() string {
	var words []string
	for claim := range c.PersistentVolumeClaims.All() {
		words = append(words, strings.TrimSuffix(claim.Name+"="+claim.Phase+"("+claim.Spec.VolumeName+")", "()"))
	}
	for v := range c.PersistentVolumes.All() {
		words = append(words, strings.TrimSuffix(v.Name+"="+v.Phase+"("+v.ClaimName+")", "()"))
	}
	return strings.Join(words, " ")
}

func TestClaimsGetTheirVolumes(t *testing.T) {
	manual := &model.StorageClass{ObjectMeta: model.ObjectMeta{Name: "manual"}, Provisioner: "kubernetes.io/no-provisioner", BindingMode: "Immediate"}
	later := &model.StorageClass{ObjectMeta: model.ObjectMeta{Name: "manual"}, Provisioner: "kubernetes.io/no-provisioner", BindingMode: "WaitForFirstConsumer"}
	reserved := func(v *model.PersistentVolume) { v.ClaimNamespace, v.ClaimName = "default", "a" }
	for _, c := range []struct {
		name    string
		objects []model.Object
		want    string
	}{
		{"the smallest that is large enough", []model.Object{manual, aVolume("small", 1), aVolume("large", 9), aVolume("fits", 3), aClaim("a", 2)},
			"a=Bound(fits) small=Available large=Available fits=Bound(a)"},
		{"of two claims the first", []model.Object{manual, aVolume("v", 2), aClaim("a", 1), aClaim("b", 1)}, "a=Bound(v) b=Pending v=Bound(a)"},
		{"one that is reserved for it, though another is smaller", []model.Object{manual, aVolume("v", 2), aVolume("w", 9, reserved), aClaim("a", 1)},
			"a=Bound(w) v=Available w=Bound(a)"},
		{"none that is reserved for another", []model.Object{manual, aVolume("w", 9, reserved), aClaim("b", 1)}, "b=Pending w=Available(a)"},
		{"none of another class", []model.Object{manual, aVolume("v", 2, func(v *model.PersistentVolume) { v.StorageClass = "" }), aClaim("a", 1)},
			"a=Pending v=Available"},
		{"none without the access mode", []model.Object{manual, aVolume("v", 2), aClaim("a", 1, func(c *model.PersistentVolumeClaim) { c.Spec.AccessModes = []string{"ReadWriteMany"} })},
			"a=Pending v=Available"},
		{"none before the scheduler has chosen, where the class says so", []model.Object{later, aVolume("v", 2), aClaim("a", 1)}, "a=Pending v=Available"},
		{"the one that it names", []model.Object{manual, aVolume("v", 1), aVolume("w", 2), aClaim("a", 1, func(c *model.PersistentVolumeClaim) { c.Spec.VolumeName = "w" })},
			"a=Bound(w) v=Available w=Bound(a)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := newCluster(t, c.objects...)
			cl.engine.RunUntil(sim.At(time.Minute))
			if got := cl.stateOf(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAVolumeThatComesLaterIsFoundAtTheNextResync(t *testing.T) {
	c := newCluster(t, aClaim("a", 1))
	c.engine.RunUntil(sim.At(20 * time.Second))
	c.create(aVolume("v", 1))
	c.engine.RunUntil(sim.At(time.Minute))
	// Resyncs are at 15 s, 30 s, ...
	want := []string{"20s ADDED persistentvolume/v", "20.005s MODIFIED persistentvolume/v", // available
		"30s MODIFIED persistentvolume/v", "30.005s MODIFIED persistentvolume/v", // the claim, bound
		"30.01s MODIFIED persistentvolumeclaim/a", "30.015s MODIFIED persistentvolumeclaim/a"} // the volume, bound
	if got := strings.Join(c.writes, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("writes are\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if got := c.stateOf(); got != "a=Bound(v) v=Bound(a)" {
		t.Error(got)
	}
}

func TestAVolumeIsReleasedWithItsClaimAndTheClaimLostWithItsVolume(t *testing.T) {
	c := newCluster(t, aVolume("v", 1), aClaim("a", 1), aVolume("w", 5), aClaim("b", 5))
	c.engine.RunUntil(sim.At(time.Minute))
	if err := c.Delete(model.KindPersistentVolumeClaim, "default", "a", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(model.KindPersistentVolume, "", "w", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	c.engine.RunUntil(c.engine.Now().Add(syncDelay))
	if got := c.stateOf(); got != "b=Lost(w) v=Released(a)" {
		t.Error(got)
	}
}
