// Package origin decides where a request may come from and where an answer may
// send the browser: URLs as browsers parse them, trusted origins and their
// patterns, and the server's own base URL. It parses URLs itself because net/url
// and browsers disagree about "https:evil.com", "/\evil.com" and the like, and a
// check is only worth something when it sees the host that the browser goes to.
package origin
