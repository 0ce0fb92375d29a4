// Package cookies reads and writes cookies as Better Auth 1.6.9 does: Set-Cookie
// lines, Cookie headers, signed values and values split over several cookies. It
// works on strings only; signing itself is core/crypto's.
package cookies
