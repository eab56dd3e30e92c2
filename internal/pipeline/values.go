package pipeline

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// sameInstant reports whether two texts are the same point in time.
func sameInstant(a, b string) bool {
	x, errX := time.Parse(time.RFC3339, a)
	y, errY := time.Parse(time.RFC3339, b)
	return errX == nil && errY == nil && x.Equal(y)
}

// number reads a JSON number exactly, unless it has an exponent, which could make it as large as memory.
func number(value []byte) (*big.Rat, bool) {
	if len(value) == 0 || len(value) > 100 || strings.Trim(string(value), "0123456789-.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(string(value))
}

// wholeSeconds writes a datetime as it is sent, whatever fraction or zone a server shows it with; any other value stays.
func wholeSeconds(value json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return value
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return value
	}
	return json.RawMessage(at.UTC().Format(`"2006-01-02T15:04:05Z"`))
}
