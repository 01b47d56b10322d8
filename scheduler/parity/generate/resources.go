package generate

import (
	"fmt"
	"strconv"
)

// shape is a kind of machine. Milli-CPU and MiB are what requests are cut from.
type shape struct {
	cpu, memory int64
	capacity    Object
	allocatable Object
}

// shapes draws the one to three machines of a case.
func (g *generator) shapes() []shape {
	var out []shape
	for range 1 + g.IntN(3) {
		out = append(out, g.shape())
	}
	return out
}

func (g *generator) shape() shape {
	s := shape{cpu: pick(g, int64(1000), 2000, 4000, 3920, 8000, 250), memory: pick(g, int64(1024), 4096, 15892, 32768, 512)}
	s.capacity = Object{"cpu": milli(s.cpu), "memory": mebi(s.memory), "pods": pick(g, "110", "110", "8", "4", "2")}
	if !g.has("resources") {
		return s
	}
	for _, r := range some(g, 0, 2, "nvidia.com/gpu", "example.com/foo", "hugepages-2Mi", "ephemeral-storage") {
		s.capacity[r] = amount(g, r)
	}
	if g.chance(0.08) {
		delete(s.capacity, pick(g, "cpu", "memory", "pods"))
	}
	if g.chance(0.06) {
		s.capacity[pick(g, "cpu", "memory", "pods", "nvidia.com/gpu")] = "0"
	}
	if g.chance(0.3) {
		s.allocatable = reserved(g, s)
	}
	return s
}

// reserved is an allocatable below the capacity, in odd units.
func reserved(g *generator, s shape) Object {
	a := Object{}
	for k, v := range s.capacity {
		a[k] = v
	}
	if _, ok := a["cpu"]; ok {
		a["cpu"] = milli(s.cpu - pick(g, int64(0), 80, 100, 1))
	}
	if _, ok := a["memory"]; ok {
		a["memory"] = pick(g, strconv.FormatInt(s.memory*1024*1024-1, 10), fmt.Sprintf("%dKi", s.memory*1024-100), strconv.FormatInt(s.memory*1000, 10)+"k")
	}
	return a
}

func (s shape) apply(g *generator, status Object) {
	status["capacity"] = copied(s.capacity)
	switch {
	case s.allocatable != nil:
		status["allocatable"] = copied(s.allocatable)
	case g.chance(0.8):
		status["allocatable"] = copied(s.capacity)
	}
}

func copied(o Object) Object {
	out := Object{}
	for k, v := range o {
		out[k] = v
	}
	return out
}

func milli(n int64) string {
	if n%1000 == 0 {
		return strconv.FormatInt(n/1000, 10)
	}
	return fmt.Sprintf("%dm", n)
}

func mebi(n int64) string {
	if n%1024 == 0 {
		return fmt.Sprintf("%dGi", n/1024)
	}
	return fmt.Sprintf("%dMi", n)
}

func amount(g *generator, resource string) string {
	switch resource {
	case "hugepages-2Mi":
		return pick(g, "4Mi", "64Mi")
	case "ephemeral-storage":
		return pick(g, "1Gi", "20Gi", "10G")
	}
	return pick(g, "1", "2", "8")
}

// resources gives containers requests that are often just what a machine has, or a fraction.
var resources = Feature{Name: "resources", Always: true, Pod: func(g *generator, p Object) {
	for _, c := range containersOf(p) {
		if g.chance(0.85) {
			request(g, c)
		}
	}
}}

func request(g *generator, c Object) {
	s := g.machine()
	requests := Object{}
	if g.chance(0.85) {
		requests["cpu"] = pick(g, milli(s.cpu/8), milli(s.cpu/16), "100m", "100m", "50m", "0")
		if g.tight {
			requests["cpu"] = pick(g, milli(s.cpu), milli(s.cpu/2), milli(s.cpu/3), milli(s.cpu/4), milli(s.cpu-100), "100m", "250m", "0", "1")
		}
	}
	if g.chance(0.7) {
		requests["memory"] = pick(g, mebi(s.memory/8), mebi(s.memory/16), "64Mi", "10M", "0")
		if g.tight {
			requests["memory"] = pick(g, mebi(s.memory), mebi(s.memory/2), mebi(s.memory/4), "200Mi", "64Mi", "0", "1G", "1")
		}
	}
	if g.chance(0.1) {
		requests["ephemeral-storage"] = pick(g, "1Gi", "512Mi", "30Gi")
	}
	if g.chance(0.12) {
		extended(g, c)
	}
	switch {
	case g.chance(0.1):
		at(c, "resources")["limits"] = merged(at(c, "resources", "limits"), requests)
	case len(requests) > 0:
		at(c, "resources")["requests"] = merged(at(c, "resources", "requests"), requests)
	}
	if g.chance(0.05) {
		at(c, "resources", "limits")["memory"] = "40Gi"
	}
}

// extended asks for a resource that is counted whole; its request is its limit.
func extended(g *generator, c Object) {
	r := pick(g, "nvidia.com/gpu", "nvidia.com/gpu", "example.com/foo", "hugepages-2Mi", "example.com/none")
	n := pick(g, "1", "1", "2", "8", "0")
	if r == "hugepages-2Mi" {
		n = pick(g, "2Mi", "4Mi", "64Mi")
	}
	at(c, "resources", "limits")[r] = n
	at(c, "resources", "requests")[r] = n
}

func merged(a, b Object) Object {
	for k, v := range b {
		a[k] = v
	}
	return a
}

// machine is the machine a pod's requests are measured by: that of its node, or any.
func (g *generator) machine() shape {
	switch {
	case g.bound != nil:
		return g.bound.shape
	case len(g.nodes) > 0:
		return pick(g, g.nodes...).shape
	}
	return shape{cpu: 1000, memory: 1024}
}
