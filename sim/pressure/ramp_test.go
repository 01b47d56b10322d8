package pressure

import (
	"testing"
	"time"

	"towtank.dev/towtank/sim"
)

func TestAnAmountThatGrowsIsLookedAtWhenItIsTooMuch(t *testing.T) {
	const second = time.Second
	for _, test := range []struct {
		name                string
		value, slope, limit float64
		want                sim.Time
	}{
		{"half a core more, a tenth a second", 0.5, 0.1, 1, sim.At(5*second + time.Millisecond)},
		{"it stays", 0.5, 0, 1, sim.Never},
		{"it shrinks", 2, -0.1, 1, sim.Never},
		{"it is there", 1, 0.1, 1, sim.At(10 * second)},
		{"it takes longer than there is time", 0, 1e-12, 1, sim.Never},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := reaches(0, test.value, test.slope, test.limit); got != test.want {
				t.Errorf("at %v, want %v", got, test.want)
			}
		})
	}
}
