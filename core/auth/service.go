package auth

// Service returns the service of type T that a plugin offers, by which one plugin works with another without importing
// it: both know a package that declares T, such as a type of function. Of several, the first plugin's is returned.
func Service[T any](x *Context) (T, bool) {
	for i := range x.Options.Plugins {
		for _, s := range x.Options.Plugins[i].Services {
			if found, ok := s.(T); ok {
				return found, true
			}
		}
	}
	var none T
	return none, false
}

// CheckUser asks the plugins whether a user may act now; nil means that none objects. Whoever finds a user by something
// that stands for one calls it: a session, a key or a token of a refused user counts as none.
func (c *Call) CheckUser(u *User) error {
	for i := range c.Options.Plugins {
		if check := c.Options.Plugins[i].CheckUser; check != nil {
			if err := check(c, u); err != nil {
				return err
			}
		}
	}
	return nil
}
