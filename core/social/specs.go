package social

// specs are the providers by id.
var specs = map[string]*spec{
	"apple": &apple, "atlassian": &atlassian, "cognito": &cognito, "discord": &discord, "dropbox": &dropbox,
	"facebook": &facebook, "figma": &figma, "github": &github, "gitlab": &gitlab, "google": &google,
	"huggingface": &huggingface, "kakao": &kakao, "kick": &kick, "line": &line, "linear": &linear, "linkedin": &linkedin,
	"microsoft": &microsoft, "naver": &naver, "notion": &notion, "paybin": &paybin, "paypal": &paypal, "polar": &polar,
	"railway": &railway, "reddit": &reddit, "roblox": &roblox, "salesforce": &salesforce, "slack": &slack,
	"spotify": &spotify, "tiktok": &tiktok, "twitch": &twitch, "twitter": &twitter, "vercel": &vercel, "vk": &vk,
	"wechat": &wechat, "zoom": &zoom,
}
