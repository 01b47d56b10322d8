package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
)

func TestNodesWithoutANeededFeatureAreRejected(t *testing.T) {
	no, yes := false, true
	const missing = "UnschedulableAndUnresolvable: node(s) didn't match Pod's required features"
	restarting := func(action string) func(*model.Pod) {
		return func(p *model.Pod) {
			p.Spec.InitContainers = []model.Container{{Name: "i", RestartRules: []model.RestartRule{{Action: action}}}}
		}
	}
	users := func(network bool, host *bool) func(*model.Pod) {
		return func(p *model.Pod) { p.Spec.HostNetwork, p.Spec.HostUsers = network, host }
	}
	mounted := func(p *model.Pod) { p.Spec.Containers[0].BindMountOptions = true }
	for _, c := range []struct {
		name     string
		pod      *model.Pod
		declared []string
		want     string
	}{
		{"most pods need none", pod(nil), nil, ""},
		{"restarting all containers", pod(nil, restarting("RestartAllContainers")), []string{"Other"}, missing},
		{"on a node that can", pod(nil, restarting("RestartAllContainers")), []string{"Other", "RestartAllContainersOnContainerExits"}, ""},
		{"restarting one container needs nothing", pod(nil, restarting("Restart")), nil, ""},
		{"the host's network without its users", pod(nil, users(true, &no)), nil, missing},
		{"on a node that can separate them", pod(nil, users(true, &no)), []string{"UserNamespacesHostNetworkSupport"}, ""},
		{"the host's network and its users", pod(nil, users(true, &yes)), nil, ""},
		{"users of its own, network too", pod(nil, users(false, &no)), nil, ""},
		{"options of a mount", pod(nil, mounted), nil, missing},
		{"two needs, one met", pod(nil, mounted, users(true, &no)), []string{"VolumeBindMountOptions"}, missing},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			n := b.node("n", func(n *model.Node) { n.Status.DeclaredFeatures = c.declared })
			if got := b.filter(b.plugin(NodeDeclaredFeatures, nil), c.pod, n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
