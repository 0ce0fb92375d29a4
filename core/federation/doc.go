// Package federation signs people in through other parties: the state that goes with the browser, the service that finds,
// joins or creates the user (every such door calls it), and the tokens that providers gave out.
package federation
