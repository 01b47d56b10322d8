package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

func ptr[T any](v T) *T { return &v }

func of(profiles ...Profile) *Configuration {
	return &Configuration{APIVersion: APIVersion, Kind: Kind, Profiles: profiles}
}

func enabled(names ...string) []Plugin {
	var out []Plugin
	for _, n := range names {
		out = append(out, Plugin{Name: n})
	}
	return out
}

func namesOf(list []Plugin) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Name)
	}
	return out
}

func TestDefault(t *testing.T) {
	c := Default()
	if *c.Parallelism != 16 || *c.PercentageOfNodesToScore != 0 || *c.PodInitialBackoffSeconds != 1 || *c.PodMaxBackoffSeconds != 10 {
		t.Errorf("numbers: %d, %d, %d, %d", *c.Parallelism, *c.PercentageOfNodesToScore, *c.PodInitialBackoffSeconds, *c.PodMaxBackoffSeconds)
	}
	if len(c.Profiles) != 1 || *c.Profiles[0].SchedulerName != "default-scheduler" {
		t.Fatalf("profiles: %v", c.Profiles)
	}
	want := []string{"SchedulingGates", "PrioritySort", "NodeName", "NodeUnschedulable", "TaintToleration", "NodeAffinity", "NodePorts",
		"NodeResourcesFit", "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity",
		"DynamicResources", "DefaultPreemption", "NodeResourcesBalancedAllocation", "ImageLocality", "DefaultBinder", "NodeDeclaredFeatures"}
	if got := namesOf(c.Profiles[0].Plugins.MultiPoint.Enabled); !slices.Equal(got, want) {
		t.Errorf("plugins: got %v\nwant %v", got, want)
	}
	if len(c.Profiles[0].PluginConfig) != 8 {
		t.Errorf("%d plugins have arguments, want 8", len(c.Profiles[0].PluginConfig))
	}
}

func TestCompleteTwiceChangesNothing(t *testing.T) {
	c := of(Profile{Plugins: &Plugins{
		Score:      PluginSet{Enabled: enabled("NodeResourcesFit"), Disabled: enabled("*")},
		MultiPoint: PluginSet{Disabled: enabled("ImageLocality"), Enabled: []Plugin{{Name: "NodeAffinity", Weight: ptr[int32](7)}}},
	}})
	if errs := c.Complete(plugins.Default()); len(errs) > 0 {
		t.Fatal(errs)
	}
	once := *c.Profiles[0].Plugins
	if errs := c.Complete(plugins.Default()); len(errs) > 0 {
		t.Fatal(errs)
	}
	for i, point := range once.points() {
		again := c.Profiles[0].Plugins.points()[i].set
		if !slices.Equal(namesOf(point.set.Enabled), namesOf(again.Enabled)) {
			t.Errorf("%s: %v became %v", point.name, namesOf(point.set.Enabled), namesOf(again.Enabled))
		}
	}
	if n := len(c.Profiles[0].PluginConfig); n != 8 {
		t.Errorf("%d plugins have arguments, want 8", n)
	}
}

func TestMergeSet(t *testing.T) {
	defaults := PluginSet{Enabled: []Plugin{{Name: "A"}, {Name: "B", Weight: ptr[int32](2)}, {Name: "C"}}}
	for _, c := range []struct {
		name   string
		custom PluginSet
		want   []string
		weight int32 // of B, 0: it is not there
	}{
		{"nothing said: the defaults", PluginSet{}, []string{"A", "B", "C"}, 2},
		{"a new plugin comes last", PluginSet{Enabled: enabled("X")}, []string{"A", "B", "C", "X"}, 2},
		{"a re-listed plugin keeps its place and takes its new weight", PluginSet{Enabled: []Plugin{{Name: "B", Weight: ptr[int32](9)}}}, []string{"A", "B", "C"}, 9},
		{"a disabled plugin goes", PluginSet{Disabled: enabled("B")}, []string{"A", "C"}, 0},
		{"disabled and enabled again: to the end", PluginSet{Disabled: enabled("B"), Enabled: []Plugin{{Name: "B", Weight: ptr[int32](9)}}}, []string{"A", "C", "B"}, 9},
		{"a star takes all defaults out", PluginSet{Disabled: enabled("*"), Enabled: enabled("C", "X")}, []string{"C", "X"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := mergeSet(&defaults, &c.custom)
			if !slices.Equal(namesOf(got.Enabled), c.want) {
				t.Errorf("got %v, want %v", namesOf(got.Enabled), c.want)
			}
			var weight int32
			for _, p := range got.Enabled {
				if p.Name == "B" && p.Weight != nil {
					weight = *p.Weight
				}
			}
			if weight != c.weight {
				t.Errorf("weight of B: got %d, want %d", weight, c.weight)
			}
		})
	}
}

