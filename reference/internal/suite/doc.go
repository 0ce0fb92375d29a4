// Package suite runs upstream's own test files against a testbed and keeps the ledger of what passes.
//
// Three files in reference/suite are data: modules.json says which files measure which of our modules, cases.json which
// cases count (measured, see [Measure]), reasons.json why a case that counts does not pass. The outcome is
// docs/parity/results.json and a table in the page of each module.
package suite
