// Package tests runs the storage suite on a native pool; see README.md.
package tests
