package scenarios

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"towtank.dev/towtank/sim/kubelet"
)

func TestTheTimesOfAShutdownAreRead(t *testing.T) {
	for _, c := range []struct {
		name, kubelet string
		want          []kubelet.ShutdownPeriod
		wrong         string
	}{
		{"none", "relistPeriod: 1s", nil, ""},
		{"critical pods have the end of it", "shutdownGracePeriod: 60s, shutdownGracePeriodCriticalPods: 20s",
			[]kubelet.ShutdownPeriod{{Priority: 0, Seconds: 40}, {Priority: kubelet.CriticalPriority, Seconds: 20}}, ""},
		{"priorities are put in order", "shutdownGracePeriodByPodPriority: [{priority: 100, shutdownGracePeriodSeconds: 7}, {priority: 0, shutdownGracePeriodSeconds: 5}]",
			[]kubelet.ShutdownPeriod{{Priority: 0, Seconds: 5}, {Priority: 100, Seconds: 7}}, ""},
		{"more for critical pods than for all", "shutdownGracePeriod: 10s, shutdownGracePeriodCriticalPods: 20s", nil,
			"kubelet.shutdownGracePeriodCriticalPods: 20s, want at most shutdownGracePeriod, which is 10s"},
		{"less than a second", "shutdownGracePeriod: 500ms", nil, "kubelet.shutdownGracePeriod: 500ms, want 0s, or 1s and more"},
		{"both ways at once", "shutdownGracePeriod: 10s, shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 5}]", nil,
			"kubelet.shutdownGracePeriodByPodPriority: cannot stand beside shutdownGracePeriod, want one of them"},
		{"a negative time", "shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: -5}]", nil,
			"kubelet.shutdownGracePeriodByPodPriority[0].shutdownGracePeriodSeconds: -5 is negative, want 0 or more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s.yaml")
			text := "apiVersion: towtank.dev/v1alpha1\nkind: Scenario\nduration: 1m\ncluster: {nodes: [{count: 1, template: {status: {allocatable: {cpu: 1}}}}]}\nkubelet: {" + c.kubelet + "}\n"
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := Load([]string{path}, Options{})
			switch {
			case c.wrong == "" && err != nil:
				t.Fatal(err)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("got %v, want %s", err, c.wrong)
			case c.wrong == "" && !reflect.DeepEqual(s.Config.Kubelet.Shutdown, c.want):
				t.Errorf("got %+v, want %+v", s.Config.Kubelet.Shutdown, c.want)
			}
		})
	}
}
