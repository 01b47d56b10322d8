package record

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
)

// Tables documents the CSV files of a run, sorted by name. In series.csv each extended resource of the
// run adds two columns, shown here for one called RESOURCE.
func Tables() []Table {
	return []Table{
		{AttemptsFile, "scheduling attempt, in order of time", documented(attemptColumns)},
		{EventsFile, "Kubernetes event with its final count", documented(eventColumns)},
		{NodesFile, "node, when it is removed or at the end of the run", documented(nodeColumns)},
		{PodsFile, "pod, when it ended or is gone, else at the end of the run", documented(podColumns)},
		{SeriesFile, "sample of the whole cluster, in order of time", documented(seriesColumns([]string{"RESOURCE"}))},
	}
}

func documented[R any](columns []column[R]) []Column {
	docs := make([]Column, len(columns))
	for i, c := range columns {
		docs[i] = c.Column
	}
	return docs
}
