package races

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/plugins/admin"
	"github.com/goauth-dev/goauth/plugins/apikey"
	"github.com/goauth-dev/goauth/plugins/deviceauthorization"
	"github.com/goauth-dev/goauth/plugins/emailotp"
	"github.com/goauth-dev/goauth/plugins/jwt"
	"github.com/goauth-dev/goauth/plugins/magiclink"
	"github.com/goauth-dev/goauth/plugins/multisession"
	"github.com/goauth-dev/goauth/plugins/onetimetoken"
	"github.com/goauth-dev/goauth/plugins/organization"
	"github.com/goauth-dev/goauth/plugins/phonenumber"
	"github.com/goauth-dev/goauth/plugins/siwe"
	"github.com/goauth-dev/goauth/plugins/twofactor"
	"github.com/goauth-dev/goauth/plugins/username"
	"github.com/goauth-dev/goauth/redis"
)

// place is where two servers meet: a database, and Redis where URL is not empty.
type place struct {
	Database, Redis, Prefix string
}

// newServer makes one of the two servers, with everything that the races need.
func newServer(at place, mail *mailbox) (*core.Auth, config.Storage, func(), error) {
	db, err := config.OpenDatabase(at.Database)
	if err != nil {
		return nil, nil, nil, err
	}
	o := auth.Options{
		Secret: "race-secret-0123456789-abcdefghijklmnop", BaseURL: origin, Database: db, Getenv: func(string) string { return "" },
		Mode: auth.Production, Logger: slog.New(slog.DiscardHandler), HTTPClient: &http.Client{Transport: provider{}},
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: auth.PasswordHash{
			Hash:   func(_ context.Context, p string) (string, error) { return p, nil },
			Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == p, nil },
		}},
		SocialProviders: map[string]oauth2.Options{"github": {ClientID: "id", ClientSecret: "secret"}},
		Plugins:         plugins(mail),
	}
	o.RateLimit.Enabled, o.Advanced.Background.Await = option.Off, true
	o.Session.UpdateAge = time.Nanosecond
	o.User.ChangeEmail.Enabled = true
	o.EmailVerification.SendVerificationEmail = func(_ context.Context, m auth.Mail) error {
		mail.put("verify "+m.User.Email, m.Token)
		return nil
	}
	stop := func() { _ = db.Close() }
	if at.Redis != "" {
		client, err := redis.Open(at.Redis)
		if err != nil {
			return nil, nil, nil, err
		}
		o.SecondaryStorage = redis.NewSecondary(client, redis.Options{KeyPrefix: at.Prefix})
		stop = func() { _ = client.Close(); _ = db.Close() }
	}
	a, err := core.New(o)
	return a, db, stop, err
}

// plugins are all that have races of their own.
func plugins(mail *mailbox) []auth.Plugin {
	seats := 2
	return []auth.Plugin{
		username.New(username.Options{}), admin.New(admin.Options{}), jwt.New(jwt.Options{}), multisession.New(multisession.Options{}),
		onetimetoken.New(onetimetoken.Options{}), siwe.New(siwe.Options{Domain: "app.example"}),
		deviceauthorization.New(deviceauthorization.Options{}),
		apikey.New(apikey.Options{Configurations: []apikey.Configuration{{EnableSession: true}}}),
		organization.New(organization.Options{MembershipLimit: 3, Teams: organization.Teams{Enabled: true, MaximumMembersPerTeam: &seats}}),
		twofactor.New(twofactor.Options{SkipVerificationOnEnable: true, OTP: twofactor.OTPOptions{SendOTP: func(_ context.Context, m twofactor.Message) error {
			mail.put("second "+m.User.Email, m.OTP)
			return nil
		}}}),
		emailotp.New(emailotp.Options{SendVerificationOTP: func(_ context.Context, m emailotp.Mail) error {
			mail.put("code "+m.Email, m.OTP)
			return nil
		}}),
		magiclink.New(magiclink.Options{SendMagicLink: func(_ context.Context, m magiclink.Mail) error {
			mail.put("link "+m.Email, m.Token)
			return nil
		}}),
		phonenumber.New(phonenumber.Options{
			SendOTP: func(_ context.Context, m phonenumber.Message) error {
				mail.put("sms "+m.PhoneNumber, m.Code)
				return nil
			},
			SendPasswordResetOTP: func(_ context.Context, m phonenumber.Message) error {
				mail.put("reset "+m.PhoneNumber, m.Code)
				return nil
			},
			SignUpOnVerification: &phonenumber.SignUp{GetTempEmail: func(number string) string { return number[1:] + "@phones.example" }},
		}),
	}
}

// provider plays GitHub for both servers: the code that somebody brings is who somebody is.
type provider struct{}

// RoundTrip implements http.RoundTripper.
func (provider) RoundTrip(r *http.Request) (*http.Response, error) {
	var answer any = obj{}
	switch r.URL.Host + r.URL.Path {
	case "github.com/login/oauth/access_token":
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		answer = obj{"access_token": r.PostForm.Get("code"), "token_type": "bearer", "scope": "user"}
	case "api.github.com/user":
		who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		answer = obj{"id": who, "login": who, "name": "Ada", "email": who + "@social.example"}
	case "api.github.com/user/emails":
		who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		answer = []obj{{"email": who + "@social.example", "primary": true, "verified": true}}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(text))),
		ProtoMajor: 1, ProtoMinor: 1, Request: r,
	}, nil
}

// secondEnv is set in the second process only: the place, as JSON.
const secondEnv = "GOAUTH_RACES_SECOND"

// shot is what the second process is to do.
type shot struct {
	At       int64 // when, in Unix nanoseconds
	Requests []request
}

// second is the server in the second process.
type second struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

// startSecond runs this test binary again; see [TestSecondServer].
func startSecond(t *testing.T, at place) *second {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	where, err := json.Marshal(at)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestSecondServer$")
	cmd.Env, cmd.Stderr = append(os.Environ(), secondEnv+"="+string(where)), os.Stderr
	s := &second{}
	if s.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.in.Close(); _ = cmd.Wait() })
	s.out = bufio.NewScanner(out)
	s.out.Buffer(nil, 4<<20)
	if !s.out.Scan() || s.out.Text() != "ready" {
		t.Fatalf("the second server said %q", s.out.Text())
	}
	return s
}

func (s *second) send(t *testing.T, what shot) {
	t.Helper()
	line, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(s.in, string(line)); err != nil {
		t.Fatal(err)
	}
}

func (s *second) receive(t *testing.T) (answers []response) {
	t.Helper()
	if !s.out.Scan() {
		t.Fatal("the second server has ended")
	}
	if err := json.Unmarshal(s.out.Bytes(), &answers); err != nil {
		t.Fatalf("%v: %.200s", err, s.out.Text())
	}
	return answers
}

// TestSecondServer is the second process: it makes the calls that it reads, and prints what came of them.
func TestSecondServer(t *testing.T) {
	where := os.Getenv(secondEnv)
	if where == "" {
		t.Skip("it is the second process of the races")
	}
	var at place
	if err := json.Unmarshal([]byte(where), &at); err != nil {
		t.Fatal(err)
	}
	a, _, stop, err := newServer(at, &mailbox{last: map[string]string{}})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	for in.Buffer(nil, 4<<20); in.Scan(); {
		var what shot
		if err := json.Unmarshal(in.Bytes(), &what); err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(serveAll(a, what.At, what.Requests))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(string(answer))
	}
}
