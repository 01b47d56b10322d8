package framework

// Clue is what a plugin adds to a rejection for people: the figures and names behind its reasons, which
// are upstream's to the letter.
type Clue struct {
	Text string
	// Lack is how far the node is from fitting, as a share of what the pod wants; 0 where there is no measure.
	// The node that lacks least is named first.
	Lack float64
}

// Explainer is implemented by filters that have something to add to their rejections. They are asked only in
// cycles that are explained.
type Explainer interface {
	FilterPlugin
	// ExplainRejection is about a node that Filter has rejected, with the same arguments.
	ExplainRejection(state any, pod *PodInfo, node *NodeInfo) Clue
}

// Inquirer is implemented by trials that can be told of the nodes on which no room can be made.
type Inquirer interface {
	// Asks says whether this trial wants to be told.
	Asks() bool
	// Refused tells of a node that so many pods of lower priority could leave, and the verdict on it then.
	Refused(node string, lower int, status *Status)
}
