package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// The processors that the server and the load run on.
const (
	serverCPU = "0"
	clientCPU = "1"
)

// describeMachine says what a result depends on.
func describeMachine(ctx context.Context) (string, error) {
	if runtime.NumCPU() < 2 {
		return "", errors.New("two processors are needed: one for the server, one for the load")
	}
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "", fmt.Errorf("describe the machine: %w", err)
	}
	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "", fmt.Errorf("describe the machine: %w", err)
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "", fmt.Errorf("describe the machine: %w", err)
	}
	node, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("find node: %w", err)
	}
	kB, _ := strconv.Atoi(strings.TrimSuffix(lineOf(memory, "MemTotal"), " kB"))
	return fmt.Sprintf("%d × %s, %d GB, Linux %s, %s, Node %s", runtime.NumCPU(), lineOf(info, "model name"), (kB+1<<19)>>20,
		bytes.TrimSpace(kernel), runtime.Version(), bytes.TrimSpace(node)), nil
}

// lineOf returns the value of the first "name: value" line.
func lineOf(text []byte, name string) string {
	for line := range bytes.Lines(text) {
		if key, value, ok := bytes.Cut(line, []byte(":")); ok && string(bytes.TrimSpace(key)) == name {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// pinSelf moves every thread of this program to a processor.
func pinSelf(ctx context.Context, cpu string) error {
	cmd := exec.CommandContext(ctx, "taskset", "-a", "-c", "-p", cpu, strconv.Itoa(os.Getpid()))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pin the load to processor %s: %w: %s", cpu, err, out)
	}
	return nil
}

// cpuTime returns the processor time that a process has used, all threads together.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	// After the name in parentheses, which may hold anything, utime and stime are the 12th and 13th fields (proc(5)).
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("read processor time: %q", stat)
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on
	user, err := strconv.Atoi(string(fields[11]))
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	system, err := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * tick, err
}

// memory returns a process's resident memory in kB: "VmRSS" now, "VmHWM" the most it ever was.
func memory(pid int, which string) (int, error) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	return strconv.Atoi(strings.TrimSuffix(lineOf(status, which), " kB"))
}
