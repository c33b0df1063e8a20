package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// memory is the resident memory of the service's own process in MiB, 0 where the system does not tell.
func (s *Service) memory() float64 {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	var sum float64
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		name, group := parseStat(string(text))
		if group != s.process.Group() || name != s.program {
			continue
		}
		sum += resident(filepath.Dir(file))
	}
	return sum
}

// parseStat reads the name and the process group in a stat of proc(5): pid (name) state ppid pgrp ...
func parseStat(text string) (name string, group int) {
	_, rest, _ := strings.Cut(text, "(")
	end := strings.LastIndex(rest, ")")
	if end < 0 {
		return "", 0
	}
	fields := strings.Fields(rest[end+1:])
	if len(fields) < 3 {
		return "", 0
	}
	group, _ = strconv.Atoi(fields[2])
	return rest[:end], group
}

func resident(folder string) float64 {
	text, err := os.ReadFile(filepath.Join(folder, "statm"))
	if err != nil {
		return 0
	}
	var size, pages float64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * float64(os.Getpagesize()) / (1 << 20)
}
