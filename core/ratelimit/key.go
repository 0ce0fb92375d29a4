package ratelimit

import (
	"crypto/sha256"
	"encoding/hex"
)

const (
	// noAddress stands for the address of clients that have none; it is no valid address. Upstream, since 1.6.17:
	// NO_TRUSTED_IP_KEY.
	noAddress = "no-trusted-ip"
	// maxPath is how much of a path a key holds: with an address it fits the 255 characters of a unique MySQL column.
	maxPath = 200
)

// Key returns the key of a client's requests to a path, `{ip}|{path}`. The path is that of [Table.For]. All clients
// without an address share the key of a path, so that hiding it lifts no limit. A path of more than 200 bytes is replaced
// by its SHA-256, so that a client cannot choose how much a counter costs. Upstream: createRateLimitKey.
func Key(ip, path string) string {
	if ip == "" {
		ip = noAddress
	}
	if len(path) > maxPath {
		sum := sha256.Sum256([]byte(path))
		path = "sha256:" + hex.EncodeToString(sum[:])
	}
	return ip + "|" + path
}
