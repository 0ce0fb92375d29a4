package migration

import "testing"

// TestAtlasSum compares with a sum that Atlas itself wrote.
func TestAtlasSum(t *testing.T) {
	got := atlasSum([]File{{Name: "1_a.sql", Content: "create table a (id int);\n"}, {Name: "2_b.sql", Content: "create table b (id int);\n"}})
	if got != atlasWrote {
		t.Errorf("got\n%swant\n%s", got, atlasWrote)
	}
}

const atlasWrote = `h1:S6cxXBXqelwrhCGTjJHXpx2/hWfF17/l+eLEDR3ABWs=
1_a.sql h1:yR5YhhlConz9KMyPn5i4/nsXn/pa3MhpA/OStARXGI0=
2_b.sql h1:TbtXQs76tfnIDIj3Su8yriMvcPp364oproXxQrtPrtk=
`
