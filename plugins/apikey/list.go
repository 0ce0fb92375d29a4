package apikey

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// ListIn is the input of [List].
type ListIn struct {
	ConfigID       string `query:"configId,optional" doc:"Only keys of this configuration"`
	OrganizationID string `query:"organizationId,optional" doc:"Keys of this organization instead of the caller's"`
	Limit          *int64 `query:"limit,optional" is:"coerced min=0" doc:"How many keys"`
	Offset         *int64 `query:"offset,optional" is:"coerced min=0" doc:"How many keys to leave out first"`
	SortBy         string `query:"sortBy,optional" doc:"The field to sort by, such as createdAt"`
	SortDirection  string `query:"sortDirection,optional" is:"literal=asc|desc" doc:"The direction of sorting"`
}

// ListOut is the output of [List].
type ListOut struct {
	APIKeys []*Key `json:"apiKeys"`
	// Total counts the keys before limit and offset.
	Total  int    `json:"total"`
	Limit  *int64 `json:"limit,omitempty"`
	Offset *int64 `json:"offset,omitempty"`
}

// List returns the keys of the caller, or of an organization in which the caller may read keys. Upstream: listApiKeys.
var List = auth.Endpoint[ListIn, *ListOut]{
	Key: "listApiKeys", Method: auth.GET, Path: "/api-key/list", Doc: "List the API keys of the caller or of an organization",
	Use: []auth.Guard{session.Required},
}

func (p *plugin) list(c *auth.Call, in ListIn) (*ListOut, error) {
	owner, kind := c.Session.User.ID, ownedByUser
	switch _, given := c.Query.Get("organizationId"); {
	case given && in.OrganizationID == "":
		owner = "" // upstream's answer to an empty id is an empty list
	case given:
		if err := mayInOrganization(c, owner, in.OrganizationID, actionRead); err != nil {
			return nil, err
		}
		owner, kind = in.OrganizationID, ownedByOrganization
	}
	sort, err := sortOf(c, &in)
	if err != nil {
		return nil, err
	}
	recs, err := p.ownedBy(c, owner, in.ConfigID, sort)
	if err != nil {
		return nil, err
	}
	var kept []store.Record
	for _, rec := range recs {
		if rec["referenceId"] == owner && p.ownerKind(rec) == kind && (in.ConfigID == "" || matchesID(rec, in.ConfigID)) {
			kept = append(kept, rec)
		}
	}
	p.sweep(c)
	out := &ListOut{APIKeys: []*Key{}, Total: len(kept), Limit: in.Limit, Offset: in.Offset}
	for _, rec := range page(kept, in.Offset, in.Limit) {
		out.APIKeys = append(out.APIKeys, keyOf(rec))
		if cfg, err := p.configs.of(c, rec); err == nil {
			p.repairMetadata(c, rec, cfg)
		}
	}
	return out, nil
}

// sortOf is the wanted order. Only the table's own fields can be sorted by (GO-011).
func sortOf(c *auth.Call, in *ListIn) (*store.Sort, error) {
	if in.SortBy == "" {
		return nil, nil
	}
	if in.SortBy != "id" && c.Field(Model, in.SortBy) == nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.ValidationError.With("[query.sortBy] "+auth.InvalidInput))
	}
	return &store.Sort{Field: in.SortBy, Desc: in.SortDirection == "desc"}, nil
}

// ownedBy reads the keys of an owner from everywhere that configurations keep keys.
func (p *plugin) ownedBy(c *auth.Call, owner, configID string, sort *store.Sort) ([]store.Record, error) {
	if configID != "" {
		cfg, err := p.configs.resolve(c, configID)
		if err != nil {
			return nil, err
		}
		return cfg.keys.list(c, owner, sort)
	}
	var all []store.Record
	read, seen := map[string]bool{}, map[any]bool{}
	for _, cfg := range p.configs {
		if read[cfg.where()] {
			continue
		}
		read[cfg.where()] = true
		recs, err := cfg.keys.list(c, owner, sort)
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			if !seen[rec["id"]] {
				seen[rec["id"]] = true
				all = append(all, rec)
			}
		}
	}
	return all, nil
}

// ownerKind says what owns a key, by its configuration; one that is not there any more had keys of users.
func (p *plugin) ownerKind(rec store.Record) string {
	for _, cfg := range p.configs {
		if cfg.has(rec) {
			return cfg.References
		}
	}
	return ownedByUser
}

// matchesID reports whether a key is of the configuration with an id.
func matchesID(rec store.Record, id string) bool {
	own, _ := rec["configId"].(string)
	return own == id || isDefaultID(own) && isDefaultID(id)
}

func page(recs []store.Record, offset, limit *int64) []store.Record {
	if offset != nil {
		recs = recs[min(*offset, int64(len(recs))):]
	}
	if limit != nil {
		recs = recs[:min(*limit, int64(len(recs)))]
	}
	return recs
}
