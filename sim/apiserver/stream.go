package apiserver

import "towtank.dev/towtank/model"

// streams are the names of watch streams that are shorter than the plural of the resource.
var streams = map[model.Kind]string{
	model.KindPodDisruptionBudget:     "pdbs",
	model.KindHorizontalPodAutoscaler: "hpas",
	model.KindPersistentVolume:        "pvs",
	model.KindPersistentVolumeClaim:   "pvcs",
}

// Stream is the name of the resource's watch stream: its plural, with kubectl's short name for some.
func (r Resource) Stream() string {
	if name, ok := streams[r.Kind]; ok {
		return name
	}
	return r.Plural
}
