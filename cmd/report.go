package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim/record"
)

func (a *app) reportCommand() *cobra.Command {
	var form output
	var name string
	c := &cobra.Command{
		Use:   "report DIR",
		Short: "Print a report on a finished run from its folder",
		Long: `Report reads the folder that a run left with --dir and prints a report of it: the summary, unless
--report names another. What a run prints and what report makes of its folder are the same bytes.`,
		Example: `  towtank run scenario.yaml --dir out
  towtank report out --report nodes -o markdown`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			kind, ok := reports.Lookup(name)
			if !ok {
				return usageError{fmt.Errorf("%q is not a report, want one of %s", name, strings.Join(reportNames(), ", "))}
			}
			report := kind.New()
			if err := record.Read(args[0], report); err != nil {
				return err
			}
			return a.show(form, report.Doc())
		},
	}
	outputFlag(c, &form)
	c.Flags().StringVar(&name, "report", "summary", "which report: "+strings.Join(reportNames(), ", "))
	complete(c, "report", reportNames())
	return c
}

func reportNames() []string {
	var names []string
	for _, r := range reports.Reports() {
		names = append(names, r.Name)
	}
	return names
}
