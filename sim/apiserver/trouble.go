package apiserver

import "time"

// DelayWatches has all deliveries of watches that begin now come so much later than otherwise; 0 ends that.
// None overtakes another.
func (s *Server) DelayWatches(by time.Duration) { s.delay = by }

// Refuse has the server refuse all that clients ask of it, or no more. What is there and what is on its way to
// watchers stays.
func (s *Server) Refuse(refuses bool) { s.refuses = refuses }

// TimeOut has all writes end without an effect, or no more, as when etcd is too slow to take them. What is there can
// be read, and what is on its way to watchers stays.
func (s *Server) TimeOut(timesOut bool) { s.timesOut = timesOut }

// unavailable is the error of a server that refuses everything, as clients see it that cannot reach it, or of one
// that cannot write.
// Source: etcd v3.6 server/etcdserver/errors/errors.go ErrTimeout, which the API server hands on.
func (s *Server) unavailable() error {
	switch {
	case s.refuses:
	case s.timesOut:
		return &StatusError{Unknown, "etcdserver: request timed out"}
	default:
		return nil
	}
	return &StatusError{ServiceUnavailable, "The connection to the server was refused - did you specify the right host or port?"}
}
