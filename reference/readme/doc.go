// Package readme has the tests that build and run the programs of the repository's README and the plugin of its guide, with
// every module that they take along.
package readme
