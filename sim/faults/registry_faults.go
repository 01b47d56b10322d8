package faults

import (
	"fmt"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
)

var registryDownInfo = verbs.Info{
	Name:    "registry-down",
	Doc:     "A registry refuses all requests; downloads from it that are under way break off.",
	Example: "registry-down: {registry: docker.io, for: 20m}",
	New:     func() verbs.Verb { return new(RegistryDown) },
}

var registryMissingInfo = verbs.Info{
	Name:    "registry-missing",
	Doc:     "A registry does not know a tag or digest, as before it is pushed or after it is removed.",
	Example: "registry-missing: {image: \"shop/web:1.2\", for: 10m}",
	New:     func() verbs.Verb { return new(RegistryMissing) },
}

var registrySlowInfo = verbs.Info{
	Name:    "registry-slow",
	Doc:     "A registry takes several times as long to answer, and sends so much less a second.",
	Example: "registry-slow: {registry: docker.io, times: 10, for: 1h}",
	New:     func() verbs.Verb { return new(RegistrySlow) },
}

// RegistryDown has a registry refuse all requests.
type RegistryDown struct {
	Registry string   `yaml:"registry" doc:"Host of the registry, as in the names of images; docker.io for images without one."`
	For      sim.Dist `yaml:"for" doc:"How long it lasts. Default: to the end of the run."`
}

// Check says what is wrong with the aim.
func (f *RegistryDown) Check() error { return checkRegistry(f.Registry) }

// Last sets how long the fault lasts.
func (f *RegistryDown) Last(d sim.Dist) { f.For = d }

// Do has the registry fail.
func (f *RegistryDown) Do(env *verbs.Env) error {
	f.spell().strike(env)
	return nil
}

// Recur has it fail again and again.
func (f *RegistryDown) Recur(env *verbs.Env, every sim.Dist) error {
	f.spell().recur(env, every)
	return nil
}

func (f *RegistryDown) spell() *spell {
	return &spell{of: f.Registry, lasts: f.For,
		begin: func(env *verbs.Env) { env.Registries.Down(env.Now, f.Registry) },
		end:   func(env *verbs.Env) { env.Registries.Up(env.Now, f.Registry) }}
}

// RegistrySlow makes a registry slow.
type RegistrySlow struct {
	Registry string   `yaml:"registry" doc:"Host of the registry, as in the names of images; docker.io for images without one."`
	Times    float64  `yaml:"times" doc:"How many times as long its answers take, over 1; its bandwidth, where that is not unlimited, is divided by it. Slow spells that overlap multiply."`
	For      sim.Dist `yaml:"for" doc:"How long it lasts. Default: to the end of the run."`
}

// Check says what is wrong with the fields.
func (f *RegistrySlow) Check() error {
	if err := checkRegistry(f.Registry); err != nil {
		return err
	}
	return checkTimes(f.Times)
}

// Last sets how long the fault lasts.
func (f *RegistrySlow) Last(d sim.Dist) { f.For = d }

// Do makes the registry slow.
func (f *RegistrySlow) Do(env *verbs.Env) error {
	f.spell().strike(env)
	return nil
}

// Recur makes it slow again and again.
func (f *RegistrySlow) Recur(env *verbs.Env, every sim.Dist) error {
	f.spell().recur(env, every)
	return nil
}

func (f *RegistrySlow) spell() *spell {
	return &spell{of: f.Registry, lasts: f.For,
		begin: func(env *verbs.Env) { env.Registries.Slow(env.Now, f.Registry, f.Times) },
		end:   func(env *verbs.Env) { env.Registries.Quick(env.Now, f.Registry, f.Times) }}
}

// RegistryMissing has a registry not know an image.
type RegistryMissing struct {
	Image string   `yaml:"image" doc:"Name of the image with its tag or digest; without either it is the tag latest."`
	For   sim.Dist `yaml:"for" doc:"How long it lasts. Default: to the end of the run."`
}

// Check says what is wrong with the image.
func (f *RegistryMissing) Check() error {
	if f.Image == "" {
		return fmt.Errorf("image: missing, want the name of an image, such as shop/web:1.2")
	}
	return nil
}

// Last sets how long the fault lasts.
func (f *RegistryMissing) Last(d sim.Dist) { f.For = d }

// Do has the registry not know the image.
func (f *RegistryMissing) Do(env *verbs.Env) error {
	if err := env.Registries.Lose(env.Now, f.Image); err != nil {
		return err
	}
	s := &spell{of: f.Image, lasts: f.For, begin: func(*verbs.Env) {}, end: func(env *verbs.Env) {
		// The name was good when the fault began.
		_ = env.Registries.Find(env.Now, f.Image)
	}}
	s.strike(env)
	return nil
}

func checkRegistry(host string) error {
	if host == "" {
		return fmt.Errorf("registry: missing, want a host, such as docker.io")
	}
	return nil
}

func checkTimes(times float64) error {
	if times == 0 {
		return fmt.Errorf("times: missing, want how many times as long it takes, over 1")
	}
	if !(times > 1) || times > 1e6 {
		return fmt.Errorf("times: %v, want how many times as long it takes, over 1 up to 1000000", times)
	}
	return nil
}
