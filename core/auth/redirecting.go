package auth

// Redirecting is an answer that sends the client to another party's page; hooks may change the page.
type Redirecting interface {
	// RedirectURL is the page, or "".
	RedirectURL() string
	// SetRedirectURL changes it.
	SetRedirectURL(url string)
}
