package plugins

import (
	"fmt"

	"towtank.dev/towtank/scheduler/framework"
)

// looked is the state of a PreFilter that has nothing to remember but that it was there.
var looked any = true

// missingState is the error of a plugin that is asked at an extension point without having been asked
// at the one before, which a profile may leave out. reading is how the plugin begins its sentence.
func missingState(plugin, reading, point string) *framework.Status {
	return framework.NewStatus(plugin, framework.Error, fmt.Sprintf("%s %q from cycleState: not found", reading, point+plugin))
}
