package scenarios

import (
	"time"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/sim"
)

// APIVersion and Kind are what a scenario file says of itself.
const (
	APIVersion = "towtank.dev/v1alpha1"
	Kind       = "Scenario"
)

// document is a scenario file as written. The doc tags describe the fields to people.
type document struct {
	APIVersion   string            `yaml:"apiVersion" doc:"Always towtank.dev/v1alpha1."`
	Kind         string            `yaml:"kind" doc:"Always Scenario."`
	Metadata     metadataBlock     `yaml:"metadata" doc:"What the scenario is called."`
	Seed         *uint64           `yaml:"seed" doc:"Seed of all chance. Default 1."`
	Start        *time.Time        `yaml:"start" doc:"Wall clock at t = 0, in RFC 3339. Default 2026-01-01T00:00:00Z."`
	Duration     *time.Duration    `yaml:"duration" doc:"How long the run lasts. With until: idle it is the longest it may last."`
	Until        *ending           `yaml:"until" doc:"idle (nothing left to happen but periodic work), or the instant of the end. Default idle, unless duration is given."`
	Sample       *period           `yaml:"sample" doc:"Period of series.csv, or change: a row at every change. Default 1m."`
	Unmodelled   string            `yaml:"unmodelled" doc:"What becomes of kinds and fields that are not simulated: refuse, or ignore (they are counted and listed). Default refuse."`
	Cluster      clusterBlock      `yaml:"cluster" doc:"What exists at t = 0."`
	Scheduler    schedulerBlock    `yaml:"scheduler" doc:"The scheduler."`
	Images       *imagesBlock      `yaml:"images" doc:"Images, registries, and how nodes pull and keep images. Without it every image is on every node, and pulls take no time."`
	Kubelet      *kubeletBlock     `yaml:"kubelet" doc:"The kubelets' timers and their runtime. Without it they are the real kubelet's, on a runtime that takes no time."`
	ControlPlane controlPlaneBlock `yaml:"controlPlane" doc:"The controllers."`
	Behaviours   []behaviourBlock  `yaml:"behaviours" doc:"What containers do; for each field the first entry that matches and gives it decides. Annotations on a pod, towtank.dev/ and the name of the field (towtank.dev/run: 10m, towtank.dev/stop: ignore), with the same syntax as YAML flow text, come before all entries; towtank.dev/, the name of a container, a dot and the field speak of that container."`
	Metrics      []metricBlock     `yaml:"metrics" doc:"Metrics that autoscalers may go by beside what containers use. Without it there are none."`
	Traffic      []trafficBlock    `yaml:"traffic" doc:"Requests that come to Services. Without it nothing does."`
	KubeProxy    kubeProxyBlock    `yaml:"kubeProxy" doc:"The kube-proxies, by whose rules requests find endpoints."`
	Timeline     []yaml.Node       `yaml:"timeline" doc:"What people and other systems do: entries of at and one verb; a fault may have for beside it, which is how long it lasts."`
	Faults       []yaml.Node       `yaml:"faults" doc:"What breaks by itself, again and again: entries of one fault, every (the time until each of what it is aimed at breaks) and for (how long that lasts), values or distributions."`
}

type metadataBlock struct {
	Name        string `yaml:"name" doc:"Name of the scenario. Default: the name of the file."`
	Description string `yaml:"description" doc:"The question it answers."`
}

type clusterBlock struct {
	Nodes          []nodesBlock  `yaml:"nodes" doc:"Generated nodes."`
	Manifests      pathList      `yaml:"manifests" doc:"Files, folders or globs of objects, relative to the scenario."`
	Objects        []yaml.Node   `yaml:"objects" doc:"Objects, in place."`
	Trace          *traceBlock   `yaml:"trace" doc:"A recorded workload: its nodes and the arrivals of its pods."`
	WatchLatency   *durationDist `yaml:"watchLatency" doc:"Time from a write to its delivery to those who watch, a value or distribution. Default 0s."`
	TerminatedPods *int          `yaml:"terminatedPods" doc:"How many pods that have ended are kept as objects before the oldest are deleted. Default 12500."`
}

type nodesBlock struct {
	Name     string            `yaml:"name" doc:"Name of each node; {index} stands for its number from 0, {index:03} for that in three digits. Default node-{index}."`
	Count    *int              `yaml:"count" doc:"How many nodes. Default 1."`
	Zones    []string          `yaml:"zones" doc:"Values of topology.kubernetes.io/zone, round robin. Default none."`
	Labels   map[string]string `yaml:"labels" doc:"Labels of each node, beside those of the template."`
	Template yaml.Node         `yaml:"template" doc:"A Node, as in a manifest, with status.allocatable or status.capacity. pods is 110 where it is left out."`
}

type traceBlock struct {
	Format string `yaml:"format" doc:"Format of the trace, see towtank list traces."`
	Nodes  string `yaml:"nodes" doc:"File with the nodes, relative to the scenario."`
	Pods   string `yaml:"pods" doc:"File with the pods, relative to the scenario."`
	Replay string `yaml:"replay" doc:"How the pods come: order, shuffled or time. Default: the first the format knows."`
	GPU    string `yaml:"gpu" doc:"How GPUs count: milli or whole. Default: the format's."`
}

type schedulerBlock struct {
	Config          yaml.Node     `yaml:"config" doc:"A KubeSchedulerConfiguration: a file relative to the scenario, or in place. Default: kube-scheduler's own."`
	TieBreak        string        `yaml:"tieBreak" doc:"Which of equally good nodes: upstream, random or name. Default upstream."`
	DecisionLatency *durationDist `yaml:"decisionLatency" doc:"Simulated time that one cycle takes, a value or distribution. Default 1ms."`
	BindLatency     *durationDist `yaml:"bindLatency" doc:"Time from a decision to the written binding, a value or distribution. Default 10ms."`
	PatchLatency    *durationDist `yaml:"patchLatency" doc:"Time until a failed attempt is written to the pod's status, for which the scheduler waits; a value or distribution. Default 0s."`
}

// Types that have a form of their own in a file.
type (
	durationDist struct{ sim.Dist } // seconds
	numberDist   struct{ sim.Dist }
	pathList     []located
	located      struct {
		text string
		node *yaml.Node
		path string
	}
	ending struct {
		idle bool
		at   sim.Time
	}
	period struct {
		change bool
		every  time.Duration
	}
)
