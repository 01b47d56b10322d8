package images

import (
	"fmt"
	"math"

	"towtank.dev/towtank/sim"
)

// registry is one registry in a run.
type registry struct {
	host    string
	config  *Registry
	link    link
	down    bool
	missing map[string]bool // by full name
	slow    float64         // how many times as long it takes, 0: once
	key     sim.Key
}

// registry returns the registry of a host.
func (m *Manager) registry(host string) *registry {
	if r, ok := m.registries[host]; ok {
		return r
	}
	r := &registry{host: host, config: &m.config.OtherRegistries, missing: map[string]bool{},
		key: sim.NewKey(m.engine.Seed(), "images.registries.roundTrip").Of(host)}
	for i := range m.config.Registries {
		if m.config.Registries[i].Host == host {
			r.config = &m.config.Registries[i]
		}
	}
	r.link.capacity, r.down = r.config.Bandwidth, r.config.Down
	for _, name := range r.config.Missing {
		if n, err := ParseName(name); err == nil {
			r.missing[n.String()] = true
		}
	}
	m.registries[host] = r
	return r
}

// How many requests one after another a pull takes: to be sent to the token service, to get a token, and to get
// the manifest; then the image's config, before its layers. Further requests for layers overlap with downloads.
// Source: containerd v2.1 core/remotes/docker/authorizer.go and core/images/handlers.go.
const (
	tripsToResolve  = 3
	tripsToDownload = 1
)

// roundTrip draws the time from a request to its answer, for one pull.
func (r *registry) roundTrip(p *Pull, scratch *sim.KeyedStream) float64 {
	if r.config.RoundTrip == nil {
		return 0
	}
	*scratch = r.key.Of(p.pod.Namespace).Of(p.pod.Name).Of(p.known.asked).Draw(p.try.count)
	trip := r.config.RoundTrip.Sample(scratch)
	if r.slow > 0 {
		trip *= r.slow
	}
	return trip
}

// The words with which a runtime tells why it could not pull an image.
// Source: containerd v2.1 internal/cri/server/images/image_pull.go, core/remotes/docker/resolver.go, pusher.go.
func pullFailure(k *known, why string) string {
	return fmt.Sprintf("rpc error: code = Unknown desc = failed to pull and unpack image %q: %s", k.full, why)
}

// refused is a registry that does not answer.
func refused(k *known) string {
	host, what := k.Host, k.Tag
	if host == "docker.io" {
		host = "registry-1.docker.io"
	}
	if k.Digest != "" {
		what = k.Digest
	}
	return pullFailure(k, fmt.Sprintf("failed to resolve reference %q: failed to do request: Head %q: dial tcp: connect: connection refused",
		k.full, "https://"+host+"/v2/"+k.path()+"/manifests/"+what))
}

// notFound is a reference that the registry does not have.
func notFound(k *known) string {
	return fmt.Sprintf("rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found",
		k.full, k.full, k.full)
}

// denied is a repository that the pull has no credentials for.
func denied(k *known) string {
	return pullFailure(k, fmt.Sprintf("failed to resolve reference %q: pull access denied, repository does not exist or may "+
		"require authorization: server message: insufficient_scope: authorization failed", k.full))
}

// broken is a download that ended before its time.
func broken(k *known) string {
	return pullFailure(k, "failed to copy: httpReadSeeker: failed open: connection reset by peer")
}

// RegistryDown has a registry refuse all requests and breaks the downloads from it that are under way.
func (m *Manager) RegistryDown(now sim.Time, host string) {
	r := m.registry(host)
	r.down = true
	var breaking []*Pull
	for _, f := range m.network.flows {
		if f.pull.registry == r {
			breaking = append(breaking, f.pull)
		}
	}
	m.breakOff(now, breaking)
}

// RegistryUp has a registry answer again.
func (m *Manager) RegistryUp(now sim.Time, host string) { m.registry(host).down = false }

// RegistrySlow sets what a registry sends at most, in bytes a second; +Inf: any amount. A negative number
// restores what its Config says.
func (m *Manager) RegistrySlow(now sim.Time, host string, bandwidth float64) {
	r := m.registry(host)
	if r.link.capacity = bandwidth; bandwidth < 0 {
		r.link.capacity = r.config.Bandwidth
	}
	m.rates(now)
}

// RegistryTimes has a registry take so many times as long as its Config says, from requests that begin now on:
// its round trips are multiplied, its bandwidth is divided by it; 1 restores both.
func (m *Manager) RegistryTimes(now sim.Time, host string, times float64) {
	r := m.registry(host)
	r.slow = times
	r.link.capacity = r.config.Bandwidth / times
	m.rates(now)
}

// MissingTag has a registry not know a reference, or know it again.
func (m *Manager) MissingTag(now sim.Time, image string, missing bool) error {
	n, err := ParseName(image)
	if err != nil {
		return err
	}
	if r := m.registry(n.Host); missing {
		r.missing[n.String()] = true
	} else {
		delete(r.missing, n.String())
	}
	return nil
}

// unlimited is a bandwidth or speed that is never in the way.
var unlimited = math.Inf(1)
