package cmd

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version is what a run's record says it was made by. It is the same in every build of one state of
// the code, so that the record is too.
const Version = "v0.1.0"

// kubernetes is the version whose behaviour is simulated.
const kubernetes = "v1.37.2"

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and that of the Kubernetes it simulates",
		Example: "  towtank version",
		Args:    usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return a.print(fmt.Appendf(nil, "towtank %s\nkubernetes %s\nbuilt with %s%s\n", Version, kubernetes, runtime.Version(), revision()))
		},
	}
}

// revision is the commit that was built, where the build knows it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ", with local changes"
		}
	}
	if commit == "" {
		return ""
	}
	return " from " + commit + dirty
}
