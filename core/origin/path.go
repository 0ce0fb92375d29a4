package origin

import "strings"

// NormalizePath returns the path of a request without basePath in front and without
// slashes at the end, "/" when nothing is left. The path is taken as the browser
// wrote it, escapes and all; dot segments and backslashes are resolved first. A path
// that is not under basePath stays whole ("/api/authevil" is not under "/api/auth").
// Upstream: normalizePathname.
func NormalizePath(escapedPath, basePath string) string {
	path := trimSlashes(resolvePath(escapedPath))
	if basePath == "/" || basePath == "" {
		return path
	}
	if path == basePath {
		return "/"
	}
	if rest, ok := strings.CutPrefix(path, basePath+"/"); ok {
		return trimSlashes("/" + rest)
	}
	return path
}

func trimSlashes(path string) string {
	if path = strings.TrimRight(path, "/"); path == "" {
		return "/"
	}
	return path
}

// resolvePath gives a path the form that it has in a parsed http URL.
func resolvePath(path string) string {
	if isResolved(path) {
		return path
	}
	p := urlParser{URL: &URL{Protocol: "http:"}, rest: path, special: true}
	p.readPath()
	return p.Pathname
}

// isResolved reports whether parsing cannot change the path. It may say no where yes
// were true.
func isResolved(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "/.") || strings.Contains(path, "/%2") {
		return false
	}
	for i := range len(path) {
		if c := path[i]; c == '\\' || c == '#' || pathSet.has(c) {
			return false
		}
	}
	return true
}
