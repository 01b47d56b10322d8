package cmd

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/world"
)

// getFlags are the flags of towtank get.
type getFlags struct {
	pastFlags
	at        string
	namespace string
	all       bool
	selector  string
	form      string
}

// getForms are the forms of output of towtank get, as kubectl calls them.
var getForms = []string{"json", "name", "wide", "yaml"}

func (a *app) getCommand() *cobra.Command {
	flags := new(getFlags)
	c := &cobra.Command{
		Use:   "get KINDS [NAME...] DIR | get KIND/NAME... DIR",
		Short: "List objects as kubectl get does, as they were at an instant of a run",
		Long: `Get prints the objects of a run as kubectl get would have at that instant. KINDS are those of kubectl with
their short names, several with commas between them. DIR is the folder that a run left with --dir: the run is
made again up to the instant from the inputs kept there. A scenario is run.

Events are sorted by when they were last seen.`,
		Example: `  towtank get pods -A out --at 10m
  towtank get deploy,rs,pods -n shop -o wide out --at 10m30s
  towtank get pod web-0 -o yaml out`,
		RunE: func(c *cobra.Command, args []string) error {
			if flags.form != "" && !slices.Contains(getForms, flags.form) {
				return usageError{fmt.Errorf("-o: %q is not a form of output, want one of %s", flags.form, strings.Join(getForms, ", "))}
			}
			return a.get(flags, args)
		},
	}
	flags.flags(c)
	flags.choosing(c)
	c.Flags().StringVarP(&flags.form, "output", "o", "", "form of standard output: "+strings.Join(getForms, ", "))
	complete(c, "output", getForms)
	return c
}

// choosing has flags that choose objects, and the instant.
func (flags *getFlags) choosing(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&flags.at, "at", "", "the instant: a duration from the start, or a time of the run's clock; without it the end of the run")
	f.StringVarP(&flags.namespace, "namespace", "n", "default", "the namespace")
	f.BoolVarP(&flags.all, "all-namespaces", "A", false, "all namespaces")
	f.StringVarP(&flags.selector, "selector", "l", "", "only objects with these labels: a=b, a!=b, a in (b,c), a notin (b), a, !a, with commas between them")
}

// request is what towtank get is asked for: names of kinds in their order.
type request struct {
	kinds    []*reports.KubectlKind
	names    map[*reports.KubectlKind][]string
	selector *model.Selector
	flags    *getFlags
}

// newRequest reads KINDS [NAME...] or KIND/NAME... A NAME may have its namespace before it.
func newRequest(flags *getFlags, args []string) (*request, error) {
	r := &request{names: map[*reports.KubectlKind][]string{}, flags: flags}
	args, err := flags.namespaced(args)
	if err != nil {
		return nil, err
	}
	slashes := strings.Contains(args[0], "/")
	for i, arg := range args {
		words, name, slash := strings.Cut(arg, "/")
		if slash != slashes {
			return nil, usageError{fmt.Errorf("%q: there is no need to mix KIND NAME and KIND/NAME", arg)}
		}
		if !slash && i > 0 {
			for _, kind := range r.kinds {
				r.names[kind] = append(r.names[kind], arg)
			}
			continue
		}
		for _, word := range strings.Split(words, ",") {
			kind := reports.LookupKubectl(word)
			if kind == nil {
				return nil, usageError{fmt.Errorf("there is no kind %q, want one of %s", word, strings.Join(kindNames(), ", "))}
			}
			if !slices.Contains(r.kinds, kind) {
				r.kinds = append(r.kinds, kind)
			}
			if slash {
				r.names[kind] = append(r.names[kind], name)
			}
		}
	}
	if flags.selector == "" {
		return r, nil
	}
	if len(r.names) > 0 {
		return nil, usageError{errors.New("-l is for lists, not for objects by name")}
	}
	r.selector, err = labelSelector(flags.selector)
	return r, err
}

// namespaced takes the namespace from names such as shop/web-0 behind a kind.
func (flags *getFlags) namespaced(args []string) ([]string, error) {
	if strings.Contains(args[0], "/") {
		return args, nil
	}
	out, from := []string{args[0]}, ""
	for _, arg := range args[1:] {
		namespace, name, ok := strings.Cut(arg, "/")
		switch {
		case !ok:
			name = arg
		case from != "" && from != namespace:
			return nil, usageError{fmt.Errorf("%q: lies in another namespace than the names before it", arg)}
		default:
			from, flags.namespace = namespace, namespace
		}
		out = append(out, name)
	}
	return out, nil
}

func kindNames() []string {
	var names []string
	for _, kind := range reports.KubectlKinds() {
		names = append(names, kind.Names[0])
	}
	return names
}

