package scenarios

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/sim/pressure"
)

const evictionScenario = "apiVersion: " + APIVersion + "\nkind: Scenario\nkubelet: "

func TestEvictionIsReadAsTheKubeletReadsIt(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       *pressure.Config
	}{
		{"nothing is said", "{syncFrequency: 1m}", nil},
		{"hard thresholds replace all", "{evictionHard: {memory.available: 500Mi}}", &pressure.Config{Transition: 5 * time.Minute,
			Thresholds: []pressure.Threshold{{Signal: pressure.MemoryAvailable, Bytes: 500 << 20, Hard: true}}}},
		{"or are merged with the defaults", "{evictionHard: {nodefs.available: 20%}, mergeDefaultEvictionSettings: true}",
			&pressure.Config{Transition: 5 * time.Minute, Thresholds: []pressure.Threshold{
				{Signal: pressure.MemoryAvailable, Bytes: 100 << 20, Hard: true},
				{Signal: pressure.NodeFsAvailable, Share: 0.2, Hard: true},
				{Signal: pressure.NodeFsInodesFree, Share: 0.05, Hard: true},
				{Signal: pressure.ImageFsAvailable, Share: 0.15, Hard: true},
				{Signal: pressure.ImageFsInodesFree, Share: 0.05, Hard: true}}}},
		{"what machines have", "{evictionHard: {pid.available: 10%, nodefs.inodesFree: 100k}, maxPIDs: 32768, bytesPerInode: 4Ki}",
			&pressure.Config{Transition: 5 * time.Minute, MaxPIDs: 32768, BytesPerInode: 4096, Thresholds: []pressure.Threshold{
				{Signal: pressure.NodeFsInodesFree, Bytes: 100_000, Hard: true}, {Signal: pressure.PIDAvailable, Share: 0.1, Hard: true}}}},
		{"one of 0% is off", "{evictionHard: {memory.available: 0%}, evictionPressureTransitionPeriod: 30s}", &pressure.Config{Transition: 30 * time.Second}},
		{"soft ones", "{evictionHard: {imagefs.available: 100%}, evictionSoft: {memory.available: 1Gi}, evictionSoftGracePeriod: {memory.available: 90s}, evictionMaxPodGracePeriod: 60, evictionMinimumReclaim: {memory.available: 200Mi}}",
			&pressure.Config{Transition: 5 * time.Minute, MaxGrace: 60, Thresholds: []pressure.Threshold{
				{Signal: pressure.MemoryAvailable, Bytes: 1 << 30, Grace: 90 * time.Second, MinReclaim: 200 << 20}}}},
	} {
		got := load(t, write(t, "s.yaml", evictionScenario+c.text+"\n"), Options{}).Config.Eviction
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEvictionThatCannotBeIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{evictionHard: {disk.available: 10%}}":        "want one of memory.available, nodefs.available, nodefs.inodesFree, imagefs.available, imagefs.inodesFree, pid.available",
		"{evictionHard: {containerfs.available: 10%}}": "always that of the file system with the containers",
		"{maxPIDs: 0}": "kubelet.maxPIDs: 0, want 1 or more",
		"{evictionHard: {memory.available: 120%}}":                                                  "want a percentage from 0% to 100%",
		"{evictionHard: {memory.available: none}}":                                                  "want a quantity above 0 or a percentage",
		"{evictionSoft: {memory.available: 1Gi}}":                                                   "want it in evictionSoftGracePeriod",
		"{evictionSoftGracePeriod: {memory.available: 1m}}":                                         "is not in evictionSoft",
		"{evictionMinimumReclaim: {memory.available: 10%}}":                                         "want a quantity",
		"{evictionPressureTransitionPeriod: -1s}":                                                   "negative",
		"{evictionMaxPodGracePeriod: -1}":                                                           "negative",
		"{evictionSoft: {memory.available: 1Gi}, evictionSoftGracePeriod: {memory.available: -1s}}": "want 0s or more",
	} {
		_, err := Load([]string{write(t, "s.yaml", evictionScenario+text+"\n")}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "s.yaml:3:") {
			t.Errorf("%s: %v, want %q with its line", text, err, want)
		}
	}
}
