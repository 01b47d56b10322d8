package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/verbs"
)

// Reference returns the description of every field of a scenario as Markdown, made from the doc tags of the
// structs that are decoded into, of the verbs and of the distributions.
func Reference() []byte {
	var b bytes.Buffer
	b.WriteString("# The scenario file\n\nMade from the code that reads scenarios; `towtank init` writes one to start from.\n\n")
	b.WriteString("Durations are written `800ms`, `90s`, `2h30m`, `7d` or `1d12h`; an instant is a duration from the start, or an\nRFC 3339 time when `start` is given. Paths are relative to the scenario file.\n\n## Fields\n\n")
	b.WriteString("| field | value | meaning |\n|---|---|---|\n")
	fieldRows(&b, reflect.TypeFor[document](), "")
	behaviourExamples(&b)
	b.WriteString("\n## Verbs of the timeline\n\nEach entry has `at` and one verb.\n")
	for _, info := range timelineVerbs() {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n    - {at: 10m, %s}\n\n", info.Name, info.Doc, info.Example)
		b.WriteString("| field | value | meaning |\n|---|---|---|\n")
		verbRows(&b, reflect.TypeOf(info.New()).Elem())
	}
	b.WriteString("\n## Distributions\n\nWherever a value may be a distribution: `{exponential: {mean: 10m}}`. `truncate: {min, max}` cuts one off that has\nno limits of its own.\n\n")
	b.WriteString("| distribution | parameters | meaning |\n|---|---|---|\n")
	for _, info := range sim.Distributions() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", info.Name, parametersOf(info), info.Doc)
	}
	b.WriteString("| `empirical` | `values` a list; `weights` of the values, default equal; `file` instead of both, with a value (and a weight) on each line; `min`, `max` | Values as measured. |\n")
	return b.Bytes()
}

// behaviourExamples shows one example of each field of a behaviour.
func behaviourExamples(b *bytes.Buffer) {
	b.WriteString("\n## What containers do\n\nEach of these is an entry of `behaviours`. On a pod, the first is the annotation\n")
	t := reflect.TypeFor[behaviourFields]()
	first, _, _ := strings.Cut(t.Field(0).Tag.Get("yaml"), ",")
	fmt.Fprintf(b, "`towtank.dev/%s: \"%s\"`, or `towtank.dev/app.%s` for the container app alone.\n\n", first, t.Field(0).Tag.Get("example"), first)
	b.WriteString("```yaml\nbehaviours:\n")
	for i := range t.NumField() {
		b.WriteString(behaviourExample(t.Field(i)))
	}
	b.WriteString("```\n")
}

// behaviourExample is the example of a field as an entry of a list.
func behaviourExample(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return fmt.Sprintf("- %s: %s\n", name, f.Tag.Get("example"))
}

func parametersOf(info sim.DistributionInfo) string {
	var words []string
	for _, p := range info.Params {
		words = append(words, fmt.Sprintf("`%s` %s", p.Name, p.Doc))
	}
	return strings.Join(words, "; ")
}

// fieldRows describes the fields of a struct and of those below it.
func fieldRows(b *bytes.Buffer, t reflect.Type, prefix string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" {
			if f.Anonymous {
				fieldRows(b, f.Type, prefix)
			}
			continue
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", prefix, name, form(f.Type), f.Tag.Get("doc"))
		inner, mark := f.Type, "."
		if inner.Kind() == reflect.Slice {
			inner, mark = inner.Elem(), "[]."
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if strings.HasSuffix(inner.Name(), "Block") {
			fieldRows(b, inner, prefix+name+mark)
		}
	}
}

func verbRows(b *bytes.Buffer, t reflect.Type) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		if f.Type == reflect.TypeFor[verbs.Target]() {
			b.WriteString("| `pod`, `node`, ... | name | One object, `namespace/name` for kinds in namespaces. |\n")
			b.WriteString("| `pods`, `nodes`, ... | map | All objects with these `labels`, in this `namespace`; all when neither is given. |\n")
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" {
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, form(f.Type), f.Tag.Get("doc"))
		}
	}
}

// forms are the words for what a field of some type holds.
var forms = map[reflect.Type]string{
	reflect.TypeFor[durationDist]():     "duration or distribution",
	reflect.TypeFor[numberDist]():       "number or distribution",
	reflect.TypeFor[sim.Dist]():         "duration or distribution",
	reflect.TypeFor[pathList]():         "path or list of paths",
	reflect.TypeFor[yaml.Node]():        "map",
	reflect.TypeFor[ending]():           "`idle` or instant",
	reflect.TypeFor[period]():           "duration or `change`",
	reflect.TypeFor[model.Object]():     "object",
	reflect.TypeFor[[]verbs.Manifest](): "path or list of paths",
	reflect.TypeFor[verbs.Merge]():      "map",
	reflect.TypeFor[verbs.Aim]():        "per cent or quantity",
	reflect.TypeFor[portName]():         "number or text",
	reflect.TypeFor[instantOfRun]():     "instant",
	reflect.TypeFor[amount]():           "quantity",
	reflect.TypeFor[factorDist]():       "distribution",
	reflect.TypeFor[pullList]():         "duration, map or list",
	reflect.TypeFor[curveBlock]():       "quantity, list or map",
	reflect.TypeFor[hookBlock]():        "duration or map",
	reflect.TypeFor[loadBlock]():        "number, list or map",
	reflect.TypeFor[clientsBlock]():     "`cluster`, `outside` or map",
	reflect.TypeFor[byteCount]():        "bytes, as a quantity",
	reflect.TypeFor[bytesPerSecond]():   "bandwidth",
}

func form(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if word := forms[t]; word != "" {
		return word
	}
	switch {
	case t.PkgPath() == "time" && t.Name() == "Duration":
		return "duration"
	case t.PkgPath() == "time":
		return "RFC 3339 time"
	case strings.HasSuffix(t.Name(), "Time"):
		return "duration, distribution or a word"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list"
	case reflect.Map, reflect.Struct:
		return "map"
	case reflect.Bool:
		return "`true` or `false`"
	case reflect.String:
		return "text"
	}
	return "number"
}
