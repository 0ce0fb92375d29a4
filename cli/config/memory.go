package config

import "runtime/debug"

// leanGC is how much the heap may grow between collections, in percent. A password hasher keeps 32 MiB alive; with Go's
// 100 % the process would hold twice that for nothing.
const leanGC = 50

// TuneMemory makes the process collect garbage sooner, unless GOGC says how it shall be.
func TuneMemory(getenv func(name string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(leanGC)
	}
}
