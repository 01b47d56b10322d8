package world

import (
	"sync"
	"sync/atomic"
)

// Sweep runs n independent jobs over so many workers and returns their results in the order of the
// jobs, whatever the number of workers. It returns the error of the first job, in that order, that
// failed; jobs that have not begun by then may be left out. Runs share nothing, so this is the only
// place where the project uses more than one goroutine.
func Sweep[T any](n, workers int, job func(i int) (T, error)) ([]T, error) {
	results := make([]T, n)
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var group sync.WaitGroup
	for range max(1, min(workers, n)) {
		group.Add(1)
		go func() {
			defer group.Done()
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if results[i], errs[i] = job(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		}()
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}
