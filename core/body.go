package core

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// The most bytes of a body that are read.
const (
	maxJSON = 1 << 20
	maxForm = 256 << 10
)

var (
	unsupportedMediaType = auth.Code{ID: "UNSUPPORTED_MEDIA_TYPE"}
	payloadTooLarge      = auth.Code{ID: "PAYLOAD_TOO_LARGE", Message: "Payload too large"}
	byteOrderMark        = []byte("\ufeff")
	jsonType             = regexp.MustCompile(`^application/([a-z0-9.+-]*\+)?json`)
)

// readBody decodes the body by its media type, within limits.
func (x *exchange) readBody() (*response, error) {
	r := x.req
	media := r.Header.Get("Content-Type")
	if r.Method == http.MethodGet || r.Method == http.MethodHead || media == "" || r.ContentLength == 0 {
		return nil, nil
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, auth.Fail(http.StatusUnsupportedMediaType, unsupportedMediaType.With("Content-Encoding is not supported"))
	}
	if err := checkMedia(media, x.call.Route.Media); err != nil {
		return nil, err
	}
	isJSON := jsonType.MatchString(strings.ToLower(media))
	data, err := readLimited(r, isJSON)
	if err != nil {
		return nil, err
	}
	x.call.HasBody = true
	if !isJSON {
		x.call.Body, err = js.ParseForm(string(data))
		return nil, badBody(err)
	}
	x.call.Body, err = js.Parse(bytes.TrimPrefix(data, byteOrderMark))
	return nil, badBody(err)
}

// checkMedia compares the media type with the accepted ones, as loosely as upstream does.
func checkMedia(media string, accepted []string) error {
	base, _, _ := strings.Cut(strings.ToLower(media), ";")
	base = strings.TrimSpace(base)
	if slices.ContainsFunc(accepted, func(a string) bool { return strings.Contains(base, a) }) &&
		(jsonType.MatchString(base) || strings.Contains(base, auth.MediaForm)) {
		return nil
	}
	return auth.Fail(http.StatusUnsupportedMediaType, unsupportedMediaType.With(
		fmt.Sprintf("Content-Type %q is not allowed. Allowed types: %s", media, strings.Join(accepted, ", "))))
}

// readLimited reads the body and refuses one that is too long, before reading it when its length is known.
func readLimited(r *http.Request, isJSON bool) ([]byte, error) {
	limit := int64(maxForm)
	if isJSON {
		limit = maxJSON
	}
	if r.ContentLength > limit {
		return nil, auth.Fail(http.StatusRequestEntityTooLarge, payloadTooLarge)
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, auth.FailStatus(http.StatusBadRequest).Because(err)
	}
	if int64(len(data)) > limit {
		return nil, auth.Fail(http.StatusRequestEntityTooLarge, payloadTooLarge)
	}
	return data, nil
}

// badBody turns a decoding error into an answer: text that JavaScript cannot parse is an empty 500, as upstream answers
// it; text that parsers read differently is a 400 (GO-001).
func badBody(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, js.ErrRefused):
		return auth.Fail(http.StatusBadRequest, auth.ValidationError.With("[body] "+err.Error()))
	default:
		return &unreadable{err}
	}
}

// unreadable is a body that is no JSON: the client's fault, though upstream's answer is an empty 500.
type unreadable struct{ error }
