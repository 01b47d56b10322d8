package images

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// The pull policies of containers.
const (
	PullAlways       = "Always"
	PullIfNotPresent = "IfNotPresent"
	PullNever        = "Never"
)

// The reasons for which a container waits when its image cannot be had.
// Source: kubernetes v1.37.2 pkg/kubelet/images/types.go.
const (
	ErrImagePull        = "ErrImagePull"
	ErrImagePullBackOff = "ImagePullBackOff"
	ErrImageNeverPull   = "ErrImageNeverPull"
	ErrInvalidImageName = "InvalidImageName"
)

// Request asks for the image of one container, before one start of it.
type Request struct {
	Node string
	Pod  *model.Pod
	// Image is the name as the container gives it.
	Image string
	// Policy is PullAlways, PullIfNotPresent or PullNever.
	Policy string
	// Scripted, when not nil, decides how a pull goes in place of registries and layers. It is asked when the
	// pull's turn has come, with the time since the pod first tried to pull this image.
	Scripted func(sinceFirst time.Duration) Scripted
	// Done is scheduled at the instant a pull ends. Finish then tells how it ended.
	Done sim.Event
}

// Scripted is a pull of which somebody else has decided how it goes.
type Scripted struct {
	// Took is how long the runtime is at it.
	Took time.Duration
	// Failure is what the pull fails with; "": it succeeds.
	Failure string
	// Unsaid leaves this pull to registries and layers after all.
	Unsaid bool
}

// State says what a container's start may do about its image.
type State uint8

// The states of an Outcome.
const (
	// Present: the image is there, the container can be created.
	Present State = iota
	// Waiting: a pull is under way or waits for its turn.
	Waiting
	// Failed: there is no image now. The kubelet tries again in its next sync of the pod.
	Failed
)

// Outcome is the answer to a Request.
type Outcome struct {
	State State
	// Reason and Message are those of the container's waiting state, when Failed.
	Reason  string
	Message string
	// ImageID is what the container's status gives as imageID, when Present; "" when nothing is known of images.
	ImageID string
	// Events are to be emitted about the container now, in this order. They are shared: not to be written to.
	Events []Event
	// Pull is the pull that is waited for, when Waiting.
	Pull *Pull
}

// Event is a Kubernetes event about a container.
type Event struct {
	Type    string // Normal, Warning
	Reason  string
	Message string
}
