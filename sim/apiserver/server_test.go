package apiserver_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

func server(seed uint64) (*sim.Engine, *apiserver.Server) {
	e := sim.NewEngine(seed)
	return e, apiserver.New(e)
}

func pod(name string, spec *model.PodSpec) *model.Pod {
	return &model.Pod{ObjectMeta: model.ObjectMeta{Name: name, Namespace: "shop"}, Spec: spec}
}

func plain() *model.PodSpec {
	return &model.PodSpec{SchedulerName: "default-scheduler", TerminationGracePeriodSeconds: 30,
		Containers: []model.Container{{Name: "c"}}}
}

func create[T model.Object](t *testing.T, s *apiserver.Server, o T) T {
	t.Helper()
	made, err := s.Create(o)
	if err != nil {
		t.Fatal(err)
	}
	return made.(T)
}

func refused(t *testing.T, err error, reason apiserver.Reason, message string) {
	t.Helper()
	if !apiserver.Is(err, reason) || err.Error() != message {
		t.Errorf("got  %v\nwant %s: %s", err, reason, message)
	}
}

func TestStoresKeepTheOrderOfCreation(t *testing.T) {
	_, s := server(1)
	for _, name := range []string{"c", "a", "b", "d"} {
		create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: name}})
	}
	names := func() string {
		var out []string
		for n := range s.Nodes.All() {
			out = append(out, n.Name)
		}
		return strings.Join(out, " ")
	}
	for _, step := range []struct {
		what string
		do   func() error
		want string
	}{
		{"as created", func() error { return nil }, "c a b d"},
		{"an update keeps the place", func() error { return s.Update(&model.Node{ObjectMeta: model.ObjectMeta{Name: "a"}}) }, "c a b d"},
		{"the first goes", func() error { return s.Delete(model.KindNode, "", "c", apiserver.DeleteOptions{}) }, "a b d"},
		{"one in between goes", func() error { return s.Delete(model.KindNode, "", "b", apiserver.DeleteOptions{}) }, "a d"},
		{"the last goes", func() error { return s.Delete(model.KindNode, "", "d", apiserver.DeleteOptions{}) }, "a"},
		{"it comes again at the end", func() error {
			_, err := s.Create(&model.Node{ObjectMeta: model.ObjectMeta{Name: "c"}})
			return err
		}, "a c"},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		if got := names(); got != step.want {
			t.Errorf("%s: %s, want %s", step.what, got, step.want)
		}
	}
}

func TestEveryWriteHasTheNextResourceVersion(t *testing.T) {
	_, s := server(1)
	before := s.Version()
	n := create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "n"}})
	p := create(t, s, pod("p", plain())) // and its namespace
	if n.ResourceVersion != before+1 || p.ResourceVersion != before+3 {
		t.Errorf("versions %d and %d after %d", n.ResourceVersion, p.ResourceVersion, before)
	}
	changed := *p
	if err := s.Update(&changed); err != nil || changed.ResourceVersion != before+4 || p.ResourceVersion != before+3 {
		t.Errorf("the copy has %d, the old object %d: %v", changed.ResourceVersion, p.ResourceVersion, err)
	}
}

func TestRefusalsHaveTheWordingOfTheAPIServer(t *testing.T) {
	_, s := server(1)
	create(t, s, pod("web", plain()))
	_, err := s.Create(pod("web", plain()))
	refused(t, err, apiserver.AlreadyExists, `pods "web" already exists`)
	refused(t, s.Delete(model.KindPod, "shop", "api", apiserver.DeleteOptions{}), apiserver.NotFound, `pods "api" not found`)
	refused(t, s.Delete(model.KindReplicaSet, "shop", "rs", apiserver.DeleteOptions{}), apiserver.NotFound, `replicasets.apps "rs" not found`)

	spec := plain()
	spec.PriorityClassName = "gold"
	_, err = s.Create(pod("p", spec))
	refused(t, err, apiserver.Forbidden, `pods "p" is forbidden: no PriorityClass with name gold was found`)
	spec = plain()
	spec.Priority, spec.HasPriority = 7, true
	_, err = s.Create(pod("p", spec))
	refused(t, err, apiserver.Forbidden, `pods "p" is forbidden: the integer value of priority (7) must not be provided in pod spec; `+
		`priority admission controller computed 0 from the given PriorityClass name`)
	_, err = s.Create(&model.Pod{Spec: plain()})
	refused(t, err, apiserver.Invalid, "resource name may not be empty")
}

