package sqlx

// liveSchema is what the database has.
type liveSchema struct {
	tables map[string]liveTable // by what tableKey makes of the name
	// tableKey and columnKey map names that the database takes for the same to one text.
	tableKey, columnKey func(name string) string
	// tableOptions is the end of every new table.
	tableOptions string
	warnings     []string
}

// liveTable is a table as the database has it; keys are what [liveSchema.columnKey] makes of the names.
type liveTable struct {
	columns map[string]liveColumn
}

type liveColumn struct {
	dataType string
	unique   bool
	// collation is how MySQL compares the column's texts, as it is written behind a type.
	collation string
	warning   string
}

func (l *liveSchema) column(table, column string) (liveColumn, bool) {
	c, ok := l.tables[l.tableKey(table)].columns[l.columnKey(column)]
	return c, ok
}

// add adds a column to its table.
func (l *liveSchema) add(table, column string, c liveColumn) {
	t, ok := l.tables[l.tableKey(table)]
	if !ok {
		t = liveTable{columns: make(map[string]liveColumn)}
		l.tables[l.tableKey(table)] = t
	}
	t.columns[l.columnKey(column)] = c
}

// sameName is for databases that tell names apart as we do.
func sameName(name string) string { return name }
