package apiserver

import "time"

// DelayWatches has all deliveries of watches that begin now come so much later than otherwise; 0 ends that.
// None overtakes another.
func (s *Server) DelayWatches(by time.Duration) { s.delay = by }

// Refuse has the server refuse all that clients ask of it, or no more. What is there and what is on its way to
// watchers stays.
func (s *Server) Refuse(refuses bool) { s.refuses = refuses }

// unavailable is the error of a server that refuses everything, as clients see it that cannot reach it.
func (s *Server) unavailable() error {
	if !s.refuses {
		return nil
	}
	return &StatusError{ServiceUnavailable, "The connection to the server was refused - did you specify the right host or port?"}
}
