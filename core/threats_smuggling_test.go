package core_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/store"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// smuggling are requests that two servers in a row may cut differently. CANARY stands for a whole sign-up request, LEN for
// its length.
var smuggling = map[string]string{
	"CL.TE":                      "Content-Length: LEN5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nCANARY",
	"TE.CL":                      "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nCANARY",
	"CL.0":                       "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nCANARY",
	"TE twice":                   "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nCANARY",
	"TE twice, chunked":          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nCANARY",
	"TE list":                    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\nCANARY",
	"TE list, gzip":              "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\nCANARY",
	"TE unknown":                 "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\nCANARY",
	"TE quoted":                  "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\nCANARY",
	"TE with a tab":              "Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nCANARY",
	"TE with a blank before":     "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\nCANARY",
	"TE with a vertical tab":     "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\nCANARY",
	"TE folded":                  "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nCANARY",
	"TE after a bare LF":         "X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nCANARY",
	"TE after a bare CR":         "X: y\rTransfer-Encoding: chunked\r\nContent-Length: LEN5\r\n\r\n0\r\n\r\nCANARY",
	"TE after a NUL":             "X: y\x00Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nCANARY",
	"CL twice, different":        "Content-Length: 0\r\nContent-Length: 5\r\n\r\nCANARY",
	"CL list":                    "Content-Length: 0, 5\r\n\r\nCANARY",
	"CL with a plus":             "Content-Length: +0\r\n\r\nCANARY",
	"CL negative":                "Content-Length: -1\r\n\r\nCANARY",
	"CL hexadecimal":             "Content-Length: 0x0\r\n\r\nCANARY",
	"CL empty":                   "Content-Length: \r\n\r\nCANARY",
	"CL too large":               "Content-Length: 99999999999999999999\r\n\r\nCANARY",
	"CL with letters":            "Content-Length: 0a\r\n\r\nCANARY",
	"CL with a blank before":     "Content-Length : 0\r\n\r\nCANARY",
	"CL with an underscore":      "Content_Length: 0\r\nContent-Length: x\r\n\r\nCANARY",
	"chunk size with a bare LF":  "Transfer-Encoding: chunked\r\n\r\n0\n\r\nCANARY",
	"chunk size with a blank":    "Transfer-Encoding: chunked\r\n\r\n 0\r\n\r\nCANARY",
	"chunk size in 0x":           "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\nCANARY",
	"chunk size too large":       "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\nCANARY",
	"chunk extension with LF":    "Transfer-Encoding: chunked\r\n\r\n2;\nxx\r\n0\r\n\r\nCANARY",
	"chunk data without an end":  "Transfer-Encoding: chunked\r\n\r\n1\r\nab0\r\n\r\nCANARY",
	"trailer with framing":       "Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\nContent-Length: 5\r\n\r\nCANARY",
	"a header line of its own":   "X: y\r\n\r\r\n\r\nCANARY",
	"a header without a colon":   "Broken\r\nContent-Length: 0\r\n\r\nCANARY",
	"Host twice":                 "Host: evil.tld\r\nContent-Length: 0\r\n\r\nCANARY",
	"Connection names the frame": "Connection: Content-Length\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nCANARY",
}

func TestFAULT016_SmuggledRequestsAreNeverExecuted(t *testing.T) {
	s := newServer(t, nil)
	host := strings.TrimPrefix(s.URL, "http://")
	body := fmt.Sprintf(`{"name":"Canary","email":"canary@example.com","password":%q}`, testPassword)
	canary := fmt.Sprintf("POST /api/auth/sign-up/email HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", host, len(body), body)
	fill := strings.NewReplacer("LEN5", fmt.Sprint(len(canary)+5), "LEN", fmt.Sprint(len(canary)), "CANARY", canary)
	for name, form := range smuggling {
		text := "POST /api/auth/sign-out HTTP/1.1\r\nHost: " + host + "\r\n" + fill.Replace(form)
		all := s.raw(text)
		if n := s.count("user", store.Is("email", "canary@example.com")); n > 0 {
			t.Errorf("%s: the smuggled request was executed", name)
			if _, err := s.Context().Store.Delete(t.Context(), "user", store.Where{store.Is("email", "canary@example.com")}); err != nil {
				t.Fatal(err)
			}
		}
		if len(all) > 1 && all[1].StatusCode == http.StatusOK {
			t.Errorf("%s: a second answer of 200", name)
		}
	}
	if all := s.raw(canary); len(all) != 1 || s.count("user") != 1 { // the canary sings when nothing is around it
		t.Error("the canary is no valid request")
	}
}

func TestFAULT016_MalformedRequestLinesAreRefused(t *testing.T) {
	s := newServer(t, nil)
	for name, text := range map[string]string{
		"no Host":            "GET /api/auth/ok HTTP/1.1\r\n\r\n",
		"two Hosts":          "GET /api/auth/ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"a Host with a path": "GET /api/auth/ok HTTP/1.1\r\nHost: a/b\r\n\r\n",
		"a Host with blanks": "GET /api/auth/ok HTTP/1.1\r\nHost: a b\r\n\r\n",
		"HTTP/1.2 and words": "GET /api/auth/ok HTTP/1.1 x\r\nHost: a\r\n\r\n",
		"a tab for a blank":  "GET\t/api/auth/ok\tHTTP/1.1\r\nHost: a\r\n\r\n",
		"a control in it":    "GET /api/auth/\x01ok HTTP/1.1\r\nHost: a\r\n\r\n",
		"a bad escape":       "GET /api/auth/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
		"HTTP/3.0":           "GET /api/auth/ok HTTP/3.0\r\nHost: a\r\n\r\n",
		"an HTTP/2 preface":  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"an asterisk":        "GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		"CONNECT":            "CONNECT evil.tld:80 HTTP/1.1\r\nHost: evil.tld:80\r\nConnection: close\r\n\r\n",
	} {
		all := s.raw(text)
		if len(all) > 0 && all[0].StatusCode < 400 {
			t.Errorf("%s: %d; want an error or the end", name, all[0].StatusCode)
		}
	}
	absolute := s.raw("GET http://evil.tld/api/auth/ok HTTP/1.1\r\nHost: " + strings.TrimPrefix(s.URL, "http://") + "\r\nConnection: close\r\n\r\n")
	if len(absolute) != 1 || absolute[0].Header.Get("Location") != "" {
		t.Errorf("the absolute form is answered %v", absolute)
	}
}
