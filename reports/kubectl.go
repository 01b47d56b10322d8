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

// Kubectl prints objects as kubectl does, as they were at an instant.
type Kubectl struct {
	Now sim.Time
	// Start is the wall clock at instant 0.
	Start time.Time
	// Wide adds the columns of -o wide, Namespaces that of -A, Kinds the kind before each name.
	Wide, Namespaces, Kinds bool
	// NodeInfo is what a node says of its software, which nothing in the simulation depends on.
	NodeInfo func(*model.Node) NodeInfo
}

// NodeInfo is the software of a node, "" where nothing is said.
type NodeInfo struct {
	KubeletVersion, OSImage, KernelVersion, Runtime, OperatingSystem, Architecture string
	MachineID, SystemUUID, BootID                                                  string
}

// unset words of kubectl.
const (
	noneWord    = "<none>"
	unsetWord   = "<unset>"
	unknownWord = "<unknown>"
)

// KubectlKind is how kubectl prints the objects of a kind.
type KubectlKind struct {
	Kind  model.Kind
	Names []string // as people call it: plural first, then singular and short names
	Group string   // "" for the core group
	Heads []string
	// WideHeads are the columns that -o wide adds.
	WideHeads []string
	Namespace bool
	cells     func(k *Kubectl, o model.Object) (cells, wide []string)
	// heads and cells of events stand in another order with -o wide.
	wideHeads []string
}

// Called is the kind before a name, such as deployment.apps.
func (kind *KubectlKind) Called() string {
	if kind.Group == "" {
		return kind.Names[1]
	}
	return kind.Names[1] + "." + kind.Group
}

// Table prints objects of a kind as kubectl get does.
func (k *Kubectl) Table(kind *KubectlKind, objects []model.Object) string {
	var b bytes.Buffer
	w := k.columns(&b)
	heads := kind.Heads
	if k.Wide {
		heads = slices.Concat(kind.Heads, kind.WideHeads)
		if kind.wideHeads != nil {
			heads = kind.wideHeads
		}
	}
	if k.Namespaces && kind.Namespace {
		heads = append([]string{"NAMESPACE"}, heads...)
	}
	fmt.Fprintln(w, strings.Join(heads, "\t"))
	for _, o := range objects {
		cells, wide := kind.cells(k, o)
		if k.Kinds && kind.Kind != model.KindEvent {
			cells[0] = kind.Called() + "/" + cells[0]
		}
		if k.Wide {
			cells = append(cells, wide...)
		}
		if k.Namespaces && kind.Namespace {
			cells = append([]string{o.Meta().Namespace}, cells...)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
	return b.String()
}

// columns lays cells out as kubectl does.
// Source: kubernetes v1.37.2 cli-runtime pkg/printers/tabwriter.go GetNewTabWriter.
func (k *Kubectl) columns(b *bytes.Buffer) *tabwriter.Writer {
	return tabwriter.NewWriter(b, 6, 4, 3, ' ', 0)
}

// Age is how long something is ago, as kubectl says it. Timestamps of the API are whole seconds.
func (k *Kubectl) Age(t sim.Time) string { return HumanDuration(k.Now.Sub(t.Truncate(time.Second))) }

// HumanDuration is a length of time in at most two units, as kubectl writes ages.
// Source: kubernetes v1.37.2 apimachinery pkg/util/duration/duration.go HumanDuration.
func HumanDuration(d time.Duration) string {
	seconds, minutes, hours := int(d/time.Second), int(d/time.Minute), int(d/time.Hour)
	switch {
	case seconds < -1:
		return "<invalid>"
	case seconds < 120:
		return units(max(seconds, 0), "s", 0, "")
	case minutes < 10:
		return units(minutes, "m", seconds%60, "s")
	case minutes < 180:
		return units(minutes, "m", 0, "")
	case hours < 8:
		return units(hours, "h", minutes%60, "m")
	case hours < 48:
		return units(hours, "h", 0, "")
	case hours < 24*8:
		return units(hours/24, "d", hours%24, "h")
	case hours < 24*365*2:
		return units(hours/24, "d", 0, "")
	case hours < 24*365*8:
		return units(hours/24/365, "y", hours/24%365, "d")
	}
	return units(hours/24/365, "y", 0, "")
}

func units(n int, name string, rest int, small string) string {
	if rest == 0 {
		return fmt.Sprintf("%d%s", n, name)
	}
	return fmt.Sprintf("%d%s%d%s", n, name, rest, small)
}

// orNone puts kubectl's word in the place of nothing.
func orNone(s string) string { return orWord(s, noneWord) }

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}

// containerCells are the columns CONTAINERS and IMAGES.
func containerCells(t *model.PodTemplate) []string {
	var names, images []string
	if t != nil && t.Spec != nil {
		for i := range t.Spec.Containers {
			names, images = append(names, t.Spec.Containers[i].Name), append(images, t.Spec.Containers[i].Image)
		}
	}
	return []string{strings.Join(names, ","), strings.Join(images, ",")}
}

// labelText writes equal labels as kubectl does, sorted.
func labelText(m map[string]string) string {
	var parts []string
	for _, key := range sortedKeys(m) {
		parts = append(parts, key+"="+m[key])
	}
	return orNone(strings.Join(parts, ","))
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// selectorText writes a selector.
// Source: kubernetes v1.37.2 apimachinery pkg/apis/meta/v1/helpers.go FormatLabelSelector.
func selectorText(s *model.Selector) string { return orNone(s.String()) }
