package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/verbs"
	"towtank.dev/towtank/sim/world"
)

// known are the objects that exist or may exist at a point of the scenario.
type known struct {
	names    map[string]bool // kind, namespace and name
	prefixes []string        // of generated names of pods, with their namespace
	anyPod   bool            // a trace brings pods whose names are not known beforehand
}

func nameKey(kind model.Kind, namespace, name string) string {
	r, _ := apiserver.ResourceOf(kind)
	if !r.Namespaced {
		namespace = ""
	} else if namespace == "" {
		namespace = "default"
	}
	return string(kind) + " " + namespace + "/" + name
}

// bootstrapped are the objects of every cluster.
func bootstrapped() *known {
	k := &known{names: map[string]bool{}}
	for _, name := range []string{"default", "kube-system", "kube-public", "kube-node-lease"} {
		k.names[nameKey(model.KindNamespace, "", name)] = true
	}
	for _, name := range []string{"system-node-critical", "system-cluster-critical"} {
		k.names[nameKey(model.KindPriorityClass, "", name)] = true
	}
	return k
}

// add notes an object, and its namespace, which comes to exist with it.
func (k *known) add(o model.Object) {
	m := o.Meta()
	if m.Name != "" {
		k.names[nameKey(o.Kind(), m.Namespace, m.Name)] = true
	} else {
		k.prefixes = append(k.prefixes, nameKey(o.Kind(), m.Namespace, m.GenerateName))
	}
	if m.Namespace != "" {
		k.names[nameKey(model.KindNamespace, "", m.Namespace)] = true
	}
	k.addMade(o)
}

// addMade notes what controllers make of an object: their names begin with its own.
func (k *known) addMade(o model.Object) {
	m := o.Meta()
	made := func(kind model.Kind, name string) {
		k.prefixes = append(k.prefixes, nameKey(kind, m.Namespace, name+"-"))
	}
	switch o := o.(type) {
	case *model.ReplicationController, *model.ReplicaSet, *model.DaemonSet, *model.Job:
		made(model.KindPod, m.Name)
	case *model.Deployment:
		made(model.KindPod, m.Name)
		made(model.KindReplicaSet, m.Name)
	case *model.CronJob:
		made(model.KindPod, m.Name)
		made(model.KindJob, m.Name)
	case *model.StatefulSet:
		made(model.KindPod, m.Name)
		for i := range o.ClaimTemplates {
			made(model.KindPersistentVolumeClaim, o.ClaimTemplates[i].Name+"-"+m.Name)
		}
	case *model.Service:
		made(model.KindEndpointSlice, m.Name)
	}
}

// has says whether an object of that name may exist.
func (k *known) has(kind model.Kind, namespace, name string) bool {
	key := nameKey(kind, namespace, name)
	return k.names[key] || kind == model.KindPod && k.anyPod ||
		slices.ContainsFunc(k.prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) && key != prefix })
}

// checkReferences holds what objects and verbs name against what exists by then.
func (r *reader) checkReferences(moments []moment) {
	k := bootstrapped()
	k.anyPod = r.trace != nil
	for _, o := range r.objects {
		k.add(o.Object)
	}
	for i := range r.static {
		pod := r.static[i].Pod
		k.prefixes = append(k.prefixes, nameKey(model.KindPod, pod.Namespace, pod.Name+"-"))
	}
	for i := range r.objects {
		r.checkPod(k, &r.objects[i], true)
	}
	for _, m := range moments {
		r.checkTarget(k, m)
		k.addCreated(m.verb)
		for i := range r.created {
			if r.created[i].by == m.field {
				r.checkPod(k, &r.created[i], false)
			}
		}
	}
}

// checkTarget refuses a target that nothing provides.
func (r *reader) checkTarget(k *known, m moment) {
	t := targetOf(reflect.ValueOf(m.verb).Elem())
	if t == nil {
		return
	}
	if d, ok := m.verb.(*verbs.Delete); ok && d.IgnoreNotFound {
		return
	}
	r.checkNamed(k, m, t)
	for _, name := range t.Several {
		r.checkNamed(k, m, &verbs.Target{Kind: t.Kind, Namespace: name.Namespace, Name: name.Name})
	}
}

