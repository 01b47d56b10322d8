package model

import "testing"

func TestQuantitiesAreWrittenInTheirCanonicalForm(t *testing.T) {
	for _, c := range []struct {
		name string
		q    Quantity
		want string
	}{
		{"cpu", Quantity{}, "0"},
		{"cpu", MilliQuantity(500), "500m"},
		{"cpu", MilliQuantity(1500), "1500m"},
		{"cpu", WholeQuantity(2), "2"},
		{"pods", WholeQuantity(3000), "3k"},
		{"memory", WholeQuantity(1 << 30), "1Gi"},
		{"memory", WholeQuantity(1536 << 20), "1536Mi"},
		{"memory", WholeQuantity(1_000_000), "1M"},
		{"requests.memory", WholeQuantity(64 << 20), "64Mi"},
		{"requests.storage", WholeQuantity(5 << 40), "5Ti"},
		{"cpu", Quantity{Nanos: 1}, "1n"},
		{"cpu", Quantity{Units: 1, Nanos: 2000}, "1000002u"},
	} {
		if got := FormatQuantity(c.name, c.q); got != c.want {
			t.Errorf("%v of %s: %s, want %s", c.q, c.name, got, c.want)
		}
	}
}

func TestHashNamesContinueTheSumWithTheCollisions(t *testing.T) {
	none, one := int32(0), int32(1)
	a := PodTemplate{Hash: 1, RevisionHash: 1}
	names := map[string]bool{}
	for _, name := range []string{a.HashName(nil), a.HashName(&none), a.HashName(&one)} {
		names[name] = true
	}
	for _, name := range []string{a.RevisionName(nil), a.RevisionName(&none), a.RevisionName(&one)} {
		names["revision "+name] = true
	}
	if len(names) != 6 {
		t.Errorf("names %v, want six different ones", names)
	}
}

func TestSharesAreRoundedUpOrDown(t *testing.T) {
	quarter := IntOrPercent{Value: 25, Percent: true}
	// A quarter of 10 is 2.5.
	if up, down := quarter.Of(10, true), quarter.Of(10, false); up != 3 || down != 2 {
		t.Errorf("25%% of 10: %d up, %d down, want 3 and 2", up, down)
	}
	if n := (IntOrPercent{Value: 7}).Of(10, true); n != 7 {
		t.Errorf("7 of 10: %d", n)
	}
}
