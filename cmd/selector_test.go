package cmd

import "testing"

func TestLabelSelectorsAsKubectlTakesThem(t *testing.T) {
	labels := map[string]string{"app": "web", "tier": "front", "empty": ""}
	for _, c := range []struct {
		selector string
		want     bool
	}{
		{"app=web", true}, {"app==web", true}, {"app = web", true}, {"app=db", false}, {"app!=db", true}, {"app!=web", false},
		{"missing!=x", true}, {"app", true}, {"missing", false}, {"!missing", true}, {"!app", false}, {"empty=", true},
		{"app in (db,web)", true}, {"app in ( db , web )", true}, {"app notin (db,web)", false}, {"missing notin (a)", true},
		{"app in (db,web),tier=front", true}, {"app=web,tier=back", false}, {"app=web,!missing,tier in (front)", true},
	} {
		s, err := labelSelector(c.selector)
		if err != nil || s.Matches(labels) != c.want {
			t.Errorf("%s: %v, want %v", c.selector, err, c.want)
		}
	}
	for _, bad := range []string{"", "a=b=c", "a in b", "a in (b", "=b", "a,,b", "a b", "a>1"} {
		if _, err := labelSelector(bad); err == nil {
			t.Errorf("%q is taken for a selector", bad)
		}
	}
}
