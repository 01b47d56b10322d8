package world

import (
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/verbs"
)

// Session is a run that goes on as far as it is told.
type Session struct{ world *world }

// Open begins a run: the cluster stands at t = 0 and nothing has happened yet.
func Open(cfg *Config, o RunOptions) (*Session, error) {
	w, err := assemble(cfg, o)
	if err != nil {
		return nil, err
	}
	w.recorder.begin(w.header())
	w.sampler.start()
	return &Session{w}, nil
}

// RunUntil goes on up to and including an instant, also beyond the Config's duration.
func (s *Session) RunUntil(t sim.Time) { s.world.engine.RunUntil(t) }

// Now is how far the run has come.
func (s *Session) Now() sim.Time { return s.world.engine.Now() }

// API is the cluster's API server. What is written to it between two steps happens now.
func (s *Session) API() *apiserver.Server { return s.world.api }

// LeaseRenewed is when the node's kubelet last renewed its lease; false for a node without one.
func (s *Session) LeaseRenewed(node string) (sim.Time, bool) {
	return s.world.leases.Last(s.Now(), node)
}

// Do has a verb done now.
func (s *Session) Do(v verbs.Verb, place string) error {
	return v.Do(s.world.input.env(s.Now(), place))
}

// Close ends the run here and closes its record.
func (s *Session) Close() (*record.Footer, error) {
	defer s.world.input.close()
	defer s.world.controllers.Close()
	footer := s.world.footer()
	return footer, s.world.recorder.end(footer, s.world.failed)
}
