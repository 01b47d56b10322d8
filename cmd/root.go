package cmd

import "github.com/spf13/cobra"

// root is the command with all its subcommands, sorted by name.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "towtank",
		Short: "Simulate a Kubernetes cluster",
		Long: `Towtank replays a Kubernetes cluster in simulated time: real manifests go in, hours pass in seconds,
and tables, CSV files and comparisons of scheduling policies come out. The scheduler decides as
kube-scheduler v1.37 does. The same scenario and seed give the same bytes.`,
		Example: `  towtank init scenario.yaml
  towtank run scenario.yaml`,
		Args:          usage(cobra.NoArgs),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		a.compareCommand(),
		a.describeCommand(),
		a.explainCommand(),
		a.getCommand(),
		a.initCommand(),
		a.listCommand(),
		a.placeCommand(),
		a.reportCommand(),
		a.rolloutCommand(),
		a.runCommand(),
		a.timelineCommand(),
		a.validateCommand(),
		a.versionCommand(),
	)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	completion(root)
	return root
}

// completion gives cobra's completion command an example, as every command has one.
func completion(root *cobra.Command) {
	root.InitDefaultCompletionCmd("completion")
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Short = "Print a script that completes commands and flags in a shell"
			c.Example = "  source <(towtank completion bash)"
		}
	}
}