func TestPriorityComesFromTheClassThenTheGlobalDefaultThenZero(t *testing.T) {
	_, s := server(1)
	named := func(class string) *model.PodSpec {
		spec := plain()
		spec.PriorityClassName = class
		return spec
	}
	shared := plain()
	for _, step := range []struct {
		what   string
		before *model.PriorityClass
		spec   *model.PodSpec
		class  string
		value  int32
		policy string
	}{
		{"nothing given", nil, shared, "", 0, "PreemptLowerPriority"},
		{"a system class", nil, named("system-node-critical"), "system-node-critical", 2000001000, "PreemptLowerPriority"},
		{"a class of one's own that never preempts", &model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "batch"}, Value: -5, PreemptionPolicy: "Never"},
			named("batch"), "batch", -5, "Never"},
		{"the global default, also for a spec admitted before", &model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "usual"}, Value: 10, GlobalDefault: true},
			shared, "usual", 10, "PreemptLowerPriority"},
	} {
		if step.before != nil {
			create(t, s, step.before)
		}
		got := create(t, s, &model.Pod{ObjectMeta: model.ObjectMeta{GenerateName: "p-"}, Spec: step.spec}).Spec
		if got.PriorityClassName != step.class || !got.HasPriority || got.Priority != step.value || got.PreemptionPolicy != step.policy {
			t.Errorf("%s: class %q, priority %d, policy %q", step.what, got.PriorityClassName, got.Priority, got.PreemptionPolicy)
		}
	}
	_, err := s.Create(&model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "other"}, GlobalDefault: true})
	refused(t, err, apiserver.Forbidden, `priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist`)
}

func TestDefaultTolerationsAreAddedWhereThereAreNone(t *testing.T) {
	notReady, unreachable := model.TaintNotReady, model.TaintUnreachable
	for _, c := range []struct {
		what string
		have []model.Toleration
		want []string // keys
	}{
		{"none: both", nil, []string{notReady, unreachable}},
		{"its own for one: the other", []model.Toleration{{Key: notReady, Operator: "Exists", Effect: model.NoExecute}}, []string{notReady, unreachable}},
		{"one that tolerates everything: none", []model.Toleration{{Operator: "Exists"}}, []string{""}},
		{"one of another effect does not count", []model.Toleration{{Key: notReady, Effect: model.NoSchedule}}, []string{notReady, notReady, unreachable}},
	} {
		_, s := server(1)
		spec := plain()
		spec.Tolerations = c.have
		got := create(t, s, pod("p", spec)).Spec.Tolerations
		var keys []string
		for i := range got {
			keys = append(keys, got[i].Key)
			if i >= len(c.have) && (got[i].Seconds == nil || *got[i].Seconds != 300 || got[i].Effect != model.NoExecute || got[i].Operator != "Exists") {
				t.Errorf("%s: added %+v", c.what, got[i])
			}
		}
		if strings.Join(keys, ",") != strings.Join(c.want, ",") {
			t.Errorf("%s: tolerations of %v, want %v", c.what, keys, c.want)
		}
		if len(spec.Tolerations) != len(c.have) {
			t.Errorf("%s: the template was written to", c.what)
		}
	}
}

func TestPodsOfOneTemplateShareOneSpec(t *testing.T) {
	_, s := server(1)
	spec := plain()
	first, second := create(t, s, pod("a", spec)), create(t, s, pod("b", spec))
	if first.Spec != second.Spec || first.Spec == spec {
		t.Error("the pods do not share the admitted spec")
	}
	if again := create(t, s, pod("c", first.Spec)); again.Spec != first.Spec {
		t.Error("an admitted spec was admitted anew")
	}
}

