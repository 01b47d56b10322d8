package cache

import (
	"slices"
	"testing"

	"towtank.dev/towtank/model"
)

func service(namespace, name, app string) *model.Service {
	return &model.Service{ObjectMeta: model.ObjectMeta{Namespace: namespace, Name: name}, Selector: map[string]string{"app": app}}
}

func TestObjectsKeepTheOrderOfCreation(t *testing.T) {
	var o Objects
	for _, name := range []string{"c", "a", "b"} {
		o.Set(service("x", name, name))
		o.Set(service("y", name, name))
	}
	o.Set(service("x", "c", "changed"))
	o.Remove(service("x", "a", ""))
	o.Remove(service("x", "never", ""))
	o.Set(service("x", "a", "again"))

	apps := func(namespace string) (out []string) {
		for _, s := range o.Services(namespace) {
			out = append(out, s.Selector["app"])
		}
		return out
	}
	// What is replaced keeps its place; what comes again comes last.
	if got, want := apps("x"), []string{"changed", "b", "again"}; !slices.Equal(got, want) {
		t.Errorf("services of x: %v, want %v", got, want)
	}
	if got, want := apps("y"), []string{"c", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("services of y: %v, want %v", got, want)
	}
	if got := o.Services("z"); got != nil {
		t.Errorf("services of a namespace without any: %v, want nil", got)
	}
}

func TestObjectsAreFoundByName(t *testing.T) {
	var o Objects
	if o.StorageClass("fast") != nil {
		t.Fatal("an empty store has a storage class")
	}
	class := &model.StorageClass{ObjectMeta: model.ObjectMeta{Name: "fast"}}
	claim := &model.PersistentVolumeClaim{ObjectMeta: model.ObjectMeta{Namespace: "x", Name: "data"}}
	if !o.Set(class) || !o.Set(claim) {
		t.Fatal("kinds that plugins read are not kept")
	}
	if o.StorageClass("fast") != class || o.PersistentVolumeClaim("x", "data") != claim {
		t.Error("objects are not found under their names")
	}
	if o.PersistentVolumeClaim("y", "data") != nil {
		t.Error("a claim is found in another namespace")
	}
	o.Remove(claim)
	if o.PersistentVolumeClaim("x", "data") != nil {
		t.Error("a removed claim is found")
	}
	if o.Set(&model.PriorityClass{ObjectMeta: model.ObjectMeta{Name: "high"}}) {
		t.Error("a kind that plugins do not read counts as kept")
	}
}

func TestServicesAreFoundForTheLabelsOfAPod(t *testing.T) {
	var o Objects
	for _, name := range []string{"c", "a", "b"} {
		o.Set(service("x", name, name))
	}
	o.Set(service("y", "a", "a"))
	o.Set(&model.Service{ObjectMeta: model.ObjectMeta{Namespace: "x", Name: "empty"}})
	for _, c := range []struct {
		what string
		do   func()
		want []string
	}{
		{"as created", func() {}, []string{"a"}},
		{"another selects it now", func() { o.Set(service("x", "c", "a")) }, []string{"c", "a"}},
		{"one is gone", func() { o.Remove(service("x", "a", "a")) }, []string{"c"}},
		{"one selects nothing any more", func() { o.Set(&model.Service{ObjectMeta: model.ObjectMeta{Namespace: "x", Name: "c"}}) }, nil},
	} {
		c.do()
		var got []string
		for _, s := range o.ServicesFor("x", map[string]string{"app": "a", "tier": "web"}) {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: services %v, want %v", c.what, got, c.want)
		}
	}
}
