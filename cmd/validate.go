package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/scenarios"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE...",
		Short: "Say everything that is wrong with scenario and manifest files",
		Long: `Validate reads files as run does, each by itself, and prints every problem with file, line and column.
Nothing is run. Exit code 0: every file can be run; 2: there are problems.`,
		Example: "  towtank validate scenario.yaml manifests/*.yaml",
		Args:    usage(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, files []string) error {
			var problems []error
			for _, file := range files {
				s, err := scenarios.Load([]string{file}, scenarios.Options{Version: Version, Plugins: a.plugins})
				if err != nil {
					problems = append(problems, err)
					continue
				}
				if err := a.print(fmt.Appendf(nil, "%s: valid: %s\n", file, contents(s))); err != nil {
					return err
				}
			}
			return errors.Join(problems...)
		},
	}
}

// contents says in a few words what a scenario holds.
func contents(s *scenarios.Scenario) string {
	parts := []string{fmt.Sprintf("scenario %s", s.Config.Name)}
	for _, p := range []struct {
		n         int
		one, many string
	}{
		{len(s.Config.Objects), "object", "objects"},
		{len(s.Config.Timeline), "timeline entry", "timeline entries"},
		{len(s.Config.Arrivals), "trace", "traces"},
	} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.one)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.many))
		}
	}
	return strings.Join(parts, ", ")
}
