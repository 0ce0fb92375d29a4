package auth

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/store"
)

// User is a person's row. Upstream: user.
type User struct {
	ID            string
	Name          string
	Email         string
	EmailVerified bool
	Image         *string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	// Extra holds the fields that options and plugins add, by logical name.
	Extra store.Record
}

// Session is a sign-in's row. Upstream: session.
type Session struct {
	ID        string
	Token     string
	UserID    string
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	IPAddress *string
	UserAgent *string
	// Extra holds the fields that options and plugins add, by logical name.
	Extra store.Record
}

// Account links a user to a way to sign in: "credential" or a provider. Upstream: account.
type Account struct {
	ID                    string
	AccountID             string
	ProviderID            string
	UserID                string
	AccessToken           *string
	RefreshToken          *string
	IDToken               *string
	AccessTokenExpiresAt  *time.Time
	RefreshTokenExpiresAt *time.Time
	Scope                 *string
	Password              *string
	CreatedAt             time.Time
	UpdatedAt             time.Time
	// Extra holds the fields that options and plugins add, by logical name.
	Extra store.Record
}

// Verification is a single-use value with an expiry. Upstream: verification.
type Verification struct {
	ID         string
	Identifier string
	Value      string
	ExpiresAt  time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time
	// Extra holds the fields that options add, by logical name.
	Extra store.Record
}

// SignedIn is a session with its user.
type SignedIn struct {
	Session *Session `json:"session"`
	User    *User    `json:"user"`
}

// UserFromRecord reads a user. Fields that it does not know go to Extra.
func UserFromRecord(rec store.Record) *User {
	if rec == nil {
		return nil
	}
	r := reader{rec, 0}
	u := &User{
		ID: r.text("id"), Name: r.text("name"), Email: r.text("email"), EmailVerified: r.flag("emailVerified"),
		Image: r.optText("image"), CreatedAt: r.time("createdAt"), UpdatedAt: r.time("updatedAt"),
	}
	u.Extra = r.rest(userFields)
	return u
}

// Record returns the user as a record.
func (u *User) Record() store.Record {
	rec := make(store.Record, 7+len(u.Extra))
	maps.Copy(rec, u.Extra)
	rec["id"], rec["name"], rec["email"], rec["emailVerified"] = u.ID, u.Name, u.Email, u.EmailVerified
	rec["image"], rec["createdAt"], rec["updatedAt"] = orNull(u.Image), u.CreatedAt, u.UpdatedAt
	return rec
}

// Clone returns a copy whose Extra may be changed.
func (u *User) Clone() *User {
	c := *u
	c.Extra = maps.Clone(u.Extra)
	return &c
}

// AppendJSON implements the JSON rendering that clients see.
func (u *User) AppendJSON(dst []byte) ([]byte, error) {
	if u == nil {
		return append(dst, "null"...), nil
	}
	w := objectWriter{dst: append(dst, '{')}
	w.text("name", u.Name)
	w.text("email", u.Email)
	w.flag("emailVerified", u.EmailVerified)
	w.optText("image", u.Image)
	w.time("createdAt", u.CreatedAt)
	w.time("updatedAt", u.UpdatedAt)
	w.extra(u.Extra)
	w.text("id", u.ID)
	return w.end()
}

// MarshalJSON implements json.Marshaler.
func (u *User) MarshalJSON() ([]byte, error) { return u.AppendJSON(nil) }

// SessionFromRecord reads a session. Fields that it does not know go to Extra.
func SessionFromRecord(rec store.Record) *Session {
	if rec == nil {
		return nil
	}
	r := reader{rec, 0}
	s := &Session{
		ID: r.text("id"), Token: r.text("token"), UserID: r.text("userId"), ExpiresAt: r.time("expiresAt"),
		CreatedAt: r.time("createdAt"), UpdatedAt: r.time("updatedAt"),
		IPAddress: r.optText("ipAddress"), UserAgent: r.optText("userAgent"),
	}
	s.Extra = r.rest(sessionFields)
	return s
}

// Record returns the session as a record.
func (s *Session) Record() store.Record {
	rec := make(store.Record, 8+len(s.Extra))
	maps.Copy(rec, s.Extra)
	rec["id"], rec["token"], rec["userId"] = s.ID, s.Token, s.UserID
	rec["expiresAt"], rec["createdAt"], rec["updatedAt"] = s.ExpiresAt, s.CreatedAt, s.UpdatedAt
	rec["ipAddress"], rec["userAgent"] = orNull(s.IPAddress), orNull(s.UserAgent)
	return rec
}

// Clone returns a copy whose Extra may be changed.
func (s *Session) Clone() *Session {
	c := *s
	c.Extra = maps.Clone(s.Extra)
	return &c
}

// AppendJSON implements the JSON rendering that clients see.
func (s *Session) AppendJSON(dst []byte) ([]byte, error) {
	if s == nil {
		return append(dst, "null"...), nil
	}
	w := objectWriter{dst: append(dst, '{')}
	w.time("expiresAt", s.ExpiresAt)
	w.text("token", s.Token)
	w.time("createdAt", s.CreatedAt)
	w.time("updatedAt", s.UpdatedAt)
	w.optText("ipAddress", s.IPAddress)
	w.optText("userAgent", s.UserAgent)
	w.text("userId", s.UserID)
	w.extra(s.Extra)
	w.text("id", s.ID)
	return w.end()
}

