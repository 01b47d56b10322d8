package record

import (
	"encoding/json"
	"path/filepath"
	"time"
)

// Timing is what differs between two runs of one scenario. It is measured by the caller: nothing in
// this package looks at a clock.
type Timing struct {
	Wall   time.Duration // from reading the scenario to the last file
	Memory int64         // largest amount held from the operating system, in bytes
	Cores  int           // GOMAXPROCS
}

// WriteTiming adds timing.json to the folder of a run, in place of any earlier one.
func WriteTiming(dir string, t Timing) error {
	content, err := json.MarshalIndent(struct {
		Wall   seconds `json:"wall_seconds"`
		Memory int64   `json:"memory_bytes"`
		Cores  int     `json:"cores"`
	}{seconds(t.Wall), t.Memory, t.Cores}, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, TimingFile), append(content, '\n'))
}
