package behaviour

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// SetShare tells which part of the CPU that it wants the container gets now, from 0 (none) to 1 (all).
// Answers that depend on it change from now on: who has worked out future ones must ask again.
func (l *Life) SetShare(share float64) { l.lacks = 1 - min(max(share, 0), 1) }

// Answer is how a call of the handler goes that begins so long after the container's start, and until when
// (since the start; Forever: always) a call would go the same way. While the container runs the answer is a
// function of time alone, and of SetShare.
func (l *Life) Answer(h *model.Handler, since time.Duration) (a Answer, until time.Duration) {
	a, until, _ = l.answer(h, since)
	return a, until
}

// ReadinessAnswer is Answer for a readiness probe: where nothing is said of its handler, but the time to
// ready is, the probe is answered badly until that is over.
func (l *Life) ReadinessAnswer(h *model.Handler, since time.Duration) (a Answer, until time.Duration) {
	a, until, said := l.answer(h, since)
	if ready, slow := l.Ready(); !said && slow && since < ready {
		return Answer{Reply: badReply(h.Kind)}, ready
	}
	return a, until
}

// answer also tells whether the course of the handler's answers is said.
func (l *Life) answer(h *model.Handler, since time.Duration) (a Answer, until time.Duration, said bool) {
	until = Forever
	if h.Kind != "exec" {
		port, err := PortOf(h, l.spec)
		if err != nil {
			return Answer{Reply: Reply{Error: err.Error()}}, Forever, true
		}
		if open, change := l.open(port, since); !open {
			return Answer{Reply: Reply{Refused: true}}, change, true
		} else {
			until = change
		}
	}
	s := l.says(fieldAnswers)
	if s == nil {
		return a, until, false
	}
	for i := range s.Answers {
		if of := &s.Answers[i]; of.about(h) {
			a, change := l.course(s, i, h, since)
			return l.redirected(a, min(until, change), h, since)
		}
	}
	return a, until, false
}

// about says whether the answers are those of a handler.
func (a *Answers) about(h *model.Handler) bool {
	if a.Kind != "" && a.Kind != h.Kind || a.Port != "" && a.Port != h.Port ||
		a.Path != "" && a.Path != h.Path || a.Service != "" && a.Service != h.Service {
		return false
	}
	if a.Word == "" {
		return true
	}
	for _, word := range h.Command {
		if word == a.Word {
			return true
		}
	}
	return false
}

// course is what answers number i say at an instant, and until when.
func (l *Life) course(s *source, i int, h *model.Handler, since time.Duration) (a Answer, until time.Duration) {
	of := &s.Answers[i]
	until = Forever
	var reply, takes *Says
	for j := range of.Says {
		say := &of.Says[j]
		switch {
		case say.OnlyRestart && say.Restart != l.restart:
		case say.From > since:
			until = min(until, say.From)
		default:
			if say.Reply != nil && (reply == nil || say.From >= reply.From) {
				reply = say
			}
			if say.Takes != nil && (takes == nil || say.From >= takes.From) {
				takes = say
			}
		}
	}
	if reply != nil {
		a.Reply = reply.Reply.to(h.Kind)
	}
	if takes != nil {
		a.Takes, until = l.takes(s, i, takes.Takes, since, until)
	}
	if of.SlowWhenThrottled && l.lacks > 0 {
		a.Takes = slowed(a.Takes, 1-l.lacks)
	}
	if of.Failures != nil {
		failing, change := l.failing(s, i, since)
		until = min(until, change)
		if failing {
			a.Reply = of.Failures.reply(h.Kind)
		}
	}
	return a, until
}

// takes is how long a call lasts. What is drawn is drawn anew each call, and holds for that one alone.
func (l *Life) takes(s *source, i int, d sim.Dist, since, until time.Duration) (time.Duration, time.Duration) {
	if c, constant := d.(sim.Constant); constant {
		return sim.SampleDuration(c, nil), until
	}
	key := l.key(s, fieldAnswers).Of("takes " + strconv.Itoa(i) + " " + strconv.Itoa(int(l.restart)))
	l.set.scratch = key.Draw(uint64(since))
	return sim.SampleDuration(d, &l.set.scratch), since + 1
}

