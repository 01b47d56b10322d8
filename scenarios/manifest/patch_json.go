package manifest

import (
	"time"

	"towtank.dev/towtank/model"
)

// Strategic returns the function that changes objects by strategic merge patches in JSON, in a run that
// starts at an instant.
func Strategic(start time.Time) func(old model.Object, patch []byte) (model.Object, error) {
	return func(old model.Object, patch []byte) (model.Object, error) {
		p := &Patch{clock{start}, func(k *kind, before []byte) ([]byte, error) { return change(k, StrategicPatch, before, patch) }}
		return p.Merge(old)
	}
}
