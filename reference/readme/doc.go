// Package readme has the test that builds and runs the programs of the repository's README, with every module that they
// take along.
package readme
