package verbs

import "towtank.dev/towtank/model"

// Merge makes the changed object out of the one that is there. The result is a new value that the
// caller may hand to the server; old is not written to. The reader of manifests makes these: only it
// knows how v1 objects are merged.
type Merge func(old model.Object) (model.Object, error)

// Manifest is an object to be applied.
type Manifest struct {
	// Place is where it stands (file:line:column).
	Place string
	// Object is what is created when there is none of its name.
	Object model.Object
	// Merge makes the object anew from what is there and the manifest, as `kubectl apply` does.
	Merge Merge
}
