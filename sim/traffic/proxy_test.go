package traffic

import (
	"math"
	"testing"

	"towtank.dev/towtank/model"
)

func TestAnEntryMeansAPortByNameOrNumber(t *testing.T) {
	for _, test := range []struct {
		name, port string
		web, admin float64 // to the containers that listen on 8080 and on 9090
		none       float64
	}{
		{"the first unless said", "", 90, 0, 0},
		{"by name", "admin", 0, 90, 0},
		{"by number", "81", 0, 90, 0},
		{"one that the Service has no more", "metrics", 0, 0, 90},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := steady(90)
			c.Entries[0].Port = test.port
			b := newBed(t, c, []string{"a1"}, func(s *model.Service) {
				s.Ports = append(s.Ports, model.ServicePort{Name: "admin", Protocol: "TCP", Port: 81, TargetPort: "9090"})
			})
			b.slice.Ports = append(b.slice.Ports, model.EndpointPort{Name: "admin", Port: 9090})
			p := b.pod("p", "a1")
			p.Spec.Containers[0].Ports = []model.ContainerPort{{ContainerPort: 9090}}
			b.write()
			b.until(1)
			if web, admin := b.sent(p, 1), b.sent(p, 0); web != test.web || admin != test.admin {
				t.Errorf("web is sent %v, admin %v, want %v and %v", web, admin, test.web, test.admin)
			}
			b.totals(10).want(t, 900, 10*test.none, 0, 0)
		})
	}
}

func TestWhichContainerListens(t *testing.T) {
	listens := func(name string, port int32) model.Container {
		return model.Container{Name: name, Ports: []model.ContainerPort{{ContainerPort: port}}}
	}
	sidecar := listens("proxy", 15001)
	sidecar.RestartPolicy = model.RestartAlways
	pod := &model.Pod{Spec: &model.PodSpec{InitContainers: []model.Container{listens("init", 8080), sidecar}, Containers: []model.Container{{Name: "log"}, listens("web", 8080)}}}
	for _, test := range []struct {
		name string
		port int32
		want int
	}{
		{"the one that names the port, init containers counting first", 8080, 3},
		{"a sidecar may", 15001, 1},
		{"where none names it, the first regular one", 9999, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := containerOf(pod, test.port); got != test.want {
				t.Errorf("container %d, want %d", got, test.want)
			}
		})
	}
}

// Many changes within a second are one sync behind it: the rules are those of the first until then.
func TestSyncsAreASecondApart(t *testing.T) {
	b := newBed(t, steady(100), []string{"a1"})
	p := b.pod("p", "a1")
	b.write()
	b.until(10)
	for i := range 9 { // at 10.0, 10.1, ... 10.8 s the pod is ready and not ready in turn
		b.until(10 + float64(i)/10)
		b.endpoint(p, func(e *model.Endpoint) { e.Ready, e.Serving = i%2 != 0, i%2 != 0 })
		b.write()
	}
	got := b.totals(20)
	// Not ready from the sync at 10.0 s on, and as the last write has it after that at 11.0 s.
	if math.Abs(got.NoEndpoint-1000) > 1e-6 {
		t.Errorf("%v requests met no endpoint, want 1000", got.NoEndpoint)
	}
	if got := b.engine.Processed(); got > 30 {
		t.Errorf("%d events", got)
	}
}
