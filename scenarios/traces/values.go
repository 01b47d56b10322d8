package traces

import "strconv"

// Largest values a row may hold: far above any machine, far below an overflow.
const (
	maxMilliCPU  = 1_000_000_000_000
	maxMebibytes = 1 << 40
	maxGPUs      = 1_000_000
	maxSeconds   = 200 * 365 * 86400
)

// count parses a whole number of at least 0 and at most max.
func count(text string, max int64) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && n <= max
}

// seconds parses a number of seconds of at least 0.
func seconds(text string) (float64, bool) {
	s, err := strconv.ParseFloat(text, 64)
	return s, err == nil && s >= 0 && s <= maxSeconds
}

// validName says whether the text is a DNS-1123 subdomain, as object names are.
func validName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	edge := true // at the beginning of a part
	for i := 0; i < len(name); i++ {
		c := name[i]
		alnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		switch {
		case alnum:
			edge = false
		case c == '-' && !edge && i+1 < len(name) && name[i+1] != '.':
		case c == '.' && !edge:
			edge = true
		default:
			return false
		}
	}
	last := name[len(name)-1]
	return last != '-' && last != '.'
}

// validLabelValue says whether the text may be the value of a label.
func validLabelValue(value string) bool {
	if value == "" || len(value) > 63 {
		return false
	}
	for i := 0; i < len(value); i++ {
		c := value[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && (i == 0 || i == len(value)-1 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return true
}
