// Package cli is the module of the command goauth, which is in cmd/goauth. Its packages config and mail also serve programs
// that want the command's configuration files and mailers.
package cli
