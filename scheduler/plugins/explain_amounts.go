package plugins

import (
	"fmt"
	"strconv"
	"strings"

	"towtank.dev/towtank/scheduler/framework"
)

var _ framework.Explainer = (*nodeResourcesFit)(nil)

// ExplainRejection sets what is wanted against what is free, for each resource that is short.
func (pl *nodeResourcesFit) ExplainRejection(_ any, pod *framework.PodInfo, node *framework.NodeInfo) framework.Clue {
	var c shortClue
	want, have, taken := &pod.Requests, &node.Allocatable, &node.Requested
	if int64(len(node.Pods))+1 > have.Pods {
		c.add("pods", 1, have.Pods, int64(len(node.Pods)), plainAmount)
	}
	c.add("cpu", want.MilliCPU, have.MilliCPU, taken.MilliCPU, cores)
	c.add("memory", want.Memory, have.Memory, taken.Memory, binaryBytes)
	c.add("ephemeral-storage", want.EphemeralStorage, have.EphemeralStorage, taken.EphemeralStorage, binaryBytes)
	for i := range want.Scalars {
		if s := &want.Scalars[i]; !s.Extended || !pl.ignores(s.Name) {
			c.add(s.Name, s.Amount, have.Scalar(s.Number), node.Requested.Scalar(s.Number), plainAmount)
		}
	}
	return framework.Clue{Text: strings.Join(c.texts, "; "), Lack: c.lack}
}

// shortClue gathers what is short.
type shortClue struct {
	texts []string
	lack  float64
}

// add tells of a resource if it is short.
func (c *shortClue) add(name string, want, have, taken int64, unit func(int64) string) {
	free := have - taken
	if want <= 0 || want <= free {
		return
	}
	c.lack += float64(want-free) / float64(want)
	switch wanted, there := unit(want), unit(max(free, 0)); {
	case want > have:
		c.texts = append(c.texts, fmt.Sprintf("%s: wants %s, the node has %s in all", name, distinct(wanted, unit(have), want), distinct(unit(have), wanted, have)))
	default:
		c.texts = append(c.texts, fmt.Sprintf("%s: wants %s, %s of %s free", name, distinct(wanted, there, want), distinct(there, wanted, max(free, 0)), unit(have)))
	}
}

// distinct is a text, or the number itself where the text would not tell it from another one.
func distinct(text, other string, n int64) string {
	if text == other {
		return strconv.FormatInt(n, 10)
	}
	return text
}

func plainAmount(n int64) string { return strconv.FormatInt(n, 10) }

// cores are millicores in cores.
func cores(milli int64) string { return strconv.FormatFloat(float64(milli)/1000, 'f', -1, 64) }

// binaryBytes are bytes with a suffix that manifests know, to two places.
func binaryBytes(n int64) string {
	const suffixes = "KMGTPE"
	value, suffix := float64(n), ""
	for i := 0; value >= 1024 && i < len(suffixes); i++ {
		value, suffix = value/1024, suffixes[i:i+1]+"i"
	}
	text := strconv.FormatFloat(value, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + suffix
}
