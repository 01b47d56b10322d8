package controllers

import (
	"fmt"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// served is a bed with a Service over the pods with app=web and so many pods, that have addresses and are ready.
func served(t *testing.T, pods int, change ...func(*model.Service)) *bed {
	b := newBed(t, quick)
	s := &model.Service{ObjectMeta: model.ObjectMeta{Name: "web"}, Selector: map[string]string{"app": "web"}, Type: "ClusterIP",
		Ports: []model.ServicePort{{Name: "http", Protocol: "TCP", Port: 80, TargetPort: "8080"}}}
	for _, f := range change {
		f(s)
	}
	b.add(s)
	b.run(time.Second)
	for i := range pods {
		b.address(b.add(&model.Pod{ObjectMeta: model.ObjectMeta{Name: fmt.Sprintf("p%d", i), Labels: map[string]string{"app": "web"}}, Spec: bedSpec}).(*model.Pod), i)
	}
	b.run(10 * time.Second)
	return b
}

func (b *bed) address(p *model.Pod, i int) {
	out := apiserver.Copy(p).(*model.Pod)
	out.Status.PodIP = fmt.Sprintf("10.0.%d.%d", i/250, i%250+1)
	b.must(b.Update(out))
}

// endpoints counts the endpoints: slices, all, ready, serving, terminating.
func (b *bed) endpoints() string {
	n, all, takes, serving, ending := 0, 0, 0, 0, 0
	for s := range b.EndpointSlices.All() {
		n++
		for _, e := range s.Endpoints {
			all++
			takes += is(e.Ready)
			serving += is(e.Serving)
			ending += is(e.Terminating)
		}
	}
	return fmt.Sprintf("%d slices, %d endpoints, %d ready, %d serving, %d terminating", n, all, takes, serving, ending)
}

func is(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func TestSlicesListThePodsOfAService(t *testing.T) {
	b := served(t, 3)
	if got := b.endpoints(); got != "1 slices, 3 endpoints, 3 ready, 3 serving, 0 terminating" {
		t.Errorf("got %s", got)
	}
	for s := range b.EndpointSlices.All() {
		if len(s.Ports) != 1 || s.Ports[0].Port != 8080 || s.Labels[model.LabelServiceName] != "web" {
			t.Errorf("ports %+v, labels %v", s.Ports, s.Labels)
		}
	}
	b.must(b.Delete(model.KindPod, "default", "p0", apiserver.DeleteOptions{}))
	b.run(time.Second)
	if got := b.endpoints(); got != "1 slices, 3 endpoints, 2 ready, 3 serving, 1 terminating" {
		t.Errorf("while a pod ends: %s", got)
	}
	b.run(5 * time.Second)
	if got := b.endpoints(); got != "1 slices, 2 endpoints, 2 ready, 2 serving, 0 terminating" {
		t.Errorf("when it is gone: %s", got)
	}
	for _, name := range []string{"p1", "p2"} {
		none := int64(0)
		b.must(b.Delete(model.KindPod, "default", name, apiserver.DeleteOptions{GraceSeconds: &none}))
	}
	b.run(time.Second)
	if got := b.endpoints(); got != "1 slices, 0 endpoints, 0 ready, 0 serving, 0 terminating" {
		t.Errorf("without pods an empty slice stays: %s", got)
	}
}

func TestASliceHoldsAHundredEndpoints(t *testing.T) {
	b := served(t, 250)
	sizes := map[int]int{}
	for s := range b.EndpointSlices.All() {
		sizes[len(s.Endpoints)]++
		if len(s.Endpoints) > maxEndpoints {
			t.Errorf("a slice of %d", len(s.Endpoints))
		}
	}
	if got := b.endpoints(); got != "3 slices, 250 endpoints, 250 ready, 250 serving, 0 terminating" {
		t.Errorf("got %s, sizes %v", got, sizes)
	}
}

func TestPodsThatAreNotReadyAreListedAsSuch(t *testing.T) {
	publish := func(s *model.Service) { s.PublishNotReadyAddresses = true }
	for _, test := range []struct {
		name   string
		change []func(*model.Service)
		want   string
	}{
		{"by default they take no traffic", nil, "1 slices, 2 endpoints, 0 ready, 0 serving, 0 terminating"},
		{"unless the Service wants all", []func(*model.Service){publish}, "1 slices, 2 endpoints, 2 ready, 0 serving, 0 terminating"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, quick)
			b.readyAfter = func(*model.Pod) time.Duration { return -1 }
			s := &model.Service{ObjectMeta: model.ObjectMeta{Name: "web"}, Selector: map[string]string{"app": "web"}, Type: "ClusterIP"}
			for _, f := range test.change {
				f(s)
			}
			b.add(s)
			for i := range 2 {
				b.address(b.add(&model.Pod{ObjectMeta: model.ObjectMeta{Name: fmt.Sprint("p", i), Labels: map[string]string{"app": "web"}}, Spec: bedSpec}).(*model.Pod), i)
			}
			b.run(10 * time.Second)
			if got := b.endpoints(); got != test.want {
				t.Errorf("got %s", got)
			}
		})
	}
}
