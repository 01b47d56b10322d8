package apiserver_test

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

func amounts(cpuMilli, memoryMebi int64) model.ResourceList {
	var l model.ResourceList
	if cpuMilli >= 0 {
		l = l.With("cpu", model.MilliQuantity(cpuMilli))
	}
	if memoryMebi >= 0 {
		l = l.With("memory", model.WholeQuantity(memoryMebi<<20))
	}
	return l
}

func asking(requests, limits model.ResourceList) *model.PodSpec {
	spec := plain()
	spec.Containers[0].Requests, spec.Containers[0].Limits = requests, limits
	return spec
}

func limitRange(t *testing.T, s *apiserver.Server, items ...model.LimitRangeItem) {
	t.Helper()
	create(t, s, &model.LimitRange{ObjectMeta: named("sizes"), Limits: items})
}

func TestLimitRangesFillInWhatContainersDoNotSay(t *testing.T) {
	_, s := server(1)
	limitRange(t, s, model.LimitRangeItem{Type: "Container", DefaultRequest: amounts(100, -1), Default: amounts(500, 256)})
	spec := asking(amounts(50, 64), nil)
	spec.InitContainers = []model.Container{{Name: "i"}}
	p, q := create(t, s, pod("p", spec)), create(t, s, pod("q", spec))
	if p.Spec != q.Spec || p.Spec == spec {
		t.Error("pods of one spec do not share what admission makes of it")
	}
	if cpu, _ := p.Spec.Containers[0].Requests.Get("cpu"); cpu != model.MilliQuantity(50) {
		t.Errorf("a request that was said became %v", cpu)
	}
	if cpu, _ := p.Spec.InitContainers[0].Requests.Get("cpu"); cpu != model.MilliQuantity(100) {
		t.Errorf("the init container requests %v", cpu)
	}
	const told = "LimitRanger plugin set: cpu, memory limit for container c; cpu request for init container i; cpu, memory limit for init container i"
	if got := p.Annotations["kubernetes.io/limit-ranger"]; got != told {
		t.Errorf("told %q", got)
	}
	if len(spec.Containers[0].Limits) > 0 {
		t.Error("the spec that was given has been written to")
	}
	elsewhere := pod("p", spec)
	elsewhere.Namespace = "other"
	if got := create(t, s, elsewhere); got.Annotations != nil || len(got.Spec.Containers[0].Limits) > 0 {
		t.Error("the limits of one namespace reach into another")
	}
}

func TestLimitRangesRefuseWhatIsOutOfBounds(t *testing.T) {
	container := model.LimitRangeItem{Type: "Container", Min: amounts(100, -1), Max: amounts(2000, -1), MaxLimitRequestRatio: model.ResourceList{{Name: "cpu", Quantity: model.WholeQuantity(4)}}}
	whole := model.LimitRangeItem{Type: "Pod", Max: amounts(-1, 1024)}
	for _, c := range []struct {
		name  string
		items []model.LimitRangeItem
		spec  *model.PodSpec
		want  string
	}{
		{"what lies between", []model.LimitRangeItem{container}, asking(amounts(500, -1), amounts(2000, -1)), ""},
		{"too small a request", []model.LimitRangeItem{container}, asking(amounts(50, -1), amounts(200, -1)), "minimum cpu usage per Container is 100m, but request is 50m"},
		{"too large a limit", []model.LimitRangeItem{container}, asking(amounts(1000, -1), amounts(3000, -1)), "maximum cpu usage per Container is 2, but limit is 3"},
		{"no limit", []model.LimitRangeItem{container}, asking(amounts(1000, -1), nil),
			"[maximum cpu usage per Container is 2.  No limit is specified, cpu max limit to request ratio per Container is 4, but no limit is specified or limit is 0]"},
		// 1000m / 200m is 5 times.
		{"too wide a margin", []model.LimitRangeItem{container}, asking(amounts(200, -1), amounts(1000, -1)), "cpu max limit to request ratio per Container is 4, but provided ratio is 5.000000"},
		{"too large a pod", []model.LimitRangeItem{whole}, asking(nil, amounts(-1, 2048)), "maximum memory usage per Pod is 1Gi, but limit is 2Gi"},
	} {
		_, s := server(1)
		limitRange(t, s, c.items...)
		_, err := s.Create(pod("p", c.spec))
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		refused(t, err, apiserver.Forbidden, `pods "p" is forbidden: `+c.want)
	}
}

func TestLimitRangesHoldForClaims(t *testing.T) {
	_, s := server(1)
	storage := func(gibi int64) model.ResourceList {
		return model.ResourceList{{Name: "storage", Quantity: model.WholeQuantity(gibi << 30)}}
	}
	limitRange(t, s, model.LimitRangeItem{Type: "PersistentVolumeClaim", Min: storage(1), Max: storage(10)})
	claim := func(gibi int64) error {
		_, err := s.Create(&model.PersistentVolumeClaim{ObjectMeta: named("data"), Spec: model.ClaimSpec{Requests: storage(gibi)}})
		return err
	}
	refused(t, claim(20), apiserver.Forbidden, `persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi`)
	if err := claim(5); err != nil {
		t.Error(err)
	}
}
