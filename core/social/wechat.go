package social

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// wechat has names of its own for the parameters, asks for tokens with GET, and says with status 200 that it failed.
var wechat = spec{
	name:      "WeChat",
	endpoints: endpoints{"https://open.weixin.qq.com/connect/qrconnect", "https://api.weixin.qq.com/sns/oauth2/access_token", "https://api.weixin.qq.com/sns/userinfo"},
	reads:     []string{"platformType", "lang"},
	scopes:    []string{"snsapi_login"},
	authorizationURL: func(b *built, in oauth2.Authorization, scopes []string) (string, error) {
		lang := b.o.Lang
		if lang == "" {
			lang = "cn"
		}
		query := origin.Params{
			{Name: "scope", Value: strings.Join(scopes, ",")}, {Name: "response_type", Value: "code"}, {Name: "appid", Value: b.o.PrimaryClientID()},
			{Name: "redirect_uri", Value: in.RedirectURI}, {Name: "state", Value: in.State}, {Name: "lang", Value: lang},
		}
		return "https://open.weixin.qq.com/connect/qrconnect?" + query.Encode() + "#wechat_redirect", nil
	},
	exchange: func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error) {
		t, err := wechatTokens(ctx, b, b.at.token, origin.Params{
			{Name: "appid", Value: b.o.PrimaryClientID()}, {Name: "secret", Value: b.o.ClientSecret},
			{Name: "code", Value: code.Code}, {Name: "grant_type", Value: "authorization_code"},
		})
		return t, err
	},
	refresh: func(ctx context.Context, b *built, token string) (*oauth2.Tokens, error) {
		return wechatTokens(ctx, b, "https://api.weixin.qq.com/sns/oauth2/refresh_token", origin.Params{
			{Name: "appid", Value: b.o.PrimaryClientID()}, {Name: "grant_type", Value: "refresh_token"}, {Name: "refresh_token", Value: token},
		})
	},
	fetch: func(ctx context.Context, b *built, t *oauth2.Tokens) (profile, error) {
		openID := oauth2.Text(t.Raw, "openid")
		if openID == "" {
			return profile{}, nil
		}
		query := origin.Params{{Name: "access_token", Value: t.AccessToken}, {Name: "openid", Value: openID}, {Name: "lang", Value: "zh_CN"}}
		answer, err := b.client.Object(ctx, oauth2.Request{URL: b.at.userInfo + "?" + query.Encode()})
		if p := (profile{answer}); err != nil || truthy(p.get("errcode")) {
			return profile{}, err
		}
		if !(profile{answer}).has("openid") {
			answer.Set("openid", openID)
		}
		return profile{answer}, nil
	},
	user: func(p profile) user {
		return user{
			id: or(p.get("unionid"), p.get("openid")), name: p.get("nickname"), email: or(p.get("email"), nil), image: p.get("headimgurl"),
			verified: false,
		}
	},
}

func wechatTokens(ctx context.Context, b *built, address string, query origin.Params) (*oauth2.Tokens, error) {
	answer, err := b.client.Object(ctx, oauth2.Request{URL: address + "?" + query.Encode()})
	if err != nil {
		return nil, err
	}
	p := profile{answer}
	if truthy(p.get("errcode")) {
		return nil, errors.New("wechat: " + p.text("errmsg"))
	}
	seconds, _ := p.get("expires_in").(js.Number)
	life, _ := seconds.Int()
	return &oauth2.Tokens{
		TokenType: "Bearer", AccessToken: p.text("access_token"), RefreshToken: p.text("refresh_token"),
		AccessTokenExpiresAt: b.client.Now().Add(time.Duration(life) * time.Second),
		Scopes:               strings.Split(p.text("scope"), ","), Raw: answer,
	}, nil
}
