package kubelet

import "towtank.dev/towtank/sim/behaviour"

// What containers do is said in package behaviour; these are its names for who has always asked here.
type (
	Behaviour = behaviour.Behaviour
	Match     = behaviour.Match
	RunTime   = behaviour.RunTime
	StopTime  = behaviour.StopTime
)

// AnnotationPrefix begins the annotations that describe behaviour.
const AnnotationPrefix = behaviour.AnnotationPrefix
