package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/reports/render"
)

// output is the flag -o: how a document is printed.
type output string

// outputFlag adds -o to a command.
func outputFlag(c *cobra.Command, o *output) {
	*o = "table"
	c.Flags().VarP(o, "output", "o", "form of standard output: "+strings.Join(renderers(), ", "))
	complete(c, "output", renderers())
}

func renderers() []string {
	var names []string
	for _, r := range render.Renderers() {
		names = append(names, r.Name)
	}
	return names
}

// String, Set and Type make output a flag that refuses unknown names when it is read.
func (o *output) String() string { return string(*o) }

// Set takes the name of a renderer.
func (o *output) Set(name string) error {
	if _, ok := render.Lookup(name); !ok {
		return fmt.Errorf("%q is not a form of output, want one of %s", name, strings.Join(renderers(), ", "))
	}
	*o = output(name)
	return nil
}

// Type is the word for the value in the help.
func (o *output) Type() string { return "form" }

// show prints a document in the chosen form.
func (a *app) show(o output, d *reports.Doc) error {
	r, _ := render.Lookup(string(o))
	content, err := r.Render(d)
	if err != nil {
		return err
	}
	return a.print(content)
}

// complete offers fixed words for the value of a flag.
func complete(c *cobra.Command, flag string, words []string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic("cmd: completion of --" + flag + ": " + err.Error())
	}
}
