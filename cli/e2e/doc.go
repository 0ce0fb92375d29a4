// Package e2e drives the development page of goauth in a real browser. It has tests only.
package e2e
