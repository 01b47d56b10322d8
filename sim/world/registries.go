package world

import (
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/images"
)

// registries are where images come from: faults of them add up here.
type registries struct{ *world }

// ails counts the faults under way of each kind.
type ails struct {
	down    map[string]int // registries, by host
	slow    map[string][]float64
	missing map[string]int // images, by full name

	controllers, scheduler, api, etcd int
	// mute counts the reasons why nobody can write.
	mute     int
	requests []float64
	watches  time.Duration
	// cut are the nodes that are not heard only because nobody can write, while that is so.
	cut map[string]bool
}

// Down has a registry refuse all requests.
func (r registries) Down(now sim.Time, host string) {
	if count(&r.ails.down, host, 1) == 1 {
		r.images.RegistryDown(now, host)
	}
}

// Up ends one fault of that kind.
func (r registries) Up(now sim.Time, host string) {
	if count(&r.ails.down, host, -1) == 0 {
		r.images.RegistryUp(now, host)
	}
}

// Slow has a registry take times as long.
func (r registries) Slow(now sim.Time, host string, times float64) {
	if r.ails.slow == nil {
		r.ails.slow = map[string][]float64{}
	}
	r.ails.slow[host] = append(r.ails.slow[host], times)
	r.images.RegistryTimes(now, host, product(r.ails.slow[host]))
}

// Quick ends one fault of that kind.
func (r registries) Quick(now sim.Time, host string, times float64) {
	r.ails.slow[host] = without(r.ails.slow[host], times)
	r.images.RegistryTimes(now, host, product(r.ails.slow[host]))
}

// Lose has a registry not know an image.
func (r registries) Lose(_ sim.Time, image string) error { return r.lost(image, 1) }

// Find ends one fault of that kind.
func (r registries) Find(_ sim.Time, image string) error { return r.lost(image, -1) }

func (r registries) lost(image string, by int) error {
	n, err := images.ParseName(image)
	if err != nil {
		return err
	}
	return r.images.MissingTag(r.engine.Now(), image, count(&r.ails.missing, n.String(), by) > 0)
}

// count adds to one of several counts and returns it; nothing falls below zero.
func count(of *map[string]int, key string, by int) int {
	if *of == nil {
		*of = map[string]int{}
	}
	(*of)[key] = max((*of)[key]+by, 0)
	return (*of)[key]
}

// product multiplies factors; that of none is 1.
func product(factors []float64) float64 {
	p := 1.0
	for _, f := range factors {
		p *= f
	}
	return p
}

// without returns factors without one of that value.
func without(factors []float64, one float64) []float64 {
	for i, f := range factors {
		if f == one {
			return append(factors[:i:i], factors[i+1:]...)
		}
	}
	return factors
}
