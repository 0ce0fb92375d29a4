package main

// Limits of length. Tests are free: a table of cases is as long as it must be.
const (
	maxFunctionLines = 100
	maxFileLines     = 600
)

// forbiddenCall is a function or variable that released modules do not touch,
// because auth.Options injects it. A name ending in * stands for all with that beginning.
type forbiddenCall struct{ pkg, name, instead string }

var forbiddenCalls = []forbiddenCall{
	{"time", "Now", "the injected clock"},
	{"time", "Since", "the injected clock"},
	{"time", "Until", "the injected clock"},
	{"crypto/rand", "*", "the injected random source"},
	{"math/rand", "*", "the injected random source"},
	{"math/rand/v2", "*", "the injected random source"},
	{"net/http", "DefaultClient", "the injected HTTP client"},
	{"net/http", "DefaultTransport", "the injected HTTP client"},
	{"net/http", "DefaultServeMux", "a mux of your own"},
	{"net/http", "Get", "the injected HTTP client"},
	{"net/http", "Head", "the injected HTTP client"},
	{"net/http", "Post*", "the injected HTTP client"},
	{"net/http", "Handle", "a mux of your own"},
	{"net/http", "HandleFunc", "a mux of your own"},
	{"log/slog", "Default", "the injected logger"},
	{"log/slog", "SetDefault", "the injected logger"},
	{"log/slog", "Debug*", "the injected logger"},
	{"log/slog", "Info*", "the injected logger"},
	{"log/slog", "Warn*", "the injected logger"},
	{"log/slog", "Error*", "the injected logger"},
	{"log/slog", "Log*", "the injected logger"},
	{"log/slog", "With*", "the injected logger"},
	{"log", "*", "the injected logger"},
	{"fmt", "Print*", "the injected logger, or a writer that is given"},
	{"os", "Exit", "an error"},
}

// harmless are names that the patterns above catch and that reach nothing global.
var harmless = map[string]bool{
	"math/rand/v2.Rand": true, "math/rand/v2.New": true, "math/rand/v2.NewPCG": true, "math/rand/v2.PCG": true,
	"log/slog.Logger": true, "log/slog.LogValuer": true,
	"log.Logger": true, "log.New": true,
}

// exception allows a call in a file or folder; `if x == nil { x = time.Now }`, a
// default, needs none. A call ending in * stands for all with that beginning. An exception that nothing needs
// is reported, so that the list stays true.
type exception struct{ where, call, reason string }

var exceptions = []exception{
	{"cli/cmd/goauth", "os.Exit", "package main turns an error into the exit status"},
	{"cli/internal/command", "time.Now", "the command line is where the real world is injected"},
	{"cli/internal/command", "crypto/rand.Reader", "the command line is where the real world is injected"},
	{"core/authtest", "time.Now", "a test kit: it waits for background work in real time"},
	{"core/authtest", "math/rand/v2.*", "a test kit: its source of bytes is the same in every run"},
	{"core/store/storetest", "time.*", "a test kit: it measures real servers in real time"},
}

// layer is a folder of core, and the folders of core that it may import. The
// order is design's: core → routes → services → auth → leaves → internal.
type layer struct {
	folder string
	may    []string
}

var (
	services = []string{"core/session", "core/account", "core/verification", "core/federation"}
	leaves   = []string{"core/store", "core/schema", "core/cookies", "core/crypto", "core/origin", "core/ratelimit", "core/revoked", "core/telemetry", "core/option", "core/oauth2"}
)

// layers holds core's folders; the longest that matches a file counts. A folder
// may always import what is inside itself.
var layers = []layer{
	{folder: "core/internal", may: []string{"core/internal"}},
	{folder: "core/auth", may: join(leaves, "core/internal")},
	{folder: "core/routes", may: join(services, join(leaves, "core/auth", "core/internal")...)},
	{folder: "core/session", may: join(services, join(leaves, "core/auth", "core/internal")...)},
	{folder: "core/account", may: join(services, join(leaves, "core/auth", "core/internal")...)},
	{folder: "core/verification", may: join(services, join(leaves, "core/auth", "core/internal")...)},
	{folder: "core/federation", may: join(services, join(leaves, "core/auth", "core/internal")...)},
	{folder: "core/oauth2", may: join(leaves, "core/internal")},
	{folder: "core/social", may: join(leaves, "core/internal")},
	{folder: "core/store", may: join(leaves, "core/internal")},
	{folder: "core/schema", may: join(leaves, "core/internal")},
	{folder: "core/cookies", may: join(leaves, "core/internal")},
	{folder: "core/crypto", may: join(leaves, "core/internal")},
	{folder: "core/origin", may: join(leaves, "core/internal")},
	{folder: "core/ratelimit", may: join(leaves, "core/internal")},
	{folder: "core/revoked", may: join(leaves, "core/internal")},
	{folder: "core/telemetry", may: join(leaves, "core/internal")},
	{folder: "core/option", may: join(leaves, "core/internal")},
}

// leafForbidden are names that no leaf may have in a signature or anywhere else.
var leafForbidden = []string{"http.ResponseWriter"}

// limits of modules other than core: what of core each may import. A module that
// is not here may import all that is public.
var moduleMay = map[string][]string{
	"sqlx":  {"core/store", "core/schema", "core/option"},
	"redis": {"core/store", "core/schema", "core/ratelimit", "core/option"},
}

func join(list []string, more ...string) []string {
	return append(append([]string{}, list...), more...)
}
