package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/sim/behaviour"
)

// rigAnnotations turns the annotations by which a recording of a real kubelet told its container runtime what
// to do (rig/...) into ours.
func rigAnnotations(rig map[string]string) (map[string]string, error) {
	out, answers := map[string]string{}, map[string][]string{}
	set := func(container, field, text string) { out[behaviour.AnnotationPrefix+container+"."+field] = text }
	for _, key := range slices.Sorted(maps.Keys(rig)) {
		name, ours := strings.CutPrefix(key, "rig/")
		if !ours {
			continue
		}
		text := rig[key]
		container, what, _ := strings.Cut(name, ".")
		field, word, _ := strings.Cut(what, ".")
		switch {
		case name == "pull":
			out[behaviour.AnnotationPrefix+"pull"] = rigPull(text)
		case field == "run":
			set(container, "restarts", rigRuns(text))
		case field == "stop" && text == "ignore":
			set(container, "stop", text)
		case field == "stop":
			after, exit, _ := strings.Cut(text, ":")
			set(container, "stop", fmt.Sprintf("{after: %s, exit: %s}", after, exit))
		case field == "starttime":
			set(container, "startup", text)
		case field == "listen":
			set(container, "ports", rigPorts(text))
		case field == "exec" && word == "":
			answers[container] = append(answers[container], `{exec: "*", says: `+rigSays(text, "exit")+"}")
		case field == "exec": // a word before all words
			answers[container] = append([]string{"{exec: " + word + ", says: " + rigSays(text, "exit") + "}"}, answers[container]...)
		case field == "http":
			path, codes, _ := strings.Cut(text, "=")
			answers[container] = append(answers[container], "{httpGet: "+path+", says: "+rigSays(codes, "status")+"}")
		default:
			return nil, errors.New("no form for " + key)
		}
	}
	for container, entries := range answers {
		set(container, "answers", "["+strings.Join(entries, ", ")+"]")
	}
	return out, nil
}

// rigRuns turns 5s:1,3s:137:OOMKilled,forever into restarts.
func rigRuns(text string) string {
	var items []string
	for _, item := range strings.Split(text, ",") {
		parts := strings.Split(item, ":")
		entry := "{run: " + parts[0]
		for i, name := range []string{"exit", "reason"} {
			if len(parts) > i+1 {
				entry += ", " + name + ": " + parts[i+1]
			}
		}
		items = append(items, entry+"}")
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// rigSays turns 0s:1,#0/15s:0,slow@9s:3s into the course of answers.
func rigSays(text, code string) string {
	var items []string
	for _, item := range strings.Split(text, ",") {
		entry := "{"
		if rest, found := strings.CutPrefix(item, "#"); found {
			restart, after, _ := strings.Cut(rest, "/")
			entry, item = "{restart: "+restart+", ", after
		}
		slow, isSlow := strings.CutPrefix(item, "slow@")
		what := code
		if isSlow {
			item, what = slow, "takes"
		}
		from, value, _ := strings.Cut(item, ":")
		items = append(items, entry+"from: "+from+", "+what+": "+value+"}")
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// rigPorts turns 8080@3s-20s,8080@35s- into ports.
func rigPorts(text string) string {
	open := map[string][]string{}
	for _, item := range strings.Split(text, ",") {
		port, span, _ := strings.Cut(item, "@")
		from, to, _ := strings.Cut(span, "-")
		entry := "{from: " + from
		if to != "" {
			entry += ", to: " + to
		}
		open[port] = append(open[port], entry+"}")
	}
	var items []string
	for _, port := range slices.Sorted(maps.Keys(open)) {
		items = append(items, "{port: "+port+", open: ["+strings.Join(open[port], ", ")+"]}")
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// rigPull turns a:1=5s,b:1=fail,c:1=fail@0s-25s:2s into pulls.
func rigPull(text string) string {
	var items []string
	for _, item := range strings.Split(text, ",") {
		image, how, _ := strings.Cut(item, "=")
		fail, fails := strings.CutPrefix(how, "fail")
		if !fails {
			items = append(items, fmt.Sprintf("{image: %q, takes: %s}", image, how))
			continue
		}
		span, takes, _ := strings.Cut(strings.TrimPrefix(fail, "@"), ":")
		from, to, _ := strings.Cut(span, "-")
		entry := fmt.Sprintf("{image: %q, error: not found", image)
		if takes != "" {
			entry += ", takes: " + takes
		}
		if from != "" {
			entry += ", from: " + from
		}
		if items = append(items, entry+"}"); to != "" {
			items = append(items, fmt.Sprintf("{image: %q, from: %s}", image, to))
		}
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// TestWhatRecordedPodsDoCanBeSaid turns the annotations of all recorded pods into behaviours.
func TestWhatRecordedPodsDoCanBeSaid(t *testing.T) {
	shared := os.Getenv("TOWTANK_SHARED")
	if shared == "" {
		shared = "../../shared"
	}
	files, err := filepath.Glob(filepath.Join(shared, "reference", "kubelet-a", "*", "manifests.yaml"))
	more, _ := filepath.Glob(filepath.Join(shared, "reference", "kubelet-a", "manifests.yaml"))
	if files = append(files, more...); err != nil || len(files) == 0 {
		t.Skip("the recordings of a real kubelet are not here; set TOWTANK_SHARED to their place")
	}
	fields := map[string]int{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for decoder := yaml.NewDecoder(f); ; {
			var pod struct {
				Metadata struct {
					Name        string
					Annotations map[string]string
				}
			}
			if decoder.Decode(&pod) != nil {
				break
			}
			said, err := rigAnnotations(pod.Metadata.Annotations)
			if err != nil {
				t.Errorf("%s: %v", pod.Metadata.Name, err)
			}
			for key, text := range said {
				name := strings.TrimPrefix(key, behaviour.AnnotationPrefix)
				if read := parseAnnotation(name, text); read.err != nil {
					t.Errorf("%s: %s: %s: %v", pod.Metadata.Name, key, text, read.err)
				}
				fields[name[strings.LastIndexByte(name, '.')+1:]]++
			}
		}
		f.Close()
	}
	for _, name := range []string{"restarts", "answers", "ports", "stop", "startup", "pull"} {
		if fields[name] == 0 {
			t.Errorf("no recorded pod needs %s: %v", name, fields)
		}
	}
	t.Log(fields)
}