// checkNamed refuses an object that nothing provides.
func (r *reader) checkNamed(k *known, m moment, t *verbs.Target) {
	if t.Name == "" || k.has(t.Kind, t.Namespace, t.Name) {
		return
	}
	r.problems.Add(r.file, m.key, m.field, "there is no %s by then%s", t, k.meant(t))
}

// meant suggests the name that a target was likely meant to have.
func (k *known) meant(t *verbs.Target) string {
	var names []string
	prefix := strings.TrimSuffix(nameKey(t.Kind, t.Namespace, "-"), "-")
	for key := range k.names {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 || len(names) > 10_000 {
		return ""
	}
	return meant(t.Name, names)
}

// addCreated notes what a verb brings.
func (k *known) addCreated(v verbs.Verb) {
	switch v := v.(type) {
	case *verbs.Create:
		if v.Template != nil {
			k.addTemplate(v)
		}
		for i := range v.Manifests {
			k.add(v.Manifests[i].Object)
		}
	case *verbs.Apply:
		for i := range v.Manifests {
			k.add(v.Manifests[i].Object)
		}
	}
}

// maxNumbered is how many names of a create with a count are noted one by one.
const maxNumbered = 100_000

func (k *known) addTemplate(v *verbs.Create) {
	m := v.Template.Meta()
	if v.Count <= 1 || m.Name == "" {
		k.add(v.Template)
		return
	}
	if v.Count > maxNumbered {
		k.prefixes = append(k.prefixes, nameKey(v.Template.Kind(), m.Namespace, m.Name+"-"))
		return
	}
	for i := range v.Count {
		k.names[nameKey(v.Template.Kind(), m.Namespace, fmt.Sprintf("%s-%d", m.Name, i))] = true
	}
}

// checkPod refuses a pod that names a priority class that does not exist, or stands on a node that does not.
func (r *reader) checkPod(k *known, o *object, placed bool) {
	pod, ok := o.Object.(*model.Pod)
	if !ok {
		return
	}
	if class := pod.Spec.PriorityClassName; class != "" && !k.has(model.KindPriorityClass, "", class) {
		o.problem(&r.problems, "spec.priorityClassName", "there is no PriorityClass %q", class)
	}
	if placed && pod.NodeName != "" && !pod.Terminal() && !k.has(model.KindNode, "", pod.NodeName) {
		o.problem(&r.problems, "spec.nodeName", "there is no node %q in the cluster", pod.NodeName)
	}
}

// unserved warns of pods for a scheduler that no profile is: they stay pending, as on a real cluster.
func (r *reader) unserved(c *world.Config) []string {
	served := map[string]bool{}
	for i := range c.Scheduler.Config.Profiles {
		if name := c.Scheduler.Config.Profiles[i].SchedulerName; name != nil {
			served[*name] = true
		}
	}
	var problems decode.Problems
	for _, o := range r.allObjects() {
		pod, ok := o.Object.(*model.Pod)
		if ok && pod.NodeName == "" && !pod.Terminal() && !served[pod.Spec.SchedulerName] {
			o.problem(&problems, "spec.schedulerName", "no profile of the scheduler is called %q: the pod stays pending", pod.Spec.SchedulerName)
		}
	}
	var out []string
	for _, p := range problems.All() {
		out = append(out, p.String())
	}
	return out
}

// checkTwice refuses two objects of one kind and name.
func (r *reader) checkTwice(objects []object) {
	first := map[string]int{}
	for i := range objects {
		o := &objects[i]
		if o.Meta().Name == "" {
			continue
		}
		key := nameKey(o.Kind(), o.Meta().Namespace, o.Meta().Name)
		if j, twice := first[key]; twice {
			o.problem(&r.problems, "", "%s %s stands twice, first at %s", o.Kind(), o.Meta().Key(), objects[j].place())
			continue
		}
		first[key] = i
	}
}
