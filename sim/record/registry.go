package record

import (
	"reflect"
	"strings"
)

// Table documents one CSV file of a run's folder.
type Table struct {
	File    string
	Row     string // what one row is
	Columns []Column
}

// The names of a run's files.
const (
	RunFile      = "run.json"
	TimingFile   = "timing.json"
	InputsFolder = "inputs"
	PodsFile     = "pods.csv"
	NodesFile    = "nodes.csv"
	SeriesFile   = "series.csv"
	AttemptsFile = "attempts.csv"
	EventsFile   = "events.csv"

	ContainersFile = "containers.csv"
	WorkloadsFile  = "workloads.csv"
	ServicesFile   = "services.csv"
	VolumesFile    = "volumes.csv"
)

// Tables documents the CSV files of a run, sorted by name. In series.csv each extended resource of the
// run adds two columns, shown here for one called RESOURCE.
func Tables() []Table {
	return []Table{
		{AttemptsFile, "scheduling attempt, in order of time", documented(attemptColumns)},
		{ContainersFile, "start of a container, when it ended, else at the end of the run", documented(containerColumns)},
		{EventsFile, "Kubernetes event with its final count", documented(eventColumns)},
		{NodesFile, "node, when it is removed or at the end of the run", documented(nodeColumns)},
		{PodsFile, "pod, when it ended or is gone, else at the end of the run", documented(podColumns)},
		{SeriesFile, "sample of the whole cluster, in order of time", documented(seriesColumns([]string{"RESOURCE"}))},
		{ServicesFile, "Service to which the scenario gives traffic, at the end of the run, in the order of the scenario", documented(serviceColumns)},
		{VolumesFile, "place to which containers wrote, as behaviours say, when what was written has vanished or at the end of the run", documented(volumeColumns)},
		{WorkloadsFile, "Deployment, StatefulSet, DaemonSet or Job, when it is deleted, else at the end of the run", documented(workloadColumns)},
	}
}

func documented[R any](columns []column[R]) []Column {
	docs := make([]Column, len(columns))
	for i, c := range columns {
		docs[i] = c.Column
	}
	return docs
}

// RunFields documents run.json: each field by its path, lists as name[].
func RunFields() []Column { return jsonFields(reflect.TypeFor[runDoc](), "") }

// jsonFields reads the json and doc tags of a struct, and those of the structs in it.
func jsonFields(of reflect.Type, prefix string) []Column {
	var fields []Column
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		path, inner := prefix+name, f.Type
		if inner.Kind() == reflect.Slice {
			path, inner = path+"[]", inner.Elem()
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			fields = append(fields, Column{Name: path, Meaning: doc})
		}
		if inner.PkgPath() == of.PkgPath() && inner.Kind() == reflect.Struct && inner != reflect.TypeFor[Parameter]() {
			fields = append(fields, jsonFields(inner, path+".")...)
		}
	}
	return fields
}