func args(name string, a framework.Args) *Configuration {
	return of(Profile{PluginConfig: []PluginConfig{{Name: name, Args: a}}})
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		config *Configuration
		want   []string
	}{
		{"another kind of file", &Configuration{APIVersion: "v1", Kind: "Pod"}, []string{
			`apiVersion: Unsupported value: "v1": supported values: "kubescheduler.config.k8s.io/v1"`,
			`kind: Unsupported value: "Pod": supported values: "KubeSchedulerConfiguration"`}},
		{"a percentage beyond 100", &Configuration{APIVersion: APIVersion, Kind: Kind, PercentageOfNodesToScore: ptr[int32](101)},
			[]string{`percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]`}},
		{"a percentage of a profile below 0", of(Profile{PercentageOfNodesToScore: ptr[int32](-1)}),
			[]string{`profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]`}},
		{"backoffs that cross", &Configuration{APIVersion: APIVersion, Kind: Kind, PodInitialBackoffSeconds: ptr[int64](5), PodMaxBackoffSeconds: ptr[int64](4)},
			[]string{`podMaxBackoffSeconds: Invalid value: 4: must be greater than or equal to PodInitialBackoffSeconds`}},
		{"no backoff to begin with", &Configuration{APIVersion: APIVersion, Kind: Kind, PodInitialBackoffSeconds: ptr[int64](0)},
			[]string{`podInitialBackoffSeconds: Invalid value: 0: must be greater than 0`}},
		{"parallelism of nothing", &Configuration{APIVersion: APIVersion, Kind: Kind, Parallelism: ptr[int32](0)},
			[]string{`parallelism: Invalid value: 0: should be an integer value greater than zero`}},
		{"two profiles of one name", of(Profile{SchedulerName: ptr("a")}, Profile{SchedulerName: ptr("a")}),
			[]string{`profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"`}},
		{"two profiles, one without a name", of(Profile{SchedulerName: ptr("a")}, Profile{}),
			[]string{`profiles[1].schedulerName: Required value`}},
		{"extenders", &Configuration{APIVersion: APIVersion, Kind: Kind, Extenders: []Extender{{URLPrefix: "http://x"}}},
			[]string{`extenders: Forbidden: extenders are not simulated: a run asks nothing outside itself`}},
		{"a plugin of an earlier release", of(Profile{Plugins: &Plugins{Filter: PluginSet{Enabled: enabled("EBSLimits")}}}),
			[]string{`profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")`}},
		{"different queue orders", of(Profile{SchedulerName: ptr("a")}, Profile{SchedulerName: ptr("b"), Plugins: &Plugins{QueueSort: PluginSet{Disabled: enabled("X")}}}),
			[]string{`profiles[1].plugins.queueSort: Invalid value: {"Enabled":null,"Disabled":[{"Name":"X","Weight":null}]}: must be the same for all profiles`}},
		{"leases that end before they are renewed", &Configuration{APIVersion: APIVersion, Kind: Kind, LeaderElection: LeaderElection{LeaseDuration: ptr(5 * time.Second)}},
			[]string{"leaderElection.leaseDuration: Invalid value: \"10s\": must be greater than `RenewDeadline`"}},

		{"arguments of another plugin", args("NodeAffinity", &plugins.NodeResourcesFitArgs{}),
			[]string{`profiles[0].pluginConfig[0].args: Invalid value: {"APIVersion":"","Kind":"","IgnoredResources":null,"IgnoredResourceGroups":null,"ScoringStrategy":null}: has to match plugin args`}},
		{"arguments for a plugin that takes none", args("NodePorts", &plugins.NodeAffinityArgs{}),
			[]string{`profiles[0].pluginConfig[0].args: Forbidden: plugin NodePorts takes no arguments`}},
		{"arguments twice", of(Profile{PluginConfig: []PluginConfig{{Name: "NodeAffinity"}, {Name: "NodeAffinity"}}}),
			[]string{`profiles[0].pluginConfig[1]: Duplicate value: "NodeAffinity"`}},
		{"arguments of another kind", args("NodeAffinity", &plugins.NodeAffinityArgs{TypeMeta: framework.TypeMeta{Kind: "NodeResourcesFitArgs"}}),
			[]string{`profiles[0].pluginConfig[0].args.kind: Invalid value: "NodeResourcesFitArgs": args for plugin NodeAffinity were not of type NodeAffinityArgs`}},

		{"an unknown strategy and weights out of range", args("NodeResourcesFit", &plugins.NodeResourcesFitArgs{
			IgnoredResourceGroups: []string{"a/b"},
			ScoringStrategy:       &plugins.ScoringStrategy{Type: "Best", Resources: []plugins.ResourceSpec{{Name: "cpu", Weight: 101}}}}),
			[]string{
				`profiles[0].pluginConfig[0].args.ignoredResourceGroups[0]: Invalid value: "a/b": resource group name can't contain '/'`,
				`profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"`,
				`profiles[0].pluginConfig[0].args.scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]`}},
		{"a shape that goes back, and beyond its ranges", args("NodeResourcesFit", &plugins.NodeResourcesFitArgs{ScoringStrategy: &plugins.ScoringStrategy{
			Type: plugins.RequestedToCapacityRatio, RequestedToCapacityRatio: &plugins.RatioParam{Shape: []plugins.ShapePoint{{Utilization: 50, Score: 11}, {Utilization: 50, Score: -1}}}}}),
			[]string{
				`profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 50: values must be sorted in increasing order`,
				`profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not in valid range [0, 10]`,
				`profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape[1].score: Invalid value: -1: not in valid range [0, 10]`}},
		{"a ratio strategy without a shape", args("NodeResourcesFit", &plugins.NodeResourcesFitArgs{ScoringStrategy: &plugins.ScoringStrategy{Type: plugins.RequestedToCapacityRatio}}),
			[]string{`profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`}},
		{"a shape without a ratio strategy", args("NodeResourcesFit", &plugins.NodeResourcesFitArgs{ScoringStrategy: &plugins.ScoringStrategy{Type: plugins.MostAllocated, RequestedToCapacityRatio: &plugins.RatioParam{}}}),
			[]string{`profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio: Forbidden: must be nil when type is not RequestedToCapacityRatio`}},
		{"a weight in balance", args("NodeResourcesBalancedAllocation", &plugins.NodeResourcesBalancedAllocationArgs{Resources: []plugins.ResourceSpec{{Name: "cpu", Weight: 2}, {Name: "cpu"}}}),
			[]string{
				`profiles[0].pluginConfig[0].args.resources[0].weight: Invalid value: 2: must be 1`,
				`profiles[0].pluginConfig[0].args.resources[1].name: Duplicate value: "cpu"`}},
		{"an affinity weight beyond 100", args("InterPodAffinity", &plugins.InterPodAffinityArgs{HardPodAffinityWeight: ptr[int32](101)}),
			[]string{`profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]`}},
		{"no candidate at all", args("DefaultPreemption", &plugins.DefaultPreemptionArgs{MinCandidateNodesPercentage: ptr[int32](0), MinCandidateNodesAbsolute: ptr[int32](0)}),
			[]string{
				`profiles[0].pluginConfig[0].args.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute`,
				`profiles[0].pluginConfig[0].args.minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage`}},
		{"a negative timeout", args("VolumeBinding", &plugins.VolumeBindingArgs{BindTimeoutSeconds: ptr[int64](-1)}),
			[]string{`profiles[0].pluginConfig[0].args.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value`}},
		{"a hasty binding timeout", args("DynamicResources", &plugins.DynamicResourcesArgs{BindingTimeout: ptr(time.Millisecond)}),
			[]string{`profiles[0].pluginConfig[0].args.bindingTimeout: Invalid value: "1ms": must be at least 1 second`}},
		{"default constraints under System", args("PodTopologySpread", &plugins.PodTopologySpreadArgs{DefaultConstraints: []plugins.DefaultConstraint{
			{MaxSkew: 0, TopologyKey: "", WhenUnsatisfiable: "Maybe", LabelSelector: &plugins.LabelSelector{}}}}),
			[]string{
				`profiles[0].pluginConfig[0].args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`,
				`profiles[0].pluginConfig[0].args.defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)`,
				`profiles[0].pluginConfig[0].args.defaultConstraints[0].topologyKey: Required value: can not be empty`,
				`profiles[0].pluginConfig[0].args.defaultConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"`,
				`profiles[0].pluginConfig[0].args.defaultConstraints[0].labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod`}},
		{"an added affinity that cannot be parsed", args("NodeAffinity", &plugins.NodeAffinityArgs{AddedAffinity: &plugins.AddedAffinity{Required: &plugins.AddedSelector{Terms: []plugins.AddedTerm{
			{MatchExpressions: []plugins.AddedRequirement{{Key: "zone", Operator: "Near"}, {Key: "a b", Operator: "Exists", Values: []string{"x"}}, {Key: "n", Operator: "Gt", Values: []string{"many"}}},
				MatchFields: []plugins.AddedRequirement{{Key: "metadata.name", Operator: "In", Values: []string{"a", "b"}}}}}}}}),
			[]string{
				`profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Unsupported value: "Near": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"`,
				`profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
				`profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: Invalid value: ["x"]: values set must be empty for exists and does not exist`,
				`profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].values[0]: Invalid value: "many": for 'Gt', 'Lt' operators, the value must be an integer`,
				`profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values: Invalid value: ["a","b"]: must have one element`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, err := range c.config.Complete(plugins.Default()) {
				got = append(got, err.Error())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

func TestUnknownPluginsAreNamed(t *testing.T) {
	for path, c := range map[string]*Configuration{
		"profiles[0].plugins.multiPoint.enabled[0]": of(Profile{Plugins: &Plugins{MultiPoint: PluginSet{Enabled: enabled("Mine")}}}),
		"profiles[0].pluginConfig[0].name":          of(Profile{PluginConfig: []PluginConfig{{Name: "Mine"}}}),
	} {
		errs := c.Complete(plugins.Default())
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), path+`: Unsupported value: "Mine": plugin "Mine" does not exist; supported values: "DefaultBinder"`) {
			t.Errorf("%s: got %v", path, errs)
		}
	}
	mine := plugins.Default().With(plugins.Entry{Name: "Mine"})
	if errs := of(Profile{Plugins: &Plugins{MultiPoint: PluginSet{Enabled: enabled("Mine")}}}).Complete(mine); len(errs) > 0 {
		t.Errorf("a plugin of one's own: %v", errs)
	}
}
