package main

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// withAccess makes plain data of the access control objects of a test, which hold their statements beside functions.
func withAccess(build factory) factory {
	return func(in *instance, args []any) (auth.Plugin, error) {
		if o, ok := first(args).(*auth.Object); ok {
			plain := o.Clone()
			if ac := child(o, "ac"); ac != nil {
				plain.Set("ac", at(ac, "$ac"))
			}
			if roles := child(o, "roles"); roles != nil {
				named := option.NewObject()
				for name := range roles.All() {
					named.Set(name, at(child(roles, name), "$role"))
				}
				plain.Set("roles", named)
			}
			args = append([]any{plain}, args[1:]...)
		}
		return build(in, args)
	}
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
