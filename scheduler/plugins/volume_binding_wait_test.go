package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
)

// TestBindingIsAwaited binds claim a to volume v, or has a volume made for it, and tells the plugin what
// has become of both.
func TestBindingIsAwaited(t *testing.T) {
	version := func(m *model.ObjectMeta) { m.ResourceVersion = 7 }
	volume := func(change ...func(*model.PersistentVolume)) *model.PersistentVolume {
		return aVolume("v", 1, append([]func(*model.PersistentVolume){reachedFrom("za"), func(v *model.PersistentVolume) {
			version(&v.ObjectMeta)
			v.ClaimNamespace, v.ClaimName, v.ClaimUID = "default", "a", "default/a"
		}}, change...)...)
	}
	asked := func(c *model.PersistentVolumeClaim) {
		version(&c.ObjectMeta)
		annotate(&c.ObjectMeta, selectedNodeAnnotation, "n")
	}
	const failed = "Error: binding volumes: "
	for _, c := range []struct {
		name     string
		heard    []model.Object
		provides bool // a volume is made; otherwise v is there
		done     bool
		want     string
	}{
		{"nothing has been heard", nil, false, false, ""},
		{"the volume has its claim, the claim not its volume", []model.Object{volume()}, false, false, ""},
		{"both have each other", []model.Object{volume(), aClaim("a", boundBy("v"))}, false, true, ""},
		{"the volume has lost its claim", []model.Object{volume(func(v *model.PersistentVolume) { v.ClaimName = "" })}, false, false, failed + `ClaimRef got reset for pv "v"`},
		{"the volume has moved", []model.Object{volume(reachedFrom("zb"))}, false, false, failed + `pv "v" node affinity doesn't match node "n": no matching NodeSelectorTerms`},
		{"a volume is asked for and nothing heard", nil, true, false, ""},
		{"the claim is as it was written", []model.Object{aClaim("a", asked)}, true, false, ""},
		{"the claim has a volume that has not been heard of", []model.Object{aClaim("a", asked, boundBy("w"))}, true, false, ""},
		{"the claim has its volume", []model.Object{aClaim("a", asked, boundBy("w")), aVolume("w", 1, reachedFrom("za"))}, true, true, ""},
		{"the volume was made elsewhere", []model.Object{aClaim("a", asked, boundBy("w")), aVolume("w", 1, reachedFrom("zb"))}, true, false,
			failed + `pv "w" node affinity doesn't match node "n": no matching NodeSelectorTerms`},
		{"the claim has lost its annotations", []model.Object{aClaim("a", func(c *model.PersistentVolumeClaim) { version(&c.ObjectMeta) })}, true, false, failed + `selectedNode annotation reset for PVC "a"`},
		{"the provisioner has given up", []model.Object{aClaim("a", func(c *model.PersistentVolumeClaim) {
			version(&c.ObjectMeta)
			annotate(&c.ObjectMeta, "why", "full")
		})}, true, false, failed + `provisioning failed for PVC "a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withObjects(t, aClass("wait", exampleDriver), aClaim("a"))
			if !c.provides {
				b.set(aVolume("v", 1, reachedFrom("za")))
			}
			n := b.node("n", labels(model.LabelZone, "za"))
			pl := b.plugin(VolumeBinding, nil).(*volumeBinding)
			state, got := b.reserve(pl, pod(nil, claiming("a")), n)
			if got != "" {
				t.Fatal(got)
			}
			for _, o := range c.heard {
				b.set(o)
			}
			done, status := pl.PreBindDone(state, "n")
			if done != c.done || verdict(status) != c.want {
				t.Errorf("got %v, %q, want %v, %q", done, verdict(status), c.done, c.want)
			}
		})
	}
}
