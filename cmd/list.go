package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/reports/render"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scenarios/traces"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/controllers"
	"towtank.dev/towtank/sim/faults"
	"towtank.dev/towtank/sim/verbs"
)

// register is one registry as rows of name and description.
type register struct {
	name string
	rows func(a *app) [][2]string
}

// registers holds what can be listed, sorted by name.
var registers = []register{
	{"controllers", listControllers},
	{"distributions", listDistributions},
	{"outputs", listOutputs},
	{"plugins", listPlugins},
	{"policies", listPolicies},
	{"reports", listReports},
	{"traces", listTraces},
	{"verbs", listVerbs},
	{"faults", listFaults},
}

func (a *app) listCommand() *cobra.Command {
	var form output
	var names []string
	for _, r := range registers {
		names = append(names, r.name)
	}
	c := &cobra.Command{
		Use:       "list [WHAT...]",
		Short:     "List what this build knows: " + strings.Join(names, ", "),
		Example:   "  towtank list plugins verbs",
		ValidArgs: names,
		Args: usage(func(_ *cobra.Command, args []string) error {
			for _, arg := range args {
				if !has(names, arg) {
					return fmt.Errorf("%q cannot be listed, want any of %s", arg, strings.Join(names, ", "))
				}
			}
			return nil
		}),
		RunE: func(_ *cobra.Command, args []string) error { return a.show(form, a.listDoc(args)) },
	}
	outputFlag(c, &form)
	return c
}

// listDoc lays out the wanted registries; without any, all.
func (a *app) listDoc(wanted []string) *reports.Doc {
	d := &reports.Doc{Report: "list"}
	for _, r := range registers {
		if len(wanted) > 0 && !has(wanted, r.name) {
			continue
		}
		t := &reports.Table{Columns: []reports.Column{{Key: "name", Head: "NAME"}, {Key: "doc", Head: "WHAT IT IS", Wide: true}}}
		for _, row := range r.rows(a) {
			t.Rows = append(t.Rows, []reports.Value{reports.Text(row[0]), reports.Text(row[1])})
		}
		d.Sections = append(d.Sections, reports.Section{Key: r.name, Title: strings.ToUpper(r.name), Table: t})
	}
	return d
}

func has(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

func listControllers(*app) (rows [][2]string) {
	for _, c := range controllers.Registry() {
		rows = append(rows, [2]string{c.Name, c.Doc})
	}
	return rows
}

func listDistributions(*app) [][2]string {
	rows := [][2]string{}
	for _, d := range sim.Distributions() {
		var forms []string
		for _, form := range d.Forms {
			forms = append(forms, "{"+strings.Join(form, ", ")+"}")
		}
		rows = append(rows, [2]string{d.Name, d.Doc + " " + strings.Join(forms, " or ")})
		if d.Name == "constant" {
			rows = append(rows, [2]string{"empirical", "Values as measured, each with a weight. {values} or {values, weights} or {file}"})
		}
	}
	return rows
}

func listOutputs(*app) (rows [][2]string) {
	for _, r := range render.Renderers() {
		rows = append(rows, [2]string{r.Name, r.Doc})
	}
	return rows
}

func listPlugins(a *app) (rows [][2]string) {
	for _, p := range a.plugins.Entries() {
		doc := p.Doc
		if p.New == nil {
			doc += " (accepted in configurations; not built)"
		}
		rows = append(rows, [2]string{p.Name, doc})
	}
	return rows
}

func listPolicies(*app) (rows [][2]string) {
	for _, p := range scenarios.Policies() {
		rows = append(rows, [2]string{p.Name, p.Doc})
	}
	return rows
}

func listReports(*app) (rows [][2]string) {
	for _, r := range reports.Reports() {
		rows = append(rows, [2]string{r.Name, r.Doc})
	}
	return rows
}

func listTraces(*app) (rows [][2]string) {
	for _, f := range traces.Formats() {
		rows = append(rows, [2]string{f.Name, f.Doc + "; replays: " + strings.Join(f.Replays, ", ")})
	}
	return rows
}

func listVerbs(*app) (rows [][2]string) {
	return describe(verbs.Registry())
}

func listFaults(*app) (rows [][2]string) { return describe(faults.Registry()) }

func describe(list []verbs.Info) (rows [][2]string) {
	for _, v := range list {
		rows = append(rows, [2]string{v.Name, v.Doc + " " + v.Example})
	}
	return rows
}
