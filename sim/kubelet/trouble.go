package kubelet

// Trouble is what is the matter with a node.
type Trouble struct {
	Off     bool // its kubelet does not run
	Crashed bool // it has no power
	Cut     bool // it is cut off from the control plane
}

// Trouble says what is the matter with a node; nothing with one that is not known.
func (f *Fleet) Trouble(node string) Trouble {
	h := f.known(node)
	if h == nil {
		return Trouble{}
	}
	return Trouble{Off: h.trouble.off, Crashed: h.trouble.crashed, Cut: h.trouble.cut}
}
