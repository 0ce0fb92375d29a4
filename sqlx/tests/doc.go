// Package tests runs the storage suite on real databases; see README.md.
package tests
