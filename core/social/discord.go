package social

import (
	"context"
	"math/big"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var discord = spec{
	name:      "Discord",
	endpoints: endpoints{"https://discord.com/api/oauth2/authorize", "https://discord.com/api/oauth2/token", "https://discord.com/api/users/%40me"},
	reads:     []string{"permissions"},
	scopes:    []string{"identify", "email"}, requestScopesFirst: true,
	authorizationURL: func(b *built, in oauth2.Authorization, scopes []string) (string, error) {
		prompt := b.o.Prompt
		if prompt == "" {
			prompt = "none"
		}
		permissions := ""
		if b.o.Permissions != nil && contains(scopes, "bot") {
			permissions = "&permissions=" + strconv.Itoa(*b.o.Permissions)
		}
		return b.rawURL("https://discord.com/api/oauth2/authorize", strings.Join(scopes, "+"), "client_id", b.o.PrimaryClientID(), in,
			"&prompt="+prompt+permissions)
	},
	enrich: discordImage,
	user: func(p profile) user {
		return user{
			id: p.get("id"), name: or(p.get("global_name"), p.get("username"), ""), email: p.get("email"), image: p.get("image_url"),
			verified: p.get("verified"),
		}
	},
}

// rawURL is the address of providers whose scopes stay as they are joined.
func (b *built) rawURL(endpoint, scope, idName, id string, in oauth2.Authorization, rest string) (string, error) {
	u, err := origin.ParseURL(endpoint + "?scope=" + scope + "&response_type=code&" + idName + "=" + id +
		"&redirect_uri=" + origin.EncodeComponent(in.RedirectURI) + "&state=" + in.State + rest)
	if err != nil {
		return "", err
	}
	return u.Href(), nil
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// discordImage makes the address of the avatar, or of the default one that Discord shows.
func discordImage(_ context.Context, _ *built, p profile, _ *oauth2.Tokens) error {
	avatar := p.text("avatar")
	const cdn = "https://cdn.discordapp.com/"
	switch {
	case p.get("avatar") == nil:
		p.Set("image_url", cdn+"embed/avatars/"+strconv.FormatInt(defaultAvatar(p), 10)+".png")
	case strings.HasPrefix(avatar, "a_"):
		p.Set("image_url", cdn+"avatars/"+p.text("id")+"/"+avatar+".gif")
	default:
		p.Set("image_url", cdn+"avatars/"+p.text("id")+"/"+avatar+".png")
	}
	return nil
}

// defaultAvatar is Discord's rule: by the id, or by the discriminator of accounts that still have one.
func defaultAvatar(p profile) int64 {
	if p.text("discriminator") == "0" {
		id, ok := new(big.Int).SetString(p.text("id"), 10)
		if !ok {
			return 0
		}
		return new(big.Int).Mod(id.Rsh(id, 22), big.NewInt(6)).Int64()
	}
	n, _ := strconv.ParseInt(p.text("discriminator"), 10, 64)
	return n % 5
}
