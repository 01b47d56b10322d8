package prober

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/behaviour"
)

func TestEventsHaveUpstreamsWords(t *testing.T) {
	exec := model.Handler{Kind: "exec", Command: []string{"check", "it"}}
	get := model.Handler{Kind: "httpGet", Path: "/ready", Port: "web"}
	tcp := model.Handler{Kind: "tcpSocket", Port: "9000"}
	grpc := model.Handler{Kind: "grpc", Port: "9000"}
	late := behaviour.Answer{Takes: 5 * time.Second}
	reply := func(r behaviour.Reply) behaviour.Answer { return behaviour.Answer{Reply: r} }
	for _, c := range []struct {
		h    model.Handler
		a    behaviour.Answer
		want string // empty: a success that makes no event
	}{
		{exec, reply(behaviour.Reply{}), ""},
		{exec, reply(behaviour.Reply{Exit: 1}), "Failure Unhealthy Liveness probe failed: "},
		{exec, reply(behaviour.Reply{Exit: 2, Output: "no lock"}), "Failure Unhealthy Liveness probe failed: no lock"},
		{exec, late, `Failure Unhealthy Liveness probe failed: command timed out: "check it" timed out after 1s`},
		{exec, reply(behaviour.Reply{Error: "no such container"}), "Unknown Unhealthy Liveness probe errored and resulted in unknown state: no such container"},
		{get, reply(behaviour.Reply{}), ""},
		{get, reply(behaviour.Reply{Status: 299}), ""},
		{get, reply(behaviour.Reply{Status: 302, Output: "gone"}), "Success ProbeWarning Liveness probe warning: Probe terminated redirects, Response body: gone"},
		{get, reply(behaviour.Reply{Status: 400}), "Failure Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 400"},
		{get, reply(behaviour.Reply{Status: 199}), "Failure Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 199"},
		{get, reply(behaviour.Reply{Refused: true}), `Failure Unhealthy Liveness probe failed: Get "http://10.0.0.7:8080/ready": dial tcp 10.0.0.7:8080: connect: connection refused`},
		{get, late, `Failure Unhealthy Liveness probe failed: Get "http://10.0.0.7:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`},
		{get, reply(behaviour.Reply{TooManyRedirects: true}), `Failure Unhealthy Liveness probe failed: Get "http://10.0.0.7:8080/ready": stopped after 10 redirects`},
		{get, reply(behaviour.Reply{Error: "unexpected EOF"}), "Unknown Unhealthy Liveness probe errored and resulted in failure state: unexpected EOF"},
		{model.Handler{Kind: "httpGet", Scheme: "HTTPS", Host: "fd00::1", Path: "/", Port: "443"}, reply(behaviour.Reply{Refused: true}), `Failure Unhealthy Liveness probe failed: Get "https://[fd00::1]:443/": dial tcp [fd00::1]:443: connect: connection refused`},
		{model.Handler{Kind: "httpGet", Path: "/", Port: "admin"}, reply(behaviour.Reply{}), `Unknown Unhealthy Liveness probe errored and resulted in unknown state: port "admin" not found`},
		{tcp, reply(behaviour.Reply{}), ""},
		{tcp, reply(behaviour.Reply{Refused: true}), "Failure Unhealthy Liveness probe failed: dial tcp 10.0.0.7:9000: connect: connection refused"},
		{tcp, late, "Failure Unhealthy Liveness probe failed: dial tcp 10.0.0.7:9000: i/o timeout"},
		{grpc, reply(behaviour.Reply{}), ""},
		{grpc, reply(behaviour.Reply{Serving: "NOT_SERVING"}), `Failure Unhealthy Liveness probe failed: service unhealthy (responded with "NOT_SERVING")`},
		{grpc, reply(behaviour.Reply{Refused: true}), `Failure Unhealthy Liveness probe failed: timeout: failed to connect service "10.0.0.7:9000" within 1s: context deadline exceeded`},
		{grpc, late, "Failure Unhealthy Liveness probe failed: timeout: health rpc did not complete within 1s"},
	} {
		w := worker(Liveness, model.Probe{Handler: c.h}, nil)
		out, lasts := w.outcome(&c.a)
		got := ""
		if out.reason != "" {
			got = out.result.String() + " " + out.reason + " " + out.message
		}
		if got != c.want || got == "" && out.result != Success {
			t.Errorf("%s %+v: %v %q\nwant %q", c.h.Kind, c.a, out.result, got, c.want)
		}
		if lasts > time.Second {
			t.Errorf("%s %+v lasts %v, over its timeout", c.h.Kind, c.a, lasts)
		}
	}
}
