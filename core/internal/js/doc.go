// Package js reads and writes values as JavaScript does: JSON text, form and
// query text, dates, numbers and truthiness. It exists so that bytes on the wire
// are those that a JavaScript server would have sent, and so that text which two
// parsers could read in two ways is refused before anything acts on it.
//
// A parsed value is one of nil, bool, [Number], string, []any and [*Object].
package js