func TestQualityOfServiceClasses(t *testing.T) {
	list := func(cpu, memory int64) model.ResourceList {
		var l model.ResourceList
		if cpu > 0 {
			l = l.With("cpu", model.WholeQuantity(cpu))
		}
		if memory > 0 {
			l = l.With("memory", model.WholeQuantity(memory))
		}
		return l
	}
	for _, c := range []struct {
		what             string
		requests, limits model.ResourceList
		want             string
	}{
		{"nothing asked", nil, nil, "BestEffort"},
		{"requests only", list(1, 0), nil, "Burstable"},
		{"limits equal to requests", list(1, 2), list(1, 2), "Guaranteed"},
		{"limits above requests", list(1, 2), list(2, 2), "Burstable"},
		{"no limit of memory", list(1, 0), list(1, 0), "Burstable"},
	} {
		_, s := server(1)
		spec := plain()
		spec.Containers[0].Requests, spec.Containers[0].Limits = c.requests, c.limits
		if got := create(t, s, pod("p", spec)).Status.QOSClass; got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestNamesAndUIDsComeFromTheSeedAndNotFromWhatElseThereIs(t *testing.T) {
	made := func(seed uint64, others int) (string, string) {
		_, s := server(seed)
		for range others {
			create(t, s, &model.Pod{ObjectMeta: model.ObjectMeta{GenerateName: "other-"}, Spec: plain()})
		}
		p := create(t, s, &model.Pod{ObjectMeta: model.ObjectMeta{GenerateName: "web-"}, Spec: plain()})
		return p.Name, p.UID
	}
	name, uid := made(1, 0)
	if !regexp.MustCompile(`^web-[bcdfghjklmnpqrstvwxz2456789]{5}$`).MatchString(name) {
		t.Errorf("name %s", name)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(uid) {
		t.Errorf("uid %s", uid)
	}
	if n, u := made(1, 3); n != name || u != uid {
		t.Errorf("with others there: %s %s, want %s %s", n, u, name, uid)
	}
	if n, u := made(2, 0); n == name || u == uid {
		t.Errorf("another seed gives %s %s too", n, u)
	}
}

func TestAnObjectMadeAnewUnderItsNameHasAnotherUID(t *testing.T) {
	_, s := server(1)
	seen := map[string]bool{}
	for i := range 4 { // all at one instant
		uid := create(t, s, pod("p", plain())).UID
		if seen[uid] {
			t.Errorf("number %d has the UID of one before", i)
		}
		seen[uid] = true
		if err := s.Delete(model.KindPod, "shop", "p", apiserver.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNamespacesThatNothingDeclaresExist(t *testing.T) {
	_, s := server(1)
	create(t, s, pod("p", plain()))
	n, ok := s.Namespaces.Get("", "shop")
	if !ok || len(n.Labels) != 1 || n.Labels["kubernetes.io/metadata.name"] != "shop" {
		t.Errorf("namespace %+v", n)
	}
	leaving := *n
	leaving.Phase = "Terminating"
	if err := s.Update(&leaving); err != nil {
		t.Fatal(err)
	}
	_, err := s.Create(pod("q", plain()))
	refused(t, err, apiserver.Forbidden, `pods "q" is forbidden: unable to create new content in namespace shop because it is being terminated`)
}

func TestBindingIsAWriteThatCanFail(t *testing.T) {
	e, s := server(1)
	zone := map[string]string{model.LabelZone: "a"}
	create(t, s, &model.Node{ObjectMeta: model.ObjectMeta{Name: "n", Labels: zone}})
	p := create(t, s, pod("p", plain()))
	gated := plain()
	gated.SchedulingGates = []string{"wait"}
	g := create(t, s, pod("g", gated))
	refused(t, s.Bind("shop", "x", "u", "n"), apiserver.NotFound, `pods "x" not found`)
	refused(t, s.Bind("shop", "p", "other", "n"), apiserver.Conflict, `Operation cannot be fulfilled on pods/binding "p": `+
		`precondition failed: UID in precondition: other, UID in object meta: `+p.UID)
	refused(t, s.Bind("shop", "p", p.UID, "m"), apiserver.NotFound, `nodes "m" not found`)
	refused(t, s.Bind("shop", "g", g.UID, "n"), apiserver.Conflict,
		`Operation cannot be fulfilled on pods/binding "g": pod g has non-empty .spec.schedulingGates`)
	e.RunUntil(sim.At(3 * time.Second))
	if err := s.Bind("shop", "p", p.UID, "n"); err != nil {
		t.Fatal(err)
	}
	bound, _ := s.Pods.Get("shop", "p")
	c := bound.Status.Condition(model.PodScheduled)
	if bound.NodeName != "n" || c == nil || c.Status != "True" || c.LastTransition != sim.At(3*time.Second) || bound.Labels[model.LabelZone] != "a" {
		t.Errorf("bound pod %+v", bound)
	}
	refused(t, s.Bind("shop", "p", p.UID, "n"), apiserver.Conflict,
		`Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"`)
}

func TestGracefulDeletion(t *testing.T) {
	seconds := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		what    string
		node    string
		phase   model.Phase
		grace   []*int64 // of the deletions, one after another
		gone    bool
		left    int64 // grace seconds of one that is still there
		deleted time.Duration
	}{
		{"a pod on no node goes at once", "", model.PodPending, []*int64{nil}, true, 0, 0},
		{"one that has ended goes at once", "n", model.PodSucceeded, []*int64{nil}, true, 0, 0},
		{"one that runs gets its own grace", "n", model.PodRunning, []*int64{nil}, false, 30, 30 * time.Second},
		{"or that of the deletion", "n", model.PodRunning, []*int64{seconds(5)}, false, 5, 5 * time.Second},
		{"grace 0 removes it at once", "n", model.PodRunning, []*int64{seconds(0)}, true, 0, 0},
		{"a negative grace is 1 s", "n", model.PodRunning, []*int64{seconds(-1)}, false, 1, time.Second},
		{"a second deletion can shorten it", "n", model.PodRunning, []*int64{nil, seconds(5)}, false, 5, 5 * time.Second},
		{"and not lengthen it", "n", model.PodRunning, []*int64{seconds(5), nil}, false, 5, 5 * time.Second},
		{"a second one with grace 0 removes it", "n", model.PodRunning, []*int64{nil, seconds(0)}, true, 0, 0},
	} {
		_, s := server(1)
		p := create(t, s, &model.Pod{ObjectMeta: model.ObjectMeta{Name: "p"}, Spec: plain(), NodeName: c.node})
		changed := *p
		changed.Status.Phase = c.phase
		if err := s.Update(&changed); err != nil {
			t.Fatal(err)
		}
		for _, grace := range c.grace {
			if err := s.Delete(model.KindPod, "default", "p", apiserver.DeleteOptions{GraceSeconds: grace}); err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		got, there := s.Pods.Get("default", "p")
		if there == c.gone {
			t.Errorf("%s: there %v", c.what, there)
		} else if there && (!got.Deleting || got.DeletionGracePeriodSeconds != c.left || got.Deleted != sim.At(c.deleted)) {
			t.Errorf("%s: deleting %v, grace %d, at %v", c.what, got.Deleting, got.DeletionGracePeriodSeconds, got.Deleted)
		}
	}
}

func TestFinalizersHoldAnObject(t *testing.T) {
	_, s := server(1)
	create(t, s, &model.PersistentVolumeClaim{ObjectMeta: model.ObjectMeta{Name: "c", Finalizers: []string{"kubernetes.io/pvc-protection"}}})
	if err := s.Delete(model.KindPersistentVolumeClaim, "default", "c", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	held, ok := s.PersistentVolumeClaims.Get("default", "c")
	if !ok || !held.Deleting {
		t.Fatalf("the claim is there: %v", ok)
	}
	free := *held
	free.Finalizers = nil
	if err := s.Update(&free); err != nil {
		t.Fatal(err)
	}
	if s.PersistentVolumeClaims.Len() != 0 {
		t.Error("the claim stayed when its last finalizer went")
	}
}

func TestLoadedObjectsKeepWhatTheyWere(t *testing.T) {
	_, s := server(1)
	spec := plain()
	spec.Priority, spec.HasPriority, spec.PriorityClassName = 7, true, "gone"
	o := pod("p", spec)
	o.UID, o.Created, o.NodeName = "u-1", sim.At(-time.Hour), "n"
	o.Status.Phase = model.PodRunning
	if _, err := s.Load(o); err != nil {
		t.Fatal(err)
	}
	p, _ := s.Pods.Get("shop", "p")
	if p.UID != "u-1" || p.Created != sim.At(-time.Hour) || p.Status.Phase != model.PodRunning || p.Spec.Priority != 7 {
		t.Errorf("loaded %+v", p)
	}
}
