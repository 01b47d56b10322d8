package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/behaviour"
)

// own is what the text of an annotation says, read once.
type own struct {
	behaviour behaviour.Behaviour
	err       error
}

// annotations returns the reader of what pods say of themselves. What the pods and templates of the scenario
// say is read here, once, and faults are told with their place; the runs that share the Config only look it up.
// What an annotation is set to while the run goes on is read then.
func (r *reader) annotations() func(*model.Pod) ([]behaviour.Behaviour, error) {
	texts := map[[2]string]own{}
	for _, o := range r.allObjects() {
		for _, key := range slices.Sorted(maps.Keys(o.Meta().Annotations)) {
			r.readAnnotation(texts, o, key)
		}
	}
	return func(pod *model.Pod) ([]behaviour.Behaviour, error) {
		var of, all []behaviour.Behaviour // of containers by name, which come first, and of all
		var errs []error
		for _, key := range slices.Sorted(maps.Keys(pod.Annotations)) {
			name, ours := strings.CutPrefix(key, behaviour.AnnotationPrefix)
			if !ours {
				continue
			}
			text := pod.Annotations[key]
			read, known := texts[[2]string{name, text}]
			if !known {
				read = parseAnnotation(name, text)
			}
			if read.err == nil {
				read.err = unknownContainer(pod, &read.behaviour)
			}
			switch {
			case read.err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", key, read.err))
			case read.behaviour.Match.Container != "":
				of = append(of, read.behaviour)
			default:
				all = append(all, read.behaviour)
			}
		}
		return append(of, all...), errors.Join(errs...)
	}
}

// unknownContainer says that a pod has no container of the name that a behaviour of its own speaks of.
func unknownContainer(pod *model.Pod, b *behaviour.Behaviour) error {
	if b.Match.Container == "" || pod.Spec == nil {
		return nil
	}
	var names []string
	for _, list := range [2][]model.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			names = append(names, list[i].Name)
		}
	}
	if slices.Contains(names, b.Match.Container) {
		return nil
	}
	return errors.New(decode.Unknown("container", b.Match.Container, names))
}

func (r *reader) readAnnotation(texts map[[2]string]own, o object, key string) {
	name, ours := strings.CutPrefix(key, behaviour.AnnotationPrefix)
	pod, is := o.Object.(*model.Pod)
	if !ours || !is {
		return
	}
	at := [2]string{name, o.Meta().Annotations[key]}
	read, known := texts[at]
	if !known {
		read = parseAnnotation(name, at[1])
		texts[at] = read
	}
	if read.err == nil {
		read.err = unknownContainer(pod, &read.behaviour)
	}
	if read.err != nil {
		o.problem(&r.problems, decode.Join("metadata.annotations", key), "%v", read.err)
	}
}

// parseAnnotation reads the text of an annotation towtank.dev/<field>, or towtank.dev/<container>.<field>, as
// YAML flow text.
func parseAnnotation(name, text string) own {
	container := ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		container, name = name[:dot], name[dot+1:]
	}
	if names := behaviourNames(); !slices.Contains(names, name) {
		return own{err: errors.New(decode.UnknownField(name, names))}
	}
	r := newReader(Options{})
	var fields behaviourFields
	field := reflect.ValueOf(&fields).Elem().Field(slices.Index(behaviourNames(), name))
	for _, n := range decode.Documents("", []byte(text), 0, &r.problems) {
		if file := decode.Get(n, "empirical"); file != nil && decode.Get(file, "file") != nil {
			return own{err: errors.New("an annotation cannot name a file, want values")}
		}
		r.decoder("").Into(n, "", field.Addr().Interface())
	}
	if all := r.problems.All(); len(all) > 0 {
		return own{err: errors.New(all[0].Message)}
	}
	if field.IsNil() {
		return own{err: errors.New("empty, want a value such as 10m")}
	}
	b := fields.behaviour()
	b.Place, b.Match.Container = "annotation", container
	return own{behaviour: b}
}