// slowed is a time of work at that share of the CPU.
func slowed(d time.Duration, share float64) time.Duration {
	if seconds := d.Seconds() / share; seconds < (100 * 365 * 24 * time.Hour).Seconds() {
		return time.Duration(seconds * 1e9)
	}
	return Forever
}

// reply is what a call gets while the handler fails.
func (f *Failures) reply(kind string) Reply {
	if f.With != nil {
		return f.With.to(kind)
	}
	return badReply(kind)
}

// to is the reply as a kind of handler gets it.
func (r *Reply) to(kind string) Reply {
	if r.Fails {
		return badReply(kind)
	}
	return *r
}

// badReply is the plain failure of a kind of handler.
func badReply(kind string) Reply {
	switch kind {
	case "httpGet":
		return Reply{Status: 500}
	case "tcpSocket":
		return Reply{Refused: true}
	case "grpc":
		return Reply{Serving: "NOT_SERVING"}
	default:
		return Reply{Exit: 1}
	}
}

// open says whether a port is open, and until when that stays so.
func (l *Life) open(port int32, since time.Duration) (open bool, until time.Duration) {
	s := l.says(fieldPorts)
	if s == nil {
		return true, Forever
	}
	named, until := false, Forever
	for i := range s.Behaviour.Ports {
		p := &s.Behaviour.Ports[i]
		if p.Port != port || p.OnlyRestart && p.Restart != l.restart {
			continue
		}
		named = true
		for _, in := range p.Open {
			switch {
			case since < in.From:
				until = min(until, in.From)
			case since < in.To:
				open, until = true, min(until, in.To)
			}
		}
	}
	return open || !named, until
}

// PortOf is the number of the port that a handler connects to, which is a name of the container's or a
// number. The error is upstream's.
// Source: kubernetes v1.37.2 pkg/probe/util.go ResolveContainerPort.
func PortOf(h *model.Handler, c *model.Container) (int32, error) {
	for i := range c.Ports {
		if c.Ports[i].Name == h.Port && h.Port != "" {
			return c.Ports[i].ContainerPort, nil
		}
	}
	if n, err := strconv.ParseInt(h.Port, 10, 32); err == nil {
		if n <= 0 || n > 65535 {
			return 0, fmt.Errorf("invalid port number: %d", n)
		}
		return int32(n), nil
	}
	return 0, fmt.Errorf("port %q not found", h.Port)
}

// maxRedirects is how many redirects a probe follows.
// Source: kubernetes v1.37.2 pkg/probe/http/http.go RedirectChecker.
const maxRedirects = 10

// redirected follows an answer that sends the caller to a path on the same host.
func (l *Life) redirected(a Answer, until time.Duration, h *model.Handler, since time.Duration) (Answer, time.Duration, bool) {
	at := *h
	for range maxRedirects {
		if h.Kind != "httpGet" || !follows(&a.Reply) {
			return a, until, true
		}
		at.Path = a.Redirect
		next, change := l.one(&at, since)
		next.Takes += a.Takes
		a, until = next, min(until, change)
	}
	if follows(&a.Reply) {
		a.Reply = Reply{TooManyRedirects: true}
	}
	return a, until, true
}

// follows says whether a client goes on to where it is sent.
// Source: go1.26 net/http client.go redirectBehavior.
func follows(r *Reply) bool {
	switch r.Status {
	case 301, 302, 303, 307, 308:
		return strings.HasPrefix(r.Redirect, "/")
	}
	return false
}

// one is the answer to one request of several.
func (l *Life) one(h *model.Handler, since time.Duration) (Answer, time.Duration) {
	s := l.says(fieldAnswers)
	for i := range s.Answers {
		if s.Answers[i].about(h) {
			return l.course(s, i, h, since)
		}
	}
	return Answer{}, Forever
}
