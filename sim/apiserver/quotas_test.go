package apiserver_test

import (
	"fmt"
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

func hard(pairs ...any) model.ResourceList {
	var l model.ResourceList
	for i := 0; i < len(pairs); i += 2 {
		l = l.With(pairs[i].(string), model.MilliQuantity(int64(1000*pairs[i+1].(float64))))
	}
	return l
}

func used(s *apiserver.Server) string {
	q, _ := s.ResourceQuotas.Get("shop", "most")
	return model.FormatResources(q.Status.Used)
}

func quota(t *testing.T, s *apiserver.Server, l model.ResourceList, scopes ...model.QuotaScope) {
	t.Helper()
	create(t, s, &model.ResourceQuota{ObjectMeta: named("most"), Hard: l, Scopes: scopes})
}

func TestQuotasCountWhatIsThereAndRefuseWhatIsTooMuch(t *testing.T) {
	_, s := server(1)
	create(t, s, pod("before", asking(amounts(500, -1), nil)))
	quota(t, s, hard("pods", 3.0, "requests.cpu", 2.0))
	if got := used(s); got != "pods=1,requests.cpu=500m" {
		t.Errorf("used at first: %s", got)
	}
	create(t, s, pod("a", asking(amounts(1000, -1), nil)))
	_, err := s.Create(pod("b", asking(amounts(700, -1), nil)))
	// 500m and 1 are used; 700m more would be 2200m.
	refused(t, err, apiserver.Forbidden, `pods "b" is forbidden: exceeded quota: most, requested: requests.cpu=700m, used: requests.cpu=1500m, limited: requests.cpu=2`)
	_, err = s.Create(pod("c", plain()))
	refused(t, err, apiserver.Forbidden, `pods "c" is forbidden: failed quota: most: must specify requests.cpu for: c`)
	create(t, s, pod("d", asking(amounts(500, -1), nil)))
	_, err = s.Create(pod("e", asking(amounts(1, -1), nil)))
	refused(t, err, apiserver.Forbidden, `pods "e" is forbidden: exceeded quota: most, requested: pods=1,requests.cpu=1m, used: pods=3,requests.cpu=2, limited: pods=3,requests.cpu=2`)
}

func TestQuotasGetBackWhatIsNotUsedAnyMore(t *testing.T) {
	_, s := server(1)
	quota(t, s, hard("pods", 5.0, "count/pods", 5.0, "limits.memory", 1e9))
	for _, name := range []string{"a", "b", "c"} {
		create(t, s, pod(name, asking(nil, amounts(-1, 1))))
	}
	a, _ := s.Pods.Get("shop", "a")
	done := apiserver.Copy(a).(*model.Pod)
	done.Status.Phase = model.PodSucceeded
	if err := s.Update(done); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(model.KindPod, "shop", "b", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// Of the three, one has ended, which is an object still, and one is gone.
	if got := used(s); got != "count/pods=2,limits.memory=1Mi,pods=1" {
		t.Errorf("used: %s", got)
	}
	q, _ := s.ResourceQuotas.Get("shop", "most")
	more := apiserver.Copy(q).(*model.ResourceQuota)
	more.Hard = hard("count/pods", 2.0)
	if err := s.Update(more); err != nil {
		t.Fatal(err)
	}
	if got := used(s); got != "count/pods=2" {
		t.Errorf("used of another quota: %s", got)
	}
	if err := s.Delete(model.KindResourceQuota, "shop", "most", apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	create(t, s, pod("d", plain()))
}

func TestQuotasWithScopesAreAboutSomePods(t *testing.T) {
	deadline := int64(60)
	ending, high, effort := asking(amounts(1, -1), nil), asking(amounts(1, -1), nil), plain()
	ending.ActiveDeadlineSeconds, high.PriorityClassName = &deadline, "high"
	for _, c := range []struct {
		scope model.QuotaScope
		want  string // of the pods: one that ends, one of class high, one of best effort
	}{
		{model.QuotaScope{Name: "Terminating", Operator: model.OpExists}, "1"},
		{model.QuotaScope{Name: "NotTerminating", Operator: model.OpExists}, "2"},
		{model.QuotaScope{Name: "BestEffort", Operator: model.OpExists}, "1"},
		{model.QuotaScope{Name: "NotBestEffort", Operator: model.OpExists}, "2"},
		{model.QuotaScope{Name: "PriorityClass", Operator: model.OpIn, Values: []string{"high"}}, "1"},
		{model.QuotaScope{Name: "PriorityClass", Operator: model.OpExists}, "1"},
		{model.QuotaScope{Name: "PriorityClass", Operator: model.OpDoesNotExist}, "2"},
		{model.QuotaScope{Name: "CrossNamespacePodAffinity", Operator: model.OpExists}, "0"},
	} {
		_, s := server(1)
		create(t, s, &model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "high"}, Value: 10})
		quota(t, s, hard("pods", 9.0), c.scope)
		for i, spec := range []*model.PodSpec{ending, high, effort} {
			create(t, s, pod(fmt.Sprint("p", i), spec))
		}
		if got := used(s); got != "pods="+c.want {
			t.Errorf("%+v: used %s, want %s", c.scope, got, c.want)
		}
	}
}

func TestQuotasCountObjectsOfAllKinds(t *testing.T) {
	_, s := server(1)
	quota(t, s, hard("count/deployments.apps", 1.0, "configmaps", 1.0, "services.nodeports", 2.0, "requests.storage", 1e10,
		"fast.storageclass.storage.k8s.io/persistentvolumeclaims", 1.0))
	create(t, s, &model.Deployment{ObjectMeta: named("web")})
	_, err := s.Create(&model.Deployment{ObjectMeta: named("api")})
	refused(t, err, apiserver.Forbidden, `deployments.apps "api" is forbidden: exceeded quota: most, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1`)
	create(t, s, &model.ConfigMap{ObjectMeta: named("settings")})
	_, err = s.Create(&model.ConfigMap{ObjectMeta: named("more")})
	refused(t, err, apiserver.Forbidden, `configmaps "more" is forbidden: exceeded quota: most, requested: configmaps=1, used: configmaps=1, limited: configmaps=1`)
	create(t, s, &model.Service{ObjectMeta: named("web"), Type: "NodePort", Ports: make([]model.ServicePort, 2)})
	class := "fast"
	create(t, s, &model.PersistentVolumeClaim{ObjectMeta: named("data"), Spec: model.ClaimSpec{StorageClass: &class,
		Requests: model.ResourceList{{Name: "storage", Quantity: model.WholeQuantity(1 << 30)}}}})
	if got := used(s); got != "configmaps=1,count/deployments.apps=1,fast.storageclass.storage.k8s.io/persistentvolumeclaims=1,requests.storage=1Gi,services.nodeports=2" {
		t.Errorf("used %s", got)
	}
}

func TestPodsNeedAnAccountThatIsThere(t *testing.T) {
	_, s := server(1)
	spec := plain()
	spec.ServiceAccountName = "web"
	if got := create(t, s, pod("before", spec)); got.Spec.ServiceAccountName != "web" {
		t.Errorf("the account became %s", got.Spec.ServiceAccountName)
	}
	create(t, s, &model.ServiceAccount{ObjectMeta: named("api")})
	_, err := s.Create(pod("p", spec))
	refused(t, err, apiserver.Forbidden, `pods "p" is forbidden: error looking up service account shop/web: serviceaccount "web" not found`)
	create(t, s, &model.ServiceAccount{ObjectMeta: named("web")})
	create(t, s, pod("p", spec))
	if got := create(t, s, pod("q", plain())); got.Spec.ServiceAccountName != "default" {
		t.Errorf("without one it is %q", got.Spec.ServiceAccountName)
	}
}
