package world

import "towtank.dev/towtank/sim/images"

// newImages makes the image managers of the kubelets.
func (w *world) newImages() *images.Manager {
	return images.New(w.engine, w.api, images.Options{Config: w.cfg.Images, Note: w.notes.add,
		Runs: func(node string) bool { return w.kubelets.Runs(node) }})
}
