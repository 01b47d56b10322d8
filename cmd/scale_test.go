package cmd

import (
	"strings"
	"testing"
)

func TestTheScenarioOfAMillionPodsIsValid(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100,000 nodes")
	}
	got := towtank(t, "validate", "../examples/scale/million.yaml")
	if got.code != 0 || !strings.Contains(got.stdout+got.stderr, "valid") {
		t.Errorf("%+v", got)
	}
}