// get makes the run again up to the instant and prints what is there.
func (a *app) get(flags *getFlags, args []string) error {
	if len(args) < 2 {
		return usageError{errors.New("want a kind and where to look for it: the folder of a run, or a scenario")}
	}
	r, err := newRequest(flags, args[:len(args)-1])
	if err != nil {
		return err
	}
	p, err := a.openPast(&flags.pastFlags, args[len(args)-1])
	if err != nil {
		return err
	}
	at, err := p.instant("at", flags.at)
	if err != nil {
		return err
	}
	log := &eventLog{wanted: func(*model.Event) bool { return true }}
	watch := log.begin
	if !slices.ContainsFunc(r.kinds, func(k *reports.KubectlKind) bool { return k.Kind == model.KindEvent }) {
		watch = nil
	}
	session, err := p.goTo(at, watch)
	if err != nil {
		return err
	}
	lists := make([][]model.Object, len(r.kinds))
	for i, kind := range r.kinds {
		if lists[i], err = r.list(kind, session, log); err != nil {
			return err
		}
	}
	if err := a.printLists(p, r, at, lists); err != nil {
		return err
	}
	_, err = session.Close()
	return err
}

// list finds the objects of a kind, sorted as the API server lists them.
func (r *request) list(kind *reports.KubectlKind, s *world.Session, log *eventLog) ([]model.Object, error) {
	var objects []model.Object
	if kind.Kind == model.KindEvent {
		for _, e := range log.at(s.Now()) {
			objects = append(objects, e)
		}
	} else {
		objects = sorted(s, kind.Kind)
	}
	names := r.names[kind]
	objects = slices.DeleteFunc(objects, func(o model.Object) bool {
		m := o.Meta()
		return kind.Namespace && !r.flags.all && m.Namespace != r.flags.namespace ||
			names != nil && !slices.Contains(names, m.Name) || r.selector != nil && !r.selector.Matches(m.Labels)
	})
	for _, name := range names {
		if !slices.ContainsFunc(objects, func(o model.Object) bool { return o.Meta().Name == name }) {
			return nil, fmt.Errorf("%s %q not found at %v", called(kind), name, reports.Instant(s.Now()))
		}
	}
	return objects, nil
}

// sorted are the objects of a kind by namespace and name.
func sorted(s *world.Session, kind model.Kind) []model.Object {
	objects := s.API().Collection(kind).Objects()
	slices.SortFunc(objects, func(a, b model.Object) int {
		return cmp.Or(cmp.Compare(a.Meta().Namespace, b.Meta().Namespace), cmp.Compare(a.Meta().Name, b.Meta().Name))
	})
	return objects
}

// nothing says that there are no such objects.
func (r *request) nothing() string {
	words := "No resources found"
	if !r.flags.all && slices.ContainsFunc(r.kinds, func(k *reports.KubectlKind) bool { return k.Namespace }) {
		words += " in " + r.flags.namespace + " namespace."
	}
	return words
}

// called is the kind as errors of the API server have it.
func called(kind *reports.KubectlKind) string {
	if kind.Group == "" {
		return kind.Names[0]
	}
	return kind.Names[0] + "." + kind.Group
}

// printLists prints in the form that was asked for.
func (a *app) printLists(p *past, r *request, at sim.Time, lists [][]model.Object) error {
	switch r.flags.form {
	case "json", "yaml":
		return a.printObjects(p, r, slices.Concat(lists...))
	case "name":
		var b bytes.Buffer
		for i, kind := range r.kinds {
			for _, o := range lists[i] {
				fmt.Fprintln(&b, kind.Called()+"/"+o.Meta().Name)
			}
		}
		return a.print(b.Bytes())
	}
	k := &reports.Kubectl{Now: at, Start: p.scenario.Config.Start, Wide: r.flags.form == "wide", Namespaces: r.flags.all, Kinds: len(r.kinds) > 1, NodeInfo: p.nodeInfo}
	var tables []string
	for i, kind := range r.kinds {
		if len(lists[i]) > 0 {
			tables = append(tables, k.Table(kind, lists[i]))
		}
	}
	if len(tables) == 0 {
		fmt.Fprintln(a.stderr, r.nothing())
	}
	return a.print([]byte(strings.Join(tables, "\n")))
}

// printObjects prints one object that was asked for by its name as itself, and others as a list.
func (a *app) printObjects(p *past, r *request, objects []model.Object) error {
	encoder := manifest.NewEncoder(p.scenario.Config.Start)
	items := []json.RawMessage{}
	for _, o := range objects {
		data, err := encoder.JSON(o)
		if err != nil {
			return err
		}
		items = append(items, data)
	}
	var document any = map[string]any{"apiVersion": "v1", "kind": "List", "items": items, "metadata": map[string]string{"resourceVersion": ""}}
	if named := len(r.names) == 1 && len(r.names[r.kinds[0]]) == 1; named {
		document = items[0]
	}
	data, err := json.Marshal(document)
	if err != nil {
		return err
	}
	if r.flags.form == "yaml" {
		if data, err = scenarios.YAML(data); err != nil {
			return err
		}
		return a.print(data)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "    "); err != nil {
		return err
	}
	b.WriteByte('\n')
	return a.print(b.Bytes())
}