// MarshalJSON implements json.Marshaler.
func (s *Session) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil) }

// AccountFromRecord reads an account. Fields that it does not know go to Extra.
func AccountFromRecord(rec store.Record) *Account {
	if rec == nil {
		return nil
	}
	r := reader{rec, 0}
	a := &Account{
		ID: r.text("id"), AccountID: r.text("accountId"), ProviderID: r.text("providerId"), UserID: r.text("userId"),
		AccessToken: r.optText("accessToken"), RefreshToken: r.optText("refreshToken"), IDToken: r.optText("idToken"),
		AccessTokenExpiresAt: r.optTime("accessTokenExpiresAt"), RefreshTokenExpiresAt: r.optTime("refreshTokenExpiresAt"),
		Scope: r.optText("scope"), Password: r.optText("password"),
		CreatedAt: r.time("createdAt"), UpdatedAt: r.time("updatedAt"),
	}
	a.Extra = r.rest(accountFields)
	return a
}

// Record returns the account as a record.
func (a *Account) Record() store.Record {
	rec := make(store.Record, 13+len(a.Extra))
	maps.Copy(rec, a.Extra)
	rec["id"], rec["accountId"], rec["providerId"], rec["userId"] = a.ID, a.AccountID, a.ProviderID, a.UserID
	rec["accessToken"], rec["refreshToken"], rec["idToken"] = orNull(a.AccessToken), orNull(a.RefreshToken), orNull(a.IDToken)
	rec["accessTokenExpiresAt"], rec["refreshTokenExpiresAt"] = orNoTime(a.AccessTokenExpiresAt), orNoTime(a.RefreshTokenExpiresAt)
	rec["scope"], rec["password"] = orNull(a.Scope), orNull(a.Password)
	rec["createdAt"], rec["updatedAt"] = a.CreatedAt, a.UpdatedAt
	return rec
}

// VerificationFromRecord reads a verification value. Fields that it does not know go to Extra.
func VerificationFromRecord(rec store.Record) *Verification {
	if rec == nil {
		return nil
	}
	r := reader{rec, 0}
	v := &Verification{
		ID: r.text("id"), Identifier: r.text("identifier"), Value: r.text("value"), ExpiresAt: r.time("expiresAt"),
		CreatedAt: r.time("createdAt"), UpdatedAt: r.time("updatedAt"),
	}
	v.Extra = r.rest(verificationFields)
	return v
}

var (
	userFields         = set("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
	sessionFields      = set("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
	accountFields      = set("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "password", "createdAt", "updatedAt")
	verificationFields = set("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// reader reads typed fields of a record and counts the ones that were there.
type reader struct {
	rec   store.Record
	known int
}

func (r *reader) get(name string) any {
	v, ok := r.rec[name]
	if ok {
		r.known++
	}
	return v
}

func (r *reader) text(name string) string {
	s, _ := r.get(name).(string)
	return s
}

func (r *reader) optText(name string) *string {
	if s, ok := r.get(name).(string); ok {
		return &s
	}
	return nil
}

func (r *reader) flag(name string) bool {
	b, _ := r.get(name).(bool)
	return b
}

func (r *reader) time(name string) time.Time {
	t, _ := r.get(name).(time.Time)
	return t
}

func (r *reader) optTime(name string) *time.Time {
	if t, ok := r.get(name).(time.Time); ok {
		return &t
	}
	return nil
}

// rest returns the fields that are not known, or nil when there are none.
func (r *reader) rest(known map[string]bool) store.Record {
	if len(r.rec) == r.known {
		return nil
	}
	extra := make(store.Record, len(r.rec)-r.known)
	for name, v := range r.rec {
		if !known[name] {
			extra[name] = v
		}
	}
	return extra
}

func orNull(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func orNoTime(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

// objectWriter writes the members of a JSON object, each by its type: as values of any they would all be allocated.
type objectWriter struct {
	dst []byte
	n   int
	err error
}

func (w *objectWriter) key(name string) {
	if w.n > 0 {
		w.dst = append(w.dst, ',')
	}
	w.n++
	w.dst = append(js.AppendString(w.dst, name), ':')
}

func (w *objectWriter) text(name, s string) {
	w.key(name)
	w.dst = js.AppendString(w.dst, s)
}

func (w *objectWriter) optText(name string, s *string) {
	w.key(name)
	if s == nil {
		w.dst = append(w.dst, "null"...)
		return
	}
	w.dst = js.AppendString(w.dst, *s)
}

func (w *objectWriter) flag(name string, b bool) {
	w.key(name)
	w.dst = strconv.AppendBool(w.dst, b)
}

func (w *objectWriter) time(name string, t time.Time) {
	w.key(name)
	w.dst = js.AppendTime(w.dst, t)
}

// extra writes the fields that options and plugins add, sorted by name.
func (w *objectWriter) extra(rec store.Record) {
	var few [8]string
	names := few[:0]
	for name := range rec {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w.key(name)
		if w.dst, w.err = js.Append(w.dst, rec[name]); w.err != nil {
			return
		}
	}
}

func (w *objectWriter) end() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return append(w.dst, '}'), nil
}
