package images

import (
	"fmt"

	"towtank.dev/towtank/sim"
)

// The types and reasons of the events about images.
// Source: kubernetes v1.37.2 pkg/kubelet/events/event.go.
const (
	normal  = "Normal"
	warning = "Warning"

	pulling          = "Pulling"
	pulled           = "Pulled"
	failedReason     = "Failed"
	inspectFailed    = "InspectFailed"
	backOffReason    = "BackOff"
	errNeverPullSaid = "ErrImageNeverPull"
)

// Ensure says whether a container's image is there, and begins to pull it when it has to be. It is asked once for
// each try to start a container; while the answer is Waiting, the pod's worker waits for the Done event.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_manager.go EnsureImageExists.
func (m *Manager) Ensure(now sim.Time, r Request) Outcome {
	if r.Image == "" { // generated pods may have none
		return Outcome{}
	}
	var n *node
	if m.known() || r.Scripted != nil {
		n = m.node(now, r.Node)
	}
	k := m.name(r.Image)
	switch {
	case k.err != nil:
		message := fmt.Sprintf("Failed to apply default image tag %q: %v", r.Image, k.err)
		return failed(ErrInvalidImageName, message, Event{warning, inspectFailed, message})
	case n == nil:
		return Outcome{Events: k.present}
	}
	if r.Policy != PullAlways {
		s := n.byName[k.full]
		if s != nil && m.accessible(n, s, k, r.Pod) {
			return Outcome{ImageID: k.imageID(), Events: k.present}
		}
		if r.Policy == PullNever {
			message := fmt.Sprintf("Container image %q is not present with pull policy of Never", r.Image)
			return failed(ErrImageNeverPull, message, Event{warning, errNeverPullSaid, message})
		}
	}
	return m.pull(now, n, k, &r)
}

// pull begins a pull, unless it is too early for another.
// Source: kubernetes v1.37.2 pkg/kubelet/images/image_manager.go pullImage.
func (m *Manager) pull(now sim.Time, n *node, k *known, r *Request) Outcome {
	if t := n.tryOf(r.Pod.UID, r.Image, false); t.backingOff(now) {
		said := fmt.Sprintf("Back-off pulling image %q", r.Image)
		return failed(ErrImagePullBackOff, said+": "+t.message, Event{normal, backOffReason, said})
	}
	p := &Pull{node: n, known: k, pod: r.Pod, scripted: r.Scripted, try: n.tryOf(r.Pod.UID, r.Image, true), done: r.Done, queued: now}
	m.enqueue(now, p)
	return Outcome{State: Waiting, Pull: p, Events: []Event{{normal, pulling, fmt.Sprintf("Pulling image %q", r.Image)}}}
}

// Finish says how the pull ended whose Done event has come: Present or Failed.
func (m *Manager) Finish(p *Pull) Outcome { return p.outcome }

// failed is a start that finds no image, with the event that the kubelet adds to all such.
// Source: kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer.
func failed(reason, message string, e Event) Outcome {
	return Outcome{State: Failed, Reason: reason, Message: message,
		Events: []Event{e, {warning, failedReason, "Error: " + reason}}}
}

// imageID is what the status of a container says of its image.
func (k *known) imageID() string {
	if k.id == "" {
		k.id = k.Repository + "@" + k.image.digest
	}
	return k.id
}
