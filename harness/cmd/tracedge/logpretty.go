package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// pretty formats records for people.
type pretty struct{ colour bool }

// Parts of ANSI escape sequences.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

// paint colours text.
func (p *pretty) paint(colour, text string) string {
	if !p.colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// line formats one record, logged at the time at. A request has columns:
//
//	10:11:12.345 info  200 POST    /api/auth/register              12.3ms   4 ops   8.1ms  <trace id>
//
// Any other record shows its event and its remaining fields by name.
func (p *pretty) line(record []byte, at time.Time) []byte {
	decoder := json.NewDecoder(bytes.NewReader(record))
	decoder.UseNumber()
	var fields map[string]any
	if decoder.Decode(&fields) != nil {
		return []byte(printable(string(record), false))
	}
	take := func(name string) string {
		v, ok := fields[name]
		delete(fields, name)
		if !ok || v == nil {
			return ""
		}
		return fieldText(v)
	}
	if t, err := time.Parse(time.RFC3339Nano, take("time")); err == nil {
		at = t
	}
	level, event := take("level"), take("event")
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s ", p.paint(dim, at.Local().Format("15:04:05.000")), p.paint(levelColour(level), fmt.Sprintf("%-5s", level)))
	if event == "request" {
		status := take("status_code")
		fmt.Fprintf(&b, "%s %-7s %-40s %9sms %3s ops %8sms  %s",
			p.paint(levelColour(level), fmt.Sprintf("%3s", status)), take("method"), take("endpoint"),
			take("duration_ms"), take("storage_calls"), take("storage_ms"), p.paint(dim, take("trace_id")))
		if kind := take("error_kind"); kind != "" {
			b.WriteString("  " + p.paint(levelColour(level), kind))
		}
		if message := take("message"); message != "" {
			b.WriteString(": " + message)
		}
		// What is left says nothing that a person looks for in every line.
		return []byte(b.String())
	}
	b.WriteString(event)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if text := take(name); text != "" {
			fmt.Fprintf(&b, " %s%s", p.paint(dim, name+"="), text)
		}
	}
	return []byte(b.String())
}

// fieldText is the value of a field: text as it is, everything else as JSON.
func fieldText(v any) string {
	if text, ok := v.(string); ok {
		return printable(text, false)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return printable(string(text), false)
}

// levelColour is the colour of a level.
func levelColour(level string) string {
	switch level {
	case "error":
		return red
	case "warn":
		return yellow
	case "info":
		return green
	}
	return dim
}
