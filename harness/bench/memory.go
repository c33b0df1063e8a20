package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// memory is the resident memory of the service's own process in MiB, 0 where the system does not tell.
func (s *Service) memory() (sum float64) {
	for _, folder := range s.folders() {
		sum += resident(folder)
	}
	return sum
}

// processor is the time that the service's own process has spent on processors, 0 where the system does not tell. Other
// load on the machine does not change it.
func (s *Service) processor() (sum time.Duration) {
	for _, folder := range s.folders() {
		tasks, _ := filepath.Glob(filepath.Join(folder, "task", "*", "schedstat"))
		for _, file := range tasks {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // the thread has ended
			}
			var ns int64
			_, _ = fmt.Sscan(string(text), &ns)
			sum += time.Duration(ns)
		}
	}
	return sum
}

// folders are those of the service's own processes below /proc.
func (s *Service) folders() (found []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		if name, group := parseStat(string(text)); group == s.process.Group() && name == s.program {
			found = append(found, filepath.Dir(file))
		}
	}
	return found
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
