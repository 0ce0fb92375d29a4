// Package auth is the vocabulary of the server: options, operations, calls, hooks, guards, plugins, errors and the core
// records. Services and plugins are written with it; it knows neither routes nor HTTP writers.
//
// # Tags of an input
//
// The In type of an [Endpoint] says by tags where each field comes from and what is accepted. Decoding, validation with
// upstream's wording, calls from Go and OpenAPI all read them.
//
//	body:"name"        a member of the body; query:"name" and path:"name" likewise
//	body:"name,optional"   it may be missing; ",nullable": it may be null
//	body:"*"           the whole body, as an *Object or a [Value]; with ",absent" it may be missing, and then every member is
//	body:"+"           the fields that options add to the table of a tag model, as a store.Record; with ",optional" none of
//	                   them is required
//	is:"email"         an e-mail address, as upstream checks them; "nonempty": a text of at least one character;
//	                   "length=N": of exactly N UTF-16 units; "pattern=/…/i": that an expression matches; "literal=a|b":
//	                   one of these texts; "coerced": a text, number or bool made from any value; "positive": a number above
//	                   zero; "min=N": a number of N or more; "record": an *Object that upstream calls so. Several are
//	                   separated by spaces
//	message:"…"        the sentence for a value of the right type that a rule refuses, where upstream has its own
//	default:"…"        the value of a member that is missing, which is then optional
//	doc:"…"            the description in OpenAPI
//	model:"user,name"  beside "*": the fields that options and plugins add to a model are taken, and the named ones of its
//	                   own, for OpenAPI; with ",optional" in the first tag none is required
//
// A field is a string, bool, int64 (a whole number), float64, *Object, any, a pointer to one of the first four or to a
// time.Time (which only Go can give), a pointer to a struct whose fields have such tags in turn, or a [Value].
//
// An Out type is rendered by its json tags. A field that renders itself may name its model there too: model:"user".
package auth
