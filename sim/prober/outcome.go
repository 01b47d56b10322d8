package prober

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/behaviour"
)

// outcome is what a call comes to: a result, Unknown when it does not count, and the event it makes.
type outcome struct {
	result          Result
	reason, message string
}

// The reasons of the events of probes.
// Source: kubernetes v1.37.2 pkg/kubelet/events/event.go ContainerUnhealthy, ContainerProbeWarning.
const (
	unhealthy = "Unhealthy"
	warning   = "ProbeWarning"
)

// tries is how often a handler that has an error is called in a row.
// Source: kubernetes v1.37.2 pkg/kubelet/prober/prober.go maxProbeRetries.
const tries = 3

// call is the call that begins at t: what it comes to, and when.
func (w *Worker) call(t sim.Time) (out outcome, end sim.Time) {
	end = t
	for range tries {
		a, _ := w.options.Ask(end)
		var lasts time.Duration
		if out, lasts = w.outcome(&a); lasts > 0 {
			end = end.Add(lasts)
		}
		if out.result != Unknown {
			break
		}
	}
	return out, end
}

// outcome is what one answer comes to, and how long it takes, the timeout at most.
func (w *Worker) outcome(a *behaviour.Answer) (out outcome, lasts time.Duration) {
	h := &w.options.Probe.Handler
	timeout := w.timeout()
	lasts = min(max(a.Takes, 0), timeout)
	late := a.Takes > timeout
	switch h.Kind {
	case "exec":
		out = w.exec(h, a, late)
	case "httpGet":
		out = w.http(h, a, late)
	case "tcpSocket":
		out = w.tcp(h, a, late)
	case "grpc":
		if a.Refused { // the client tries to connect until its time is over
			lasts = timeout
		}
		out = w.grpc(h, a, late)
	default:
		out = w.errored("unknown", "missing probe handler for "+w.options.Container.Name)
	}
	return out, lasts
}

func (w *Worker) failed(message string) outcome {
	return outcome{Failure, unhealthy, w.options.Type.String() + " probe failed: " + message}
}

func (w *Worker) errored(state, message string) outcome {
	return outcome{Unknown, unhealthy, w.options.Type.String() + " probe errored and resulted in " + state + " state: " + message}
}

// exec is the outcome of a command.
// Source: kubernetes v1.37.2 pkg/probe/exec/exec.go Probe; k8s.io/cri-client remote_runtime.go execSync.
func (w *Worker) exec(h *model.Handler, a *behaviour.Answer, late bool) outcome {
	switch {
	case late:
		return w.failed(fmt.Sprintf("command timed out: %q timed out after %v", strings.Join(h.Command, " "), w.timeout()))
	case a.Error != "":
		return w.errored("unknown", a.Error)
	case a.Exit != 0:
		return w.failed(cut(a.Output))
	}
	return outcome{result: Success}
}

// maxOutput is how many bytes are read of what a command prints, or a server sends.
// Source: kubernetes v1.37.2 pkg/probe/exec/exec.go maxReadLength, pkg/probe/http/http.go maxRespBodyLength.
const maxOutput = 10 << 10

func cut(s string) string { return s[:min(len(s), maxOutput)] }

// http is the outcome of a request.
// Source: kubernetes v1.37.2 pkg/probe/http/http.go DoHTTPProbe; go1.26 net/http client.go for the messages.
func (w *Worker) http(h *model.Handler, a *behaviour.Answer, late bool) outcome {
	port, err := behaviour.PortOf(h, w.options.Container)
	status := a.Status
	if status == 0 {
		status = 200
	}
	switch {
	case err != nil:
		return w.errored("unknown", err.Error())
	case a.Refused:
		return w.get(h, port, "dial tcp "+w.address(h, port)+": connect: connection refused")
	case late:
		return w.get(h, port, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
	case a.TooManyRedirects:
		return w.get(h, port, "stopped after 10 redirects")
	case a.Error != "":
		return w.errored("failure", a.Error)
	case status >= 300 && status < 400:
		return outcome{Success, warning, w.options.Type.String() + " probe warning: Probe terminated redirects, Response body: " + cut(a.Output)}
	case status < 200 || status >= 400:
		return w.failed("HTTP probe failed with statuscode: " + strconv.Itoa(status))
	}
	return outcome{result: Success}
}

// get is the outcome of a request that has got no response.
func (w *Worker) get(h *model.Handler, port int32, fault string) outcome {
	scheme := strings.ToLower(h.Scheme)
	if scheme == "" {
		scheme = "http"
	}
	return w.failed(fmt.Sprintf("Get %q: %s", scheme+"://"+w.address(h, port)+h.Path, fault))
}

// tcp is the outcome of a connection. All its errors are failures.
// Source: kubernetes v1.37.2 pkg/probe/tcp/tcp.go DoTCPProbe; go1.26 net for the messages.
func (w *Worker) tcp(h *model.Handler, a *behaviour.Answer, late bool) outcome {
	port, err := behaviour.PortOf(h, w.options.Container)
	switch {
	case err != nil:
		return w.errored("unknown", err.Error())
	case a.Refused:
		return w.failed("dial tcp " + w.address(h, port) + ": connect: connection refused")
	case late:
		return w.failed("dial tcp " + w.address(h, port) + ": i/o timeout")
	case a.Error != "":
		return w.failed("dial tcp " + w.address(h, port) + ": " + a.Error)
	}
	return outcome{result: Success}
}

// grpc is the outcome of a health check. All its errors are failures.
// Source: kubernetes v1.37.2 pkg/probe/grpc/grpc.go Probe.
func (w *Worker) grpc(h *model.Handler, a *behaviour.Answer, late bool) outcome {
	port, err := behaviour.PortOf(h, w.options.Container)
	switch {
	case err != nil:
		return w.errored("unknown", err.Error())
	case a.Refused:
		return w.failed(fmt.Sprintf("timeout: failed to connect service %q within %v: context deadline exceeded", w.address(h, port), w.timeout()))
	case late:
		return w.failed(fmt.Sprintf("timeout: health rpc did not complete within %v", w.timeout()))
	case a.Error != "":
		return w.failed("error: health rpc probe failed: " + a.Error)
	case a.Serving != "" && a.Serving != "SERVING":
		return w.failed(fmt.Sprintf("service unhealthy (responded with %q)", a.Serving))
	}
	return outcome{result: Success}
}

// address is where the handler connects to.
func (w *Worker) address(h *model.Handler, port int32) string {
	host := h.Host
	if host == "" {
		host = w.view.IP
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
