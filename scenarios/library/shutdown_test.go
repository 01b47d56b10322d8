package library

import (
	"strings"
	"testing"
)

func TestLibraryAShutdownStopsCriticalPodsLast(t *testing.T) {
	_, m := run(t, "graceful-shutdown.yaml")
	stopped := map[string]float64{"web-": 308, "report": 340, "log-shipper-": 345} // 5m and 8, 40, 40 + 5 s
	failed := 0
	for _, p := range m.Pods {
		if p.Reason != "Terminated" {
			continue
		}
		failed++
		for prefix, end := range stopped {
			if at := p.Ended.Seconds(); strings.HasPrefix(p.Name, prefix) && (at < end || at > end+0.1) {
				t.Errorf("%s ended at %v s, want %v", p.Name, at, end)
			}
		}
	}
	if failed != 4 {
		t.Errorf("%d pods were terminated, want two of web, report and log-shipper", failed)
	}
}
