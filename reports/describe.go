package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// Describer tells of single objects as kubectl describe does.
type Describer struct {
	Kubectl
	// Events are those of the object, by when they were last told.
	Events []*model.Event
	// NoEvents leaves the table of events out.
	NoEvents bool
	// Cluster is where other objects are that belong to the one that is described; nil: there are none.
	Cluster Cluster
	// Container is what the manifest says of a container of a pod, or of a template, beyond what is simulated;
	// nil: nothing.
	Container func(o model.Object, name string) ContainerDetail
	// Written is a field of an object's v1 form, by its path from the top, as JSON has it; nil: nothing is known
	// but what is simulated. A field that is not there is nil.
	Written func(o model.Object, path ...string) any
}

// Cluster is the state of a cluster at the instant that is described.
type Cluster interface {
	// Objects are those of a kind, by namespace and name.
	Objects(kind model.Kind) []model.Object
	// LeaseRenewed is the last renewal of a node's lease; false: it has none.
	LeaseRenewed(node string) (sim.Time, bool)
}

// ContainerDetail is what only people want to know of a container.
type ContainerDetail struct {
	Command, Args []string
	Env           []string // lines of NAME: value
	EnvFrom       []string // lines of NAME, kind, Optional
	Mounts        []string // lines of PATH from VOLUME (rw)
}

// sheet is a page of labelled values, laid out as kubectl describe does.
type sheet struct {
	bytes.Buffer
	w *tabwriter.Writer
}

// newSheet: Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go tabbedString.
func newSheet() *sheet {
	s := new(sheet)
	s.w = tabwriter.NewWriter(&s.Buffer, 0, 8, 2, ' ', 0)
	return s
}

// put writes a line that is indented by two columns a level.
func (s *sheet) put(level int, format string, values ...any) {
	fmt.Fprintf(s.w, strings.Repeat("  ", level)+format+"\n", values...)
}

// many writes values below each other, with the title before the first.
func (s *sheet) many(title string, values []string) {
	if len(values) == 0 {
		values = []string{noneWord}
	}
	for i, value := range values {
		if i > 0 {
			title = ""
		} else {
			title += ":"
		}
		s.put(0, "%s\t%s", title, value)
	}
}

func (s *sheet) text() string {
	s.w.Flush()
	return s.String()
}

// clock writes an instant as kubectl does, in UTC.
func (d *Describer) clock(t sim.Time) string {
	return d.Start.Add(time.Duration(t)).UTC().Format(time.RFC1123Z)
}

// pairs are labels as lines.
func pairs(m map[string]string, between string, but ...string) []string {
	var lines []string
	for _, key := range sortedKeys(m) {
		if !slices.Contains(but, key) {
			lines = append(lines, key+between+m[key])
		}
	}
	return lines
}

// annotations are shown but for the one that holds the whole manifest, and shortened.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go printAnnotationsMultiline.
func (s *sheet) annotations(title string, m map[string]string) {
	const longest = 140
	var lines []string
	for _, line := range pairs(m, ": ", "kubectl.kubernetes.io/last-applied-configuration") {
		key, value, _ := strings.Cut(line, ": ")
		value = strings.TrimSuffix(value, "\n")
		if len(value)+len(key)+2 <= longest && !strings.Contains(value, "\n") {
			lines = append(lines, key+": "+value)
			continue
		}
		lines = append(lines, key+":")
		for _, part := range strings.Split(value, "\n") {
			if len(part) > longest-2 {
				part = part[:longest-2] + "..."
			}
			lines = append(lines, "  "+part)
		}
	}
	s.many(title, lines)
}

// events is the table at the end.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go DescribeEvents.
func (d *Describer) events(s *sheet) {
	if d.NoEvents {
		return
	}
	if len(d.Events) == 0 {
		s.put(0, "Events:\t<none>")
		return
	}
	s.w.Flush()
	s.put(0, "Events:")
	s.put(1, "Type\tReason\tAge\tFrom\tMessage")
	s.put(1, "----\t------\t----\t----\t-------")
	for _, e := range d.Events {
		age, message := d.Age(e.First), strings.TrimSpace(e.Message)
		if e.Count > 1 {
			age = fmt.Sprintf("%s (x%d over %s)", d.Age(e.Last), e.Count, d.Age(e.First))
		}
		if e.Object.FieldPath != "" {
			message = e.Object.FieldPath + ": " + message
		}
		s.put(1, "%s\t%s\t%s\t%s\t%s", e.Type, e.Reason, age, e.Component, message)
	}
}

// objectsOf are the objects of a kind in a namespace, by name; "" is every namespace.
func objectsOf[T model.Object](d *Describer, kind model.Kind, namespace string) []T {
	if d.Cluster == nil {
		return nil
	}
	var out []T
	for _, o := range d.Cluster.Objects(kind) {
		if namespace == "" || o.Meta().Namespace == namespace {
			out = append(out, o.(T))
		}
	}
	return out
}

// written is a text of an object's v1 form, "" where there is none.
func (d *Describer) written(o model.Object, path ...string) string {
	if d.Written == nil {
		return ""
	}
	switch v := d.Written(o, path...).(type) {
	case nil:
		return ""
	case []any:
		var words []string
		for _, word := range v {
			words = append(words, fmt.Sprint(word))
		}
		return strings.Join(words, ",")
	default:
		return fmt.Sprint(v)
	}
}

// writtenMap are the texts of a map in an object's v1 form.
func (d *Describer) writtenMap(o model.Object, path ...string) map[string]string {
	if d.Written == nil {
		return nil
	}
	out := map[string]string{}
	if m, ok := d.Written(o, path...).(map[string]any); ok {
		for key, value := range m {
			out[key] = fmt.Sprint(value)
		}
	}
	return out
}

// head is what most descriptions begin with.
func (s *sheet) head(m *model.ObjectMeta) {
	s.put(0, "Name:\t%s", m.Name)
	s.put(0, "Namespace:\t%s", m.Namespace)
}

// marks are labels and annotations.
func (s *sheet) marks(m *model.ObjectMeta) {
	s.many("Labels", pairs(m.Labels, "="))
	s.annotations("Annotations", m.Annotations)
}

// controlledBy names the controller, if there is one.
func (s *sheet) controlledBy(m *model.ObjectMeta) {
	if owner := m.Controller(); owner != nil {
		s.put(0, "Controlled By:\t%s/%s", owner.Kind, owner.Name)
	}
}

func capital(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
