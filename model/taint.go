package model

// Effect is what a taint does to pods that do not tolerate it.
type Effect string

// The effects of a taint.
const (
	NoSchedule       Effect = "NoSchedule"
	PreferNoSchedule Effect = "PreferNoSchedule"
	NoExecute        Effect = "NoExecute"
)

// Keys of the taints that Kubernetes sets itself.
const (
	TaintNotReady      = "node.kubernetes.io/not-ready"
	TaintUnreachable   = "node.kubernetes.io/unreachable"
	TaintUnschedulable = "node.kubernetes.io/unschedulable"
	TaintOutOfService  = "node.kubernetes.io/out-of-service"
)

// Taint keeps pods off a node.
type Taint struct {
	Key    string
	Value  string
	Effect Effect
	// TimeAdded is kept as written in the manifest (RFC 3339) for rendering.
	TimeAdded string
}

// Toleration lets a pod ignore matching taints.
type Toleration struct {
	Key      string
	Operator string // "", Equal, Exists (Lt and Gt are alpha and off in v1.37)
	Value    string
	Effect   Effect // "" matches every effect
	// Seconds is tolerationSeconds, nil for ever.
	Seconds *int64
}

// Tolerates says whether the toleration covers the taint.
// Source: kubernetes v1.37.2 api core/v1/toleration.go ToleratesTaint.
func (t *Toleration) Tolerates(taint *Taint) bool {
	if t.Effect != "" && t.Effect != taint.Effect {
		return false
	}
	if t.Key != "" && t.Key != taint.Key {
		return false
	}
	switch t.Operator {
	case "", "Equal":
		return t.Value == taint.Value
	case "Exists":
		return true
	}
	return false
}

// ToleratedBy says whether any of the tolerations covers the taint.
func (t *Taint) ToleratedBy(tolerations []Toleration) bool {
	for i := range tolerations {
		if tolerations[i].Tolerates(t) {
			return true
		}
	}
	return false
}
