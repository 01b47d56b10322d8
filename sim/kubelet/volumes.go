package kubelet

import (
	"slices"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
)

// Waiting for volumes.
// Source: kubernetes v1.37.2 pkg/kubelet/volumemanager/volume_manager.go podAttachAndMountTimeout;
// pkg/util/goroutinemap/exponentialbackoff/exponential_backoff.go initialDurationBeforeRetry,
// maxDurationBeforeRetry.
const (
	mountTimeout    = 2*time.Minute + 3*time.Second
	mountRetry      = 500 * time.Millisecond
	mountRetryLimit = 2*time.Minute + 2*time.Second
)

// mounting is a sync that waits for the pod's volumes.
type mounting struct {
	began sim.Time
	wait  time.Duration // until the next try
	done  bool          // they are mounted
	ready sim.Time      // when all are that take their time; 0: that is not known yet
}

// mount mounts a pod's volumes, and says whether that is over. A volume whose ConfigMap or Secret is
// missing is tried again later, at longer and longer intervals; a sync waits about two minutes for that.
// Source: kubernetes v1.37.2 pkg/kubelet/volumemanager/volume_manager.go WaitForAttachAndMount.
func (f *Fleet) mount(now sim.Time, w *worker) (over bool) {
	m := &w.mounting
	if m.done {
		return true
	}
	if len(w.pod.Spec.Volumes) == 0 {
		m.done = true
		return true
	}
	m.began = now
	return f.tryMount(now, w)
}

func (f *Fleet) tryMount(now sim.Time, w *worker) (over bool) {
	m := &w.mounting
	volume, missing := f.unmountable(w)
	if missing == "" {
		return f.allMounted(now, w)
	}
	w.stage = mountingVolumes
	f.tellPod(w, apiserver.Warning, "FailedMount", `MountVolume.SetUp failed for volume "`+volume+`" : `+missing)
	m.wait = min(max(2*m.wait, mountRetry), mountRetryLimit)
	w.starting = f.at(min(now.Add(m.wait), max(m.began.Add(mountTimeout), now)), opMount, w, 0)
	return false
}

// mountPoll is how often a sync looks whether all volumes are mounted.
// Source: kubernetes v1.37.2 pkg/kubelet/volumemanager/volume_manager.go podAttachAndMountRetryInterval.
const mountPoll = 300 * time.Millisecond

// allMounted says whether all volumes of a pod are mounted, which can take its time; the sync that waits for it
// looks again and again.
func (f *Fleet) allMounted(now sim.Time, w *worker) bool {
	m := &w.mounting
	if m.ready == 0 {
		m.ready = now.Add(f.mountTime(w))
	}
	if m.done = now >= m.ready; m.done {
		return true
	}
	w.stage = mountingVolumes
	polls := (m.ready.Sub(m.began) + mountPoll - 1) / mountPoll
	w.starting = f.at(min(m.began.Add(polls*mountPoll), m.began.Add(mountTimeout)), opMount, w, 0)
	return false
}

// mountTime is how long it takes until the last of a pod's volumes is mounted.
func (f *Fleet) mountTime(w *worker) (longest time.Duration) {
	timers := w.host.timers
	if timers.Attach == nil && timers.Mount == nil {
		return 0
	}
	for i := range w.pod.Spec.Volumes {
		v := &w.pod.Spec.Volumes[i]
		draw := f.ids.Of("volume").Of(w.pod.UID).Of(v.Name).Draw(0)
		takes := time.Duration(0)
		if claim := claimOf(w.pod, v); claim != "" && timers.Attach != nil && !w.host.attached(w, claim) {
			takes = sim.SampleDuration(timers.Attach, &draw)
		}
		if timers.Mount != nil {
			takes += sim.SampleDuration(timers.Mount, &draw)
		}
		longest = max(longest, takes)
	}
	return longest
}

// claimOf is the claim whose volume a pod mounts, "" when there is none.
func claimOf(pod *model.Pod, v *model.Volume) string {
	switch v.Kind {
	case "persistentVolumeClaim":
		return pod.Namespace + "/" + v.Claim
	case "ephemeral":
		return pod.Namespace + "/" + pod.Name + "-" + v.Name
	}
	return ""
}

// attached says whether another pod of the node has the volume of a claim already.
func (h *host) attached(but *worker, claim string) bool {
	for w := h.first; w != nil; w = w.next {
		if w == but || !w.mounting.done {
			continue
		}
		for i := range w.pod.Spec.Volumes {
			if claimOf(w.pod, &w.pod.Spec.Volumes[i]) == claim {
				return true
			}
		}
	}
	return false
}

// mountAgain is another try to mount a pod's volumes, or the end of waiting: because it has lasted too
// long, or because the pod is to stop.
func (f *Fleet) mountAgain(now sim.Time, w *worker) {
	switch {
	case w.terminating, now.Sub(w.mounting.began) >= mountTimeout:
		w.failed = !w.terminating
		w.failures++
		f.syncEnded(now, w)
	case f.tryMount(now, w):
		f.mounted(now, w)
	}
}

// unmountable is the first volume of which something is missing, and what.
func (f *Fleet) unmountable(w *worker) (volume, missing string) {
	for i := range w.pod.Spec.Volumes {
		v := &w.pod.Spec.Volumes[i]
		kind := model.KindConfigMap
		switch v.Kind {
		case "configMap":
		case "secret":
			kind = model.KindSecret
		case "projected":
		default:
			continue
		}
		if v.Object != "" {
			if missing = f.absent(w, &model.ConfigReference{Kind: kind, Name: v.Object, Optional: v.Optional}); missing != "" {
				return v.Name, missing
			}
		}
		for j := range v.Refs {
			if missing = f.absent(w, &v.Refs[j]); missing != "" {
				return v.Name, missing
			}
		}
	}
	return "", ""
}

// missing is what is missing of the ConfigMaps and Secrets of a container's environment.
// Source: kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
func (f *Fleet) missing(w *worker, c *container) string {
	for i := range c.spec.EnvRefs {
		if missing := f.absent(w, &c.spec.EnvRefs[i]); missing != "" {
			return missing
		}
	}
	return ""
}

// rootCA is the ConfigMap that the controller manager puts into every namespace.
// Source: kubernetes v1.37.2 pkg/controller/certificates/rootcacertpublisher/publisher.go RootCACertConfigMapName.
const rootCA = "kube-root-ca.crt"

// absent says what is missing of a ConfigMap or Secret, in the API server's and the kubelet's words.
func (f *Fleet) absent(w *worker, r *model.ConfigReference) string {
	if r.Optional || r.Kind == model.KindConfigMap && r.Name == rootCA {
		return ""
	}
	var keys []string
	var found bool
	resource, kind := "configmap", "ConfigMap"
	if r.Kind == model.KindSecret {
		resource, kind = "secret", "Secret"
		var s *model.Secret
		if s, found = f.api.Secrets.Get(w.pod.Namespace, r.Name); found {
			keys = s.Keys
		}
	} else if m, ok := f.api.ConfigMaps.Get(w.pod.Namespace, r.Name); ok {
		found, keys = true, m.Keys
	}
	switch {
	case !found:
		return resource + ` "` + r.Name + `" not found`
	case r.Key != "" && !slices.Contains(keys, r.Key):
		return "couldn't find key " + r.Key + " in " + kind + " " + w.pod.Namespace + "/" + r.Name
	}
	return ""
}
