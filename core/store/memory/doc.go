// Package memory keeps records in the memory of the process: for tests, and for small programs that may forget
// everything when they end.
package memory
