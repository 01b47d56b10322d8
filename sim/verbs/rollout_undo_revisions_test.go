package verbs_test

import (
	"fmt"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/verbs"
)

func TestSetsGoBackToTheirRevisions(t *testing.T) {
	for _, c := range []struct {
		name      string
		revisions int
		to        int64
		want      string // image afterwards
		error     string
	}{
		{"to the one before", 3, 0, "web:2", ""},
		{"to one by its number", 3, 1, "web:1", ""},
		{"to what it is already", 3, 3, "web:3", "%s.apps/web skipped rollback (current template already matches revision 3)"},
		{"to one that is not there", 3, 7, "web:3", "unable to find specified revision 7 in history"},
		{"before the second revision", 1, 0, "web:1", "no last revision to roll back to"},
	} {
		for _, kind := range []model.Kind{model.KindStatefulSet, model.KindDaemonSet} {
			t.Run(c.name+" "+string(kind), func(t *testing.T) {
				e := env(t)
				meta, now := model.ObjectMeta{Name: "web", Namespace: "shop"}, images(fmt.Sprintf("web:%d", c.revisions), uint32(c.revisions))
				var o model.Object = &model.StatefulSet{ObjectMeta: meta, Template: now}
				word := "statefulset"
				if kind == model.KindDaemonSet {
					o, word = &model.DaemonSet{ObjectMeta: meta, Template: now}, "daemonset"
				}
				stored, err := e.API.Create(o)
				if err != nil {
					t.Fatal(err)
				}
				for n := c.revisions; n > 0; n-- { // the order of creation does not count
					if _, err := e.API.Create(&model.ControllerRevision{ObjectMeta: model.ObjectMeta{Name: fmt.Sprint("web-", n), Namespace: "shop",
						Owners: []model.OwnerReference{{Kind: string(kind), Name: "web", UID: stored.Meta().UID, Controller: true}}},
						Revision: int64(n), Template: images(fmt.Sprintf("web:%d", n), uint32(n))}); err != nil {
						t.Fatal(err)
					}
				}
				v := &verbs.RolloutUndo{Target: verbs.Target{Kind: kind, Namespace: "shop", Name: "web"}, ToRevision: c.to}
				if err := v.Check(); err != nil {
					t.Fatal(err)
				}
				want := c.error
				if c.to == 3 && want != "" {
					want = fmt.Sprintf(want, word)
				}
				if err := v.Do(e); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
					t.Errorf("error %v, want %q", err, want)
				}
				image := ""
				switch o := e.API.Collection(kind).Find("shop", "web").(type) {
				case *model.StatefulSet:
					image = o.Template.Spec.Containers[0].Image
				case *model.DaemonSet:
					image = o.Template.Spec.Containers[0].Image
				}
				if image != c.want {
					t.Errorf("runs %s, want %s", image, c.want)
				}
			})
		}
	}
}
