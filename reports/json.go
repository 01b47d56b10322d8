package reports

import (
	"bytes"
	"encoding/json"
)

// AppendJSONString appends a string as JSON, without the escapes that only HTML needs.
func AppendJSONString(b []byte, s string) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic("reports: a string that JSON cannot hold: " + err.Error())
	}
	return append(b, bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))...)
}
