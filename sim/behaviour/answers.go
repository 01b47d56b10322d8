package behaviour

import (
	"time"

	"towtank.dev/towtank/sim"
)

// Answers are what the handlers that it is about are answered, by the time since the container started.
type Answers struct {
	// Kind is the kind of handler: exec, httpGet, tcpSocket, grpc; empty: all kinds.
	Kind string
	// Word is a word of the command (exec), Path a path (httpGet), Service a service (grpc); empty: all.
	Word, Path, Service string
	// Port is the number or the name of a port (httpGet, tcpSocket, grpc); empty: all.
	Port string

	// Says is the course of the answers. Before the first item, and where no item speaks, the handler is
	// answered well and at once.
	Says []Says
	// Failures, when set, fail the handler from time to time.
	Failures *Failures
	// SlowWhenThrottled: an answer takes longer, by as much as the container gets less CPU than it wants.
	SlowWhenThrottled bool
}

// Says is one item in the course of answers. It holds from From on until a later item that speaks of the
// same thing: Reply of what is said, Takes of how long that takes. Of two items of one instant the later
// in the list holds.
type Says struct {
	From time.Duration
	// Restart is the only restart it holds in, meaningful when OnlyRestart; 0 is the first start.
	Restart     int32
	OnlyRestart bool

	Reply *Reply
	// Takes is how long an answer takes, in seconds, drawn anew each call unless constant.
	Takes sim.Dist
}

// Reply is what a handler is answered. The zero Reply is a good one of any kind.
type Reply struct {
	Exit    int32  // exec: exit code
	Output  string // exec: what it prints; httpGet: the body
	Status  int    // httpGet: status code; 0 stands for 200
	Serving string // grpc: serving status; empty stands for SERVING
	// Redirect is where an httpGet is sent: a path on the same host, or a URL elsewhere. A status from 300
	// to 399 without one ends there.
	Redirect string
	// TooManyRedirects: an httpGet was sent on ten times and again. It is an answer, not to be said.
	TooManyRedirects bool
	// Refused: the connection is (httpGet, tcpSocket, grpc).
	Refused bool
	// Fails is the plain failure of whatever kind of handler asks: a command exits with 1, an httpGet is
	// answered 500, a connection refused, and a grpc service NOT_SERVING.
	Fails bool
	// Error is an error of the handler itself, of which the kubelet concludes nothing.
	Error string
}

// Failures come at random: a time that goes well, a time that fails, and so on. Both are drawn anew each
// time, in seconds.
type Failures struct {
	Every sim.Dist // from the start, or from the last repair, to the next failure
	For   sim.Dist // from the failure to its repair
	With  *Reply   // the answer meanwhile; nil: the plain failure
}

// Port is a port with the times at which it is open, since the container started; closed else. A handler
// that connects to a closed port is refused.
type Port struct {
	Port int32
	Open []Interval
	// Restart is the only restart it holds in, meaningful when OnlyRestart.
	Restart     int32
	OnlyRestart bool
}

// Interval is a time from From (included) to To (not included; Forever: it does not end).
type Interval struct{ From, To time.Duration }

// Answer is how one call of a handler goes.
type Answer struct {
	Reply
	// Takes is how long it lasts when nobody ends it before.
	Takes time.Duration
}
