package world

import (
	"towtank.dev/towtank/sim/images"
	"towtank.dev/towtank/sim/kubelet"
)

// Kubelets are the kubelets of a session.
func (s *Session) Kubelets() *kubelet.Fleet { return s.world.kubelets }

// Images is the image manager of a session.
func (s *Session) Images() *images.Manager { return s.world.images }
